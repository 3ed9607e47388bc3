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

namespace local_zohosync\local\inbound;

/**
 * The categories in which the sync makes courses.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class course_category {
    /** @var string idnumber of the category that is made when none is configured. */
    private const IDNUMBER = 'zohosync';

    /**
     * The category's id: the configured one, else the one with our idnumber, which is made when needed.
     *
     * @return int
     * @throws row_exception categorymissing when the configured category is gone
     */
    public static function id(): int {
        global $DB;
        $configured = (int) get_config('local_zohosync', 'coursecategory');
        if ($configured) {
            if (!$DB->record_exists('course_categories', ['id' => $configured])) {
                throw new row_exception(result::ERROR, 'categorymissing', $configured);
            }
            return $configured;
        }
        $find = fn() => (int) $DB->get_field('course_categories', 'id', ['idnumber' => self::IDNUMBER], IGNORE_MULTIPLE);
        if ($id = $find()) {
            return $id;
        }
        return row_runner::locked(['coursecategory'], fn() => $find() ?: self::make());
    }

    /**
     * The category for the courses of a programme: its own where it has one, else the general one.
     *
     * @param string $programid Zoho's id, empty if none
     * @return int
     * @throws row_exception categorymissing
     */
    public static function of_program(string $programid): int {
        global $DB;
        $own = $programid === '' ? 0 : (int) $DB->get_field(mirror::PROGRAM, 'categoryid', ['zohoid' => $programid]);
        return $own && $DB->record_exists('course_categories', ['id' => $own]) ? $own : self::id();
    }

    /**
     * Make the category.
     *
     * @return int
     */
    private static function make(): int {
        return (int) \core_course_category::create((object) [
            'name' => get_string('coursecategoryname', 'local_zohosync'),
            'idnumber' => self::IDNUMBER,
        ])->id;
    }
}
