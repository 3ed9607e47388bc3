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

namespace local_student_dashboard\output\tabs;

use local_student_dashboard\output\grades_card;

/**
 * The student's released grades, Moodle's and those that the college recorded.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class grades extends tab {
    #[\Override]
    protected function sections(int $userid): array {
        $group = optional_param('class', '', PARAM_ALPHANUMEXT);
        $letter = optional_param('letter', '', PARAM_ALPHA);
        return [grades_card::of_student($userid, $group, $letter)];
    }
}
