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

/**
 * Reads the marks of gradingform_btec. It offers no API for them, so its tables are read (checked with its version 1.27).
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class btec_reader implements reader {
    #[\Override]
    public function read(int $definitionid, int $instanceid): array {
        global $DB;
        $sql = "SELECT c.id, c.shortname, c.description, f.score, f.remark
                  FROM {gradingform_btec_criteria} c
             LEFT JOIN {gradingform_btec_fillings} f ON f.criterionid = c.id AND f.instanceid = :instanceid
                 WHERE c.definitionid = :definitionid
              ORDER BY c.sortorder, c.id";
        $rows = $DB->get_records_sql($sql, ['instanceid' => $instanceid, 'definitionid' => $definitionid]);
        return array_map(fn($row) => [
            'shortname' => trim($row->shortname),
            'description' => (string) $row->description,
            // A row with score 0 is a criterion that was looked at and not achieved.
            'achieved' => (int) ((float) $row->score > 0),
            'remark' => (string) $row->remark,
        ], array_values($rows));
    }
}
