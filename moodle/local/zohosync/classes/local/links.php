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

namespace local_zohosync\local;

use local_zohosync\local\inbound\mirror;
use local_zohosync\local\outbox\subject;

/**
 * Which people and courses in Moodle are students and classes in Zoho.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class links {
    /**
     * Zoho's id of a student.
     *
     * @param int $userid
     * @return string empty when not linked
     */
    public static function student(int $userid): string {
        global $DB;
        return (string) $DB->get_field(mirror::STUDENT, 'zohoid', ['userid' => $userid]);
    }

    /**
     * Zoho's id of a class.
     *
     * @param int $courseid
     * @return string empty when not linked
     */
    public static function course(int $courseid): string {
        global $DB;
        return (string) $DB->get_field(mirror::COURSE, 'zohoid', ['courseid' => $courseid], IGNORE_MULTIPLE);
    }

    /**
     * Is this about a student and a class of Zoho's?
     *
     * @param subject $subject
     * @return bool
     */
    public static function joins(subject $subject): bool {
        return self::student($subject->userid) !== '' && self::course($subject->courseid) !== '';
    }
}
