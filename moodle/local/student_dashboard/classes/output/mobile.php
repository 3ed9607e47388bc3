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

namespace local_student_dashboard\output;

use core_external\external_api;
use local_student_dashboard\external\get_dashboard;
use local_student_dashboard\local\access;

/**
 * What Moodle's app asks for. It draws a fixed template with the data of the web service: no value of a student is ever part
 * of the template, which the app compiles.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class mobile {
    /**
     * Decides whether the app has the entry in its main menu.
     *
     * @return array disabled, unless the user is a student
     */
    public static function own_init(): array {
        global $USER;
        return ['disabled' => !access::is_offered((int) $USER->id)];
    }

    /**
     * Decides whether the app has the entry in the profiles of others.
     *
     * @return array disabled, unless the user may see somebody's page
     */
    public static function other_init(): array {
        return ['disabled' => !access::may_view_anybody()];
    }

    /**
     * Gives the page of a student.
     *
     * @param array $args of the app; userid: the student, none: whoever asks
     * @return array
     * @throws \core\exception\moodle_exception for somebody who may not see that page
     */
    public static function dashboard(array $args): array {
        global $OUTPUT;
        $userid = clean_param($args['userid'] ?? 0, PARAM_INT);
        $data = external_api::clean_returnvalue(get_dashboard::execute_returns(), get_dashboard::execute($userid));
        return [
            'templates' => [[
                'id' => 'main',
                'html' => $OUTPUT->render_from_template('local_student_dashboard/mobile_dashboard', []),
            ]],
            'otherdata' => ['dashboard' => json_encode($data, JSON_THROW_ON_ERROR)],
        ];
    }
}
