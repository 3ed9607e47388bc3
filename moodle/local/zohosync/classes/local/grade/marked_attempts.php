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

namespace local_zohosync\local\grade;

use local_zohosync\local\definition\rubric_form;

/**
 * The marked attempts of one student in many assignments, in one query and one more for each way of marking by criteria.
 *
 * Whether their marks are released is for the caller to know.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class marked_attempts {
    /**
     * Read them.
     *
     * @param int $userid
     * @param int[] $assignids
     * @return \stdClass[][] by assignment, then by attempt number from 0: grade (decimal text), time (unix seconds), bycriteria
     *     (0 or 1: a rubric that the sync made, whose criteria decide), criteria (shortname, achieved; of such a rubric and of
     *     gradingform_btec, else empty)
     */
    public static function of_student(int $userid, array $assignids): array {
        global $DB;
        if (!$assignids) {
            return [];
        }
        [$in, $params] = $DB->get_in_or_equal($assignids, SQL_PARAMS_NAMED, 'assign');
        $sql = "SELECT g.id, g.assignment, g.attemptnumber, g.grade, g.timemodified, d.definitionid,
                       (SELECT MAX(i.id)
                          FROM {grading_instances} i
                         WHERE i.itemid = g.id AND i.definitionid = d.definitionid AND i.status = 1) AS rubricid,
                       (SELECT MAX(i.id)
                          FROM {grading_instances} i
                          JOIN {grading_definitions} b ON b.id = i.definitionid AND b.method = 'btec'
                          JOIN {grading_areas} a ON a.id = b.areaid AND a.activemethod = b.method
                         WHERE i.itemid = g.id AND i.status = 1
                               AND a.component = 'mod_assign' AND a.areaname = 'submissions') AS btecid
                  FROM {assign_grades} g
             LEFT JOIN {local_zohosync_definition} d ON d.assignid = g.assignment AND d.method = 'rubric'
                 WHERE g.userid = :userid AND g.grade >= 0 AND g.assignment $in
              ORDER BY g.assignment, g.attemptnumber";
        $rows = $DB->get_records_sql($sql, ['userid' => $userid] + $params);
        $criteria = self::of_rubric(array_filter(array_column($rows, 'rubricid')))
            + self::of_btec(array_filter(array_column($rows, 'btecid')));
        $attempts = [];
        foreach ($rows as $row) {
            $attempts[$row->assignment][(int) $row->attemptnumber] = (object) [
                'grade' => number_format((float) $row->grade, 5, '.', ''),
                'time' => (int) $row->timemodified,
                'bycriteria' => (int) ($row->rubricid !== null),
                'criteria' => $criteria[$row->rubricid ?? $row->btecid] ?? [],
            ];
        }
        return $attempts;
    }

    /**
     * What was achieved in markings by rubric; a criterion that was added later tells nothing of them.
     *
     * @param int[] $instanceids
     * @return array[][] shortname and achieved, by instance
     */
    private static function of_rubric(array $instanceids): array {
        global $DB;
        if (!$instanceids) {
            return [];
        }
        [$in, $params] = $DB->get_in_or_equal($instanceids);
        $sql = "SELECT " . $DB->sql_concat('i.id', "'-'", 'c.id') . " AS place, i.id AS instanceid, c.description, l.score
                  FROM {grading_instances} i
                  JOIN {gradingform_rubric_criteria} c ON c.definitionid = i.definitionid
                  JOIN {gradingform_rubric_fillings} f ON f.instanceid = i.id AND f.criterionid = c.id
                  JOIN {gradingform_rubric_levels} l ON l.id = f.levelid
                 WHERE i.id $in
              ORDER BY i.id, c.sortorder, c.id";
        $criteria = [];
        foreach ($DB->get_records_sql($sql, $params) as $row) {
            [$shortname] = rubric_form::split((string) $row->description);
            $criteria[$row->instanceid][] = ['shortname' => $shortname, 'achieved' => (int) ((float) $row->score > 0)];
        }
        return $criteria;
    }

    /**
     * What was achieved in markings by gradingform_btec, for which no row with a score says that it was not.
     *
     * @param int[] $instanceids
     * @return array[][] shortname and achieved, by instance
     */
    private static function of_btec(array $instanceids): array {
        global $DB;
        // Markings stay when the plugin goes; its tables do not.
        if (!$instanceids || !$DB->get_manager()->table_exists('gradingform_btec_fillings')) {
            return [];
        }
        [$in, $params] = $DB->get_in_or_equal($instanceids);
        $sql = "SELECT " . $DB->sql_concat('i.id', "'-'", 'c.id') . " AS place, i.id AS instanceid, c.shortname, f.score
                  FROM {grading_instances} i
                  JOIN {gradingform_btec_criteria} c ON c.definitionid = i.definitionid
             LEFT JOIN {gradingform_btec_fillings} f ON f.instanceid = i.id AND f.criterionid = c.id
                 WHERE i.id $in
              ORDER BY i.id, c.sortorder, c.id";
        $criteria = [];
        foreach ($DB->get_records_sql($sql, $params) as $row) {
            $criteria[$row->instanceid][] = ['shortname' => trim($row->shortname), 'achieved' => (int) ((float) $row->score > 0)];
        }
        return $criteria;
    }
}
