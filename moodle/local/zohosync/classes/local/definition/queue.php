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

namespace local_zohosync\local\definition;

use core\event\course_module_created;
use core\event\course_restored;
use core\task\manager;
use local_zohosync\local\agent_settings;
use local_zohosync\local\inbound\mirror;
use local_zohosync\task\apply_definitions;

/**
 * Sees to it that definitions follow soon, in a task: nobody who saves waits for them.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class queue {
    /**
     * A unit has new criteria: every class that has it follows.
     *
     * @param string[] $unitids Zoho's ids
     */
    public static function units(array $unitids): void {
        self::classes_where('c.unitid', $unitids);
    }

    /**
     * Classes may have another unit.
     *
     * @param string[] $zohoids Zoho's ids
     */
    public static function classes(array $zohoids): void {
        self::classes_where('c.zohoid', $zohoids);
    }

    /**
     * An activity was added to a course.
     *
     * @param course_module_created $event
     */
    public static function added(course_module_created $event): void {
        if ($event->other['modulename'] === 'assign') {
            self::course((int) $event->courseid);
        }
    }

    /**
     * Something was restored or imported into a course; core does not tell of its activities one by one.
     *
     * @param course_restored $event
     */
    public static function restored(course_restored $event): void {
        self::course((int) $event->objectid);
    }

    /**
     * Queue the class of a course that may have new assignments.
     *
     * @param int $courseid
     */
    private static function course(int $courseid): void {
        global $DB;
        if (!agent_settings::get('grading.definitions')['new_assignments']) {
            return;
        }
        $zohoid = $DB->get_field(mirror::COURSE, 'zohoid', ['courseid' => $courseid, 'deleted' => 0]);
        if ($zohoid) {
            self::task($zohoid);
        }
    }

    /**
     * Queue the classes that have assignments.
     *
     * @param string $column
     * @param string[] $values
     */
    private static function classes_where(string $column, array $values): void {
        global $DB;
        if (!$values || !agent_settings::get('grading.definitions')['apply']) {
            return;
        }
        [$in, $params] = $DB->get_in_or_equal($values);
        $sql = "SELECT c.zohoid
                  FROM {" . mirror::COURSE . "} c
                 WHERE $column $in AND c.deleted = 0 AND c.unitid <> ''
                       AND EXISTS (SELECT 1 FROM {assign} a WHERE a.course = c.courseid)";
        foreach ($DB->get_fieldset_sql($sql, $params) as $zohoid) {
            self::task($zohoid);
        }
    }

    /**
     * Queue one class, once.
     *
     * @param string $zohoid
     */
    private static function task(string $zohoid): void {
        $task = new apply_definitions();
        $task->set_custom_data(['zohoid' => $zohoid]);
        manager::queue_adhoc_task($task, true);
    }
}
