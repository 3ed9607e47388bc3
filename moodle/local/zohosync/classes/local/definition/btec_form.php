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

/**
 * The form of gradingform_btec. It offers no API for its criteria, so its tables are read (checked with its version 1.27).
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class btec_form implements form {
    /**
     * Is the plugin there?
     *
     * @return bool
     */
    public static function is_installed(): bool {
        global $DB;
        return \core_component::get_component_directory('gradingform_btec') !== null
            && $DB->get_manager()->table_exists('gradingform_btec_fillings');
    }

    #[\Override]
    public function method(): string {
        return 'btec';
    }

    #[\Override]
    public function present(int $definitionid): array {
        global $DB;
        $rows = $DB->get_records('gradingform_btec_criteria', ['definitionid' => $definitionid], 'sortorder, id');
        return array_map(fn(\stdClass $row): \stdClass => (object) [
            'id' => (int) $row->id,
            'shortname' => trim($row->shortname),
            'text' => (string) $row->description,
        ], $rows);
    }

    #[\Override]
    public function marked(int $definitionid): array {
        global $DB;
        $sql = "SELECT DISTINCT f.criterionid
                  FROM {gradingform_btec_fillings} f
                  JOIN {gradingform_btec_criteria} c ON c.id = f.criterionid
                 WHERE c.definitionid = :definitionid";
        return array_map('intval', $DB->get_fieldset_sql($sql, ['definitionid' => $definitionid]));
    }

    #[\Override]
    public function build(array $lines, int $definitionid): array {
        global $DB;
        $markers = $DB->get_records_menu(
            'gradingform_btec_criteria',
            ['definitionid' => $definitionid],
            '',
            'id, descriptionmarkers'
        );
        $criteria = [];
        foreach ($lines as $number => $line) {
            $criteria[$line['id'] ?: 'NEWID' . ($number + 1)] = [
                'sortorder' => $number + 1,
                'shortname' => $line['shortname'],
                'description' => $line['text'],
                'descriptionformat' => FORMAT_PLAIN,
                // What a teacher wrote for the markers is hers.
                'descriptionmarkers' => (string) ($markers[$line['id']] ?? ''),
                'descriptionmarkersformat' => FORMAT_PLAIN,
            ];
        }
        return ['criteria' => $criteria];
    }
}
