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

use local_zohosync\local\definition\rubric_form;

/**
 * Reads the marks of core's rubric: criteria that begin with a shortname such as P1, achieved when the highest level is.
 *
 * Moodle has a marking complete or not at all, so a criterion that a marking lacks was added later and tells nothing of it.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class rubric_reader implements reader {
    #[\Override]
    public function read(int $definitionid, int $instanceid): array {
        global $DB;
        $sql = "SELECT c.id, c.description, f.id AS fillingid, f.remark, l.score,
                       (SELECT MAX(h.score) FROM {gradingform_rubric_levels} h WHERE h.criterionid = c.id) AS highest
                  FROM {gradingform_rubric_criteria} c
             LEFT JOIN {gradingform_rubric_fillings} f ON f.criterionid = c.id AND f.instanceid = :instanceid
             LEFT JOIN {gradingform_rubric_levels} l ON l.id = f.levelid
                 WHERE c.definitionid = :definitionid
              ORDER BY c.sortorder, c.id";
        $criteria = [];
        $rows = $DB->get_records_sql($sql, ['instanceid' => $instanceid, 'definitionid' => $definitionid]);
        $marked = (bool) array_filter(array_column($rows, 'fillingid'));
        foreach ($rows as $row) {
            [$shortname, $text] = rubric_form::split((string) $row->description);
            if ($shortname === '' || ($marked && !$row->fillingid)) {
                continue;
            }
            $criteria[] = [
                'shortname' => $shortname,
                'description' => $text,
                'achieved' => (int) ((float) $row->score > 0 && (float) $row->score >= (float) $row->highest),
                'remark' => (string) $row->remark,
            ];
        }
        return $criteria;
    }
}
