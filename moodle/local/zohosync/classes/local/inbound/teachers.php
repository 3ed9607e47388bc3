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
 * Brings Zoho's teachers to Moodle, and into the courses of the classes that wait for them.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class teachers extends accounts {
    /** @var string Mirror table. */
    protected const TABLE = mirror::TEACHER;

    /**
     * Carry out the batch, then enrol its teachers into the classes that name them.
     *
     * @return array[] one result per row, in order
     */
    #[\Override]
    public function upsert(): array {
        $results = parent::upsert();
        $known = [];
        foreach ($this->rows as $index => $row) {
            $status = $results[$index]['status'];
            if (!$row['deleted'] && in_array($status, [result::CREATED, result::UPDATED, result::UNCHANGED], true)) {
                $known[] = $results[$index]['zohoid'];
            }
        }
        $classes = class_teacher::classes_without($known);
        foreach ($results as $index => $result) {
            foreach ($classes[$result['zohoid']] ?? [] as $class) {
                $results[$index] = row_runner::run($result['zohoid'], fn() => self::enrol($class, $results[$index]));
            }
        }
        return $results;
    }

    /**
     * Which stored teachers have not the account that they say, or are not in the course of a class that names them.
     *
     * @param \stdClass[] $rows mirror rows
     * @return string[] what differs (names, separated by spaces), by the row's id; rows without a difference are absent
     */
    #[\Override]
    public static function differing(array $rows): array {
        $differing = parent::differing($rows);
        $there = array_filter($rows, fn($row) => !$row->deleted && !isset($differing[(int) $row->id]));
        $classes = class_teacher::classes_without(array_column($there, 'zohoid'));
        foreach ($there as $row) {
            if (isset($classes[$row->zohoid])) {
                $differing[(int) $row->id] = 'classes';
            }
        }
        return $differing;
    }

    /**
     * Enrol a teacher into one class.
     *
     * @param string $class record id of the class in Zoho
     * @param array $result what came of the teacher's row so far
     * @return array the result now
     */
    private static function enrol(string $class, array $result): array {
        $enrolled = row_runner::locked(['course:' . $class], fn() => class_teacher::arrive($class));
        $settled = in_array($result['status'], [result::CREATED, result::ERROR], true);
        return $enrolled && !$settled ? ['status' => result::UPDATED] + $result : $result;
    }
}
