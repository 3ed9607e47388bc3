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
 * The marked attempts of one student in many assignments, in one query, and one more where gradingform_btec was used.
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
        // A row for each criterion of a marking by rubric; one that was added later tells nothing of it.
        $sql = "SELECT " . $DB->sql_concat('g.id', "'-'", 'COALESCE(f.id, 0)') . " AS place,
                       g.assignment, g.attemptnumber, g.grade, g.timemodified,
                       r.id AS rubricid, c.id AS criterionid, c.description, l.score,
                       (SELECT MAX(i.id)
                          FROM {grading_instances} i
                          JOIN {grading_definitions} b ON b.id = i.definitionid AND b.method = 'btec'
                          JOIN {grading_areas} a ON a.id = b.areaid AND a.activemethod = b.method
                         WHERE i.itemid = g.id AND i.status = 1
                               AND a.component = 'mod_assign' AND a.areaname = 'submissions') AS btecid
                  FROM {assign_grades} g
             LEFT JOIN {local_zohosync_definition} d ON d.assignid = g.assignment AND d.method = 'rubric'
             LEFT JOIN {grading_instances} r ON r.id = (
                       SELECT MAX(i.id)
                         FROM {grading_instances} i
                        WHERE i.itemid = g.id AND i.definitionid = d.definitionid AND i.status = 1)
             LEFT JOIN {gradingform_rubric_fillings} f ON f.instanceid = r.id
             LEFT JOIN {gradingform_rubric_criteria} c ON c.id = f.criterionid AND c.definitionid = r.definitionid
             LEFT JOIN {gradingform_rubric_levels} l ON l.id = f.levelid
                 WHERE g.userid = :userid AND g.grade >= 0 AND g.assignment $in
              ORDER BY g.assignment, g.attemptnumber, c.sortorder, c.id";
        $rows = $DB->get_records_sql($sql, ['userid' => $userid] + $params);
        $btec = self::of_btec(array_unique(array_filter(array_column($rows, 'btecid'))));
        $attempts = [];
        foreach ($rows as $row) {
            $attempt = $attempts[$row->assignment][(int) $row->attemptnumber] ??= (object) [
                'grade' => number_format((float) $row->grade, 5, '.', ''),
                'time' => (int) $row->timemodified,
                'bycriteria' => (int) ($row->rubricid !== null),
                'criteria' => $row->rubricid === null ? $btec[(int) $row->btecid] ?? [] : [],
            ];
            if ($row->criterionid && $row->score !== null) {
                [$shortname] = rubric_form::split((string) $row->description);
                $attempt->criteria[] = ['shortname' => $shortname, 'achieved' => (int) ((float) $row->score > 0)];
            }
        }
        return $attempts;
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
