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

namespace local_zohosync\local\grade\criteria;

use local_zohosync\local\definition\stamp;

/**
 * Finds the advanced grading of an assignment and reads its criteria.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class finder {
    /**
     * The criteria of one marked attempt.
     *
     * @param int $contextid context of the assignment's course module
     * @param int $assigngradeid assign_grades.id, 0 if nothing was marked
     * @return array[] as reader::read() gives
     */
    public static function criteria(int $contextid, int $assigngradeid): array {
        global $DB;
        $definition = self::definition($contextid);
        if (!$definition) {
            return [];
        }
        // Every save makes a new instance; the newest one with status 1 (active) counts.
        $instances = $DB->get_records_select(
            'grading_instances',
            'definitionid = :definitionid AND itemid = :itemid AND status = 1',
            ['definitionid' => $definition->id, 'itemid' => $assigngradeid],
            'timemodified DESC, id DESC',
            'id',
            0,
            1
        );
        return self::reader($definition->method)->read($definition->id, $instances ? (int) key($instances) : 0);
    }

    /**
     * The assignment's advanced grading.
     *
     * @param int $contextid context of the assignment's course module
     * @return string name of the gradingform plugin, empty when there is none
     */
    public static function method(int $contextid): string {
        return self::definition($contextid)->method ?? '';
    }

    /**
     * Do the criteria decide the letter, and not the mark? They do in a rubric that the sync made: a sum of points is no grade.
     *
     * @param int $contextid context of the assignment's course module
     * @return bool
     */
    public static function decides(int $contextid): bool {
        global $DB;
        $definition = self::definition($contextid);
        return $definition && $definition->method === 'rubric' && (stamp::in($definition->description)
            || $DB->record_exists('local_zohosync_definition', ['definitionid' => $definition->id]));
    }

    /**
     * The definition in use.
     *
     * @param int $contextid context of the assignment's course module
     * @return \stdClass|null id, method, description
     */
    private static function definition(int $contextid): ?\stdClass {
        global $DB;
        $sql = "SELECT d.id, d.method, d.description
                  FROM {grading_areas} a
                  JOIN {grading_definitions} d ON d.areaid = a.id AND d.method = a.activemethod
                 WHERE a.contextid = :contextid AND a.component = 'mod_assign' AND a.areaname = 'submissions'";
        return $DB->get_record_sql($sql, ['contextid' => $contextid]) ?: null;
    }

    /**
     * The reader of a method.
     *
     * @param string $method name of the gradingform plugin
     * @return reader
     */
    private static function reader(string $method): reader {
        global $DB;
        if ($method === 'btec' && $DB->get_manager()->table_exists('gradingform_btec_fillings')) {
            return new btec_reader();
        }
        return $method === 'rubric' ? new rubric_reader() : new none_reader();
    }
}
