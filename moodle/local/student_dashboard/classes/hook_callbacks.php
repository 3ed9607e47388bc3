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

namespace local_student_dashboard;

use core_user\hook\extend_user_menu;
use local_student_dashboard\local\access;
use stdClass;

/**
 * Answers to Moodle's hooks.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class hook_callbacks {
    /**
     * Puts the link to the dashboard into the menu of every student.
     *
     * @param extend_user_menu $hook the menu being built
     */
    public static function extend_user_menu(extend_user_menu $hook): void {
        global $USER;
        if (!access::is_offered((int) $USER->id)) {
            return;
        }
        $item = new stdClass();
        $item->itemtype = 'link';
        $item->url = access::url();
        $item->title = get_string('dashboard', 'local_student_dashboard');
        $item->titleidentifier = 'dashboard,local_student_dashboard';
        $hook->add_navitem($item);
    }
}
