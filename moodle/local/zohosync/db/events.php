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
 * Events that local_zohosync listens to.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$observers = [
    ['eventname' => '\core\event\user_graded', 'callback' => '\local_zohosync\observer::user_graded'],
    ['eventname' => '\core\event\grade_deleted', 'callback' => '\local_zohosync\observer::grade_deleted'],
    ['eventname' => '\core\event\grade_item_deleted', 'callback' => '\local_zohosync\observer::grade_item_deleted'],
    ['eventname' => '\core\event\grade_item_updated', 'callback' => '\local_zohosync\observer::grade_item_updated'],
    ['eventname' => '\core\event\user_enrolment_created', 'callback' => '\local_zohosync\observer::user_enrolment_created'],
    ['eventname' => '\core\event\user_enrolment_updated', 'callback' => '\local_zohosync\observer::user_enrolment_updated'],
    ['eventname' => '\core\event\user_enrolment_deleted', 'callback' => '\local_zohosync\observer::user_enrolment_deleted'],
    ['eventname' => '\core\event\course_module_created', 'callback' => '\local_zohosync\observer::course_module_created'],
    ['eventname' => '\core\event\course_restored', 'callback' => '\local_zohosync\observer::course_restored'],
    ['eventname' => '\core\event\course_deleted', 'callback' => '\local_zohosync\local\enrolment\removals::course_gone'],
    ['eventname' => '\core\event\user_deleted', 'callback' => '\local_zohosync\local\enrolment\removals::user_gone'],
    ['eventname' => '\mod_assign\event\submission_graded', 'callback' => '\local_zohosync\observer::submission_graded'],
    [
        'eventname' => '\mod_assign\event\workflow_state_updated',
        'callback' => '\local_zohosync\observer::workflow_state_updated',
    ],
];
