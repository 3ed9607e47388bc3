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
 * Core's rubric: one criterion for each P, M and D, achieved or not.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class rubric_form implements form {
    /** @var string How a criterion of ours begins. */
    private const TEXT = '/^([PMD][0-9]{1,2})\. (.*)$/s';

    #[\Override]
    public function method(): string {
        return 'rubric';
    }

    #[\Override]
    public function present(int $definitionid): array {
        global $DB;
        $rows = $DB->get_records('gradingform_rubric_criteria', ['definitionid' => $definitionid], 'sortorder, id');
        return array_map(function (\stdClass $row): \stdClass {
            [$shortname, $text] = self::split((string) $row->description);
            return (object) ['id' => (int) $row->id, 'shortname' => $shortname, 'text' => $text];
        }, $rows);
    }

    /**
     * Take a criterion's text apart.
     *
     * @param string $description
     * @return string[] shortname (empty when there is none) and the text after it
     */
    public static function split(string $description): array {
        return preg_match(self::TEXT, $description, $parts) ? [$parts[1], $parts[2]] : ['', $description];
    }

    #[\Override]
    public function marked(int $definitionid): array {
        global $DB;
        $sql = "SELECT DISTINCT f.criterionid
                  FROM {gradingform_rubric_fillings} f
                  JOIN {gradingform_rubric_criteria} c ON c.id = f.criterionid
                 WHERE c.definitionid = :definitionid";
        return array_map('intval', $DB->get_fieldset_sql($sql, ['definitionid' => $definitionid]));
    }

    #[\Override]
    public function build(array $lines, int $definitionid): array {
        global $DB;
        $ids = array_filter(array_column($lines, 'id'));
        $levels = [];
        foreach ($DB->get_records_list('gradingform_rubric_levels', 'criterionid', $ids, 'score, id') as $level) {
            $levels[$level->criterionid][$level->id] = [
                'score' => format_float($level->score, 5, true, true),
                'definition' => $level->definition,
            ];
        }
        $criteria = [];
        foreach ($lines as $number => $line) {
            $criteria[$line['id'] ?: 'NEWID' . ($number + 1)] = [
                'sortorder' => $number + 1,
                'description' => $line['shortname'] === '' ? $line['text'] : "{$line['shortname']}. {$line['text']}",
                'descriptionformat' => FORMAT_PLAIN,
                'levels' => $levels[$line['id']] ?? self::new_levels(),
            ];
        }
        return ['criteria' => $criteria];
    }

    /**
     * The levels of a new criterion.
     *
     * @return array[]
     */
    private static function new_levels(): array {
        return [
            'NEWID0' => ['score' => '0', 'definition' => get_string('level:notachieved', 'local_zohosync')],
            'NEWID1' => ['score' => '1', 'definition' => get_string('level:achieved', 'local_zohosync')],
        ];
    }
}
