<?php
// This file is part of Moodle - https://moodle.org/
//
// Moodle is free software: you can redistribute it and/or modify
// it under the terms of the GNU General Public License as published by
// the Free Software Foundation, either version 3 of the License, or
// (at your option) any later version.
//
// Moodle is distributed in the hope that it will be useful,
// but WITHOUT ANY WARRANTY; without even the implied warranty of
// MERCHANTABILITY or FITNESS FOR A PARTICULAR PURPOSE.  See the
// GNU General Public License for more details.
//
// You should have received a copy of the GNU General Public License
// along with Moodle.  If not, see <https://www.gnu.org/licenses/>.

/**
 * The student dashboard in Moodle's app: in the main menu for a student, in a person's profile for staff.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$addons = [
    'local_student_dashboard' => [
        'handlers' => [
            'own' => [
                'delegate' => 'CoreMainMenuDelegate',
                'init' => 'own_init',
                'method' => 'dashboard',
                'displaydata' => ['title' => 'dashboard', 'icon' => 'fas-user-graduate'],
                'priority' => 500,
            ],
            'other' => [
                'delegate' => 'CoreUserDelegate',
                'init' => 'other_init',
                'method' => 'dashboard',
                'type' => 'newpage',
                'displaydata' => ['title' => 'dashboard', 'icon' => 'fas-user-graduate'],
            ],
        ],
        'lang' => array_map(fn(string $identifier): array => [$identifier, 'local_student_dashboard'], [
            'card:statevalid',
            'card:until',
            'dashboard',
            'figure:balance',
            'figure:due',
            'figure:received',
            'foreignview',
            'late',
            'nocourses',
            'nofinance',
            'nogrades',
            'nopayments',
            'norecord',
            'norequests',
            'nothingnow',
            'seen:say',
            'tab:academics',
            'tab:card',
            'tab:finance',
            'tab:grades',
            'tab:overview',
            'tab:payments',
            'tab:profile',
            'tab:requests',
            'voidpayment',
            'withdrawn',
        ]),
    ],
];
