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
 * What Moodle holds of Zoho's records: the mirror, page by page, with what the rest of Moodle does not hold as it says.
 *
 * What differs is told by the classes that write, with the rule by which they find nothing to write.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class listing {
    /** @var string[] Columns with the linked Moodle ids, by entity; of all others it is the row's own number. */
    private const LINKS = [
        'program' => 'categoryid',
        'teacher' => 'userid',
        'student' => 'userid',
        'class' => 'courseid',
        'enrollment' => 'courseid',
    ];

    /**
     * What can be listed.
     *
     * @return string[] the agent's names
     */
    public static function entities(): array {
        return [...array_keys(self::LINKS), ...record_kind::ENTITIES, 'request'];
    }

    /**
     * List a page.
     *
     * @param string $entity one of entities()
     * @param int $after number of the last row of the page before
     * @param int $limit
     * @return array[] records as docs/protocol.md has them
     */
    public static function page(string $entity, int $after, int $limit): array {
        global $DB;
        // What was raised in Moodle is no record of Zoho's until Zoho has it.
        $where = "id > :after AND zohoid <> ''";
        $rows = $DB->get_records_select(self::table($entity), $where, ['after' => $after], 'id', '*', 0, $limit);
        $differing = self::differing($entity, $rows);
        $link = self::LINKS[$entity] ?? 'id';
        return array_values(array_map(fn(\stdClass $row): array => [
            'id' => (int) $row->id,
            'zohoid' => $row->zohoid,
            'moodleid' => (int) $row->$link,
            'changehash' => $row->changehash,
            'sourcetime' => (int) $row->sourcetime,
            'deleted' => (int) $row->deleted,
            'differs' => $differing[(int) $row->id] ?? '',
        ], $rows));
    }

    /**
     * The mirror table of an entity.
     *
     * @param string $entity
     * @return string
     */
    private static function table(string $entity): string {
        return match ($entity) {
            'program' => mirror::PROGRAM,
            'teacher' => mirror::TEACHER,
            'student' => mirror::STUDENT,
            'class' => mirror::COURSE,
            'enrollment' => mirror::ENROLMENT,
            'request' => mirror::REQUEST,
            default => record_kind::of($entity)->table,
        };
    }

    /**
     * What of some rows differs.
     *
     * @param string $entity
     * @param \stdClass[] $rows mirror rows
     * @return string[] names, separated by spaces, by the row's id
     */
    private static function differing(string $entity, array $rows): array {
        return match ($entity) {
            'program' => programs::differing($rows),
            'teacher' => teachers::differing($rows),
            'student' => students::differing($rows),
            'class' => courses::differing($rows),
            'enrollment' => enrolments::differing($rows),
            'request' => [],
            default => records::differing(record_kind::of($entity), $rows),
        };
    }
}
