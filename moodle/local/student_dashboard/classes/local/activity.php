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

use core\context\module;
use core\context_helper;
use stdClass;

/**
 * Whether a student sees the activity behind a grade: read with the grade itself, without a query of its own.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class activity {
    /**
     * Gives the columns to select beside joins().
     *
     * @return string SQL
     */
    public static function columns(): string {
        return 'm.name AS modname, cm.id AS cmid, cm.course AS cmcourseid, cm.visible AS cmvisible,
                cm.availability AS cmavailability, cm.deletioninprogress AS cmdeletion,
                cs.availability AS sectionavailability, cs.component AS sectioncomponent, '
            . context_helper::get_preload_record_columns_sql('ctx');
    }

    /**
     * Joins the activity; a row that has none stays.
     *
     * @param string $module SQL: the name of its kind
     * @param string $instance SQL: the number of its instance
     * @param string $course SQL: its course
     * @return string SQL
     */
    public static function joins(string $module, string $instance, string $course): string {
        return "LEFT JOIN {modules} m ON m.name = $module
                LEFT JOIN {course_modules} cm ON cm.module = m.id AND cm.instance = $instance AND cm.course = $course
                LEFT JOIN {course_sections} cs ON cs.id = cm.section
                LEFT JOIN {context} ctx ON ctx.instanceid = cm.id AND ctx.contextlevel = " . CONTEXT_MODULE;
    }

    /**
     * Tells whether the student can see the activity, or at least that it exists.
     *
     * Only where a condition restricts the activity the whole course structure is consulted, which costs queries.
     *
     * @param stdClass $row with columns(); its context is preloaded here
     * @param int $userid the student
     * @return bool
     */
    public static function is_visible(stdClass $row, int $userid): bool {
        if (!$row->cmid || !$row->cmvisible || $row->cmdeletion) {
            return false;
        }
        context_helper::preload_from_record($row);
        if ($row->cmavailability || $row->sectionavailability || $row->sectioncomponent) {
            $cm = get_fast_modinfo($row->cmcourseid, $userid)->cms[$row->cmid] ?? null;
            return $cm && ($cm->uservisible || $cm->availableinfo);
        }
        $capability = "mod/$row->modname:view";
        return !get_capability_info($capability) || has_capability($capability, module::instance($row->cmid), $userid);
    }
}
