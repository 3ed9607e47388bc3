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
 * Callbacks that Moodle finds by name.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use core_user\output\myprofile\node;
use core_user\output\myprofile\tree;
use local_student_dashboard\local\access;
use local_student_dashboard\local\card\photos;

/**
 * Adds the link to the dashboard to a student's profile page, for whoever may follow it.
 *
 * @param tree $tree the profile page
 * @param stdClass $user the user whose profile it is
 * @param bool $iscurrentuser whether she looks at her own
 * @param stdClass|null $course the course, when the profile is shown inside one
 */
function local_student_dashboard_myprofile_navigation(tree $tree, $user, $iscurrentuser, $course) {
    if (!access::is_offered((int) $user->id)) {
        return;
    }
    $tree->add_node(new node(
        'miscellaneous',
        'local_student_dashboard',
        get_string('dashboard', 'local_student_dashboard'),
        null,
        access::url($iscurrentuser ? 0 : (int) $user->id),
    ));
}

/**
 * Sends the photo of a student card.
 *
 * @param stdClass|null $course not used
 * @param stdClass|null $cm not used
 * @param \core\context $context of the address
 * @param string $filearea of the address
 * @param string[] $args item and path of the address
 * @param bool $forcedownload whether the browser should save it
 * @param array $options of send_stored_file()
 * @return bool false when there is none for this user
 */
function local_student_dashboard_pluginfile($course, $cm, $context, $filearea, $args, $forcedownload, array $options = []): bool {
    require_login(null, false);
    $file = photos::file($context, $filearea, $args);
    if (!$file) {
        return false;
    }
    send_stored_file($file, HOURSECS, 0, $forcedownload, ['cacheability' => 'private'] + $options);
}
