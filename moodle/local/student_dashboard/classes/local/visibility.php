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

namespace local_student_dashboard\local;

use local_zohosync\local\agent_settings;

/**
 * Which sections of the student's page there are, as the administrator says in the agent's settings.
 *
 * What is hidden is hidden from everybody, on the page, in lists and downloads, in the app and in web services alike.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class visibility {
    /**
     * Tells whether a section is shown.
     *
     * @param string $section its name in the setting student_dashboard.visibility, such as "finance"
     * @return bool false for a section that the setting does not know
     */
    public static function shows(string $section): bool {
        return !empty(agent_settings::get('student_dashboard.visibility')[$section]);
    }
}
