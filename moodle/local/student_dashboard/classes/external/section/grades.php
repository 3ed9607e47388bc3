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

namespace local_student_dashboard\external\section;

use core\clock;
use core\di;
use core_external\external_multiple_structure;
use core_external\external_single_structure;
use core_external\external_value;
use local_student_dashboard\local\access;
use local_student_dashboard\local\provider\released;
use local_student_dashboard\local\wording;
use stdClass;

/**
 * The student's released results.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class grades extends section {
    /** @var string[] What has the same name here and in the row. */
    private const SAME = [
        'key', 'version', 'unit', 'name', 'letter', 'mark', 'feedback', 'reason', 'attempt', 'time', 'timeseen', 'criteria',
    ];

    #[\Override]
    protected static function fields(): array {
        return [
            'mayacknowledge' => new external_value(PARAM_BOOL, 'Whether the reader may say that she has seen a result'),
            'grades' => new external_multiple_structure(new external_single_structure([
                'key' => new external_value(PARAM_RAW, 'For local_student_dashboard_acknowledge_grade'),
                'version' => new external_value(PARAM_ALPHANUM, 'For the same: what the result says now'),
                'class' => self::text('Class or course'),
                'unit' => self::text('Unit, may be empty'),
                'name' => self::text('Assignment'),
                'letter' => new external_value(PARAM_ALPHA, 'D, M, P, R, RR, F, Mapped or empty'),
                'result' => self::text('The letter in words of the reader\'s language'),
                'mark' => self::text('As the course shows it, may be empty'),
                'feedback' => self::text('What the teacher wrote, may be empty'),
                'reason' => self::text('Why a letter was given without a mark, may be empty'),
                'attempt' => new external_value(PARAM_INT, 'Number of the attempt, 0: none'),
                'time' => self::time('When'),
                'recorded' => new external_value(PARAM_BOOL, 'Whether the college recorded it without Moodle'),
                'timeseen' => self::time('When the student said that she has seen it as it is'),
                'criteria' => new external_multiple_structure(new external_single_structure([
                    'shortname' => self::text('Such as P1'),
                    'achieved' => new external_value(PARAM_BOOL, 'Whether it is achieved'),
                ])),
                'earlier' => new external_multiple_structure(new external_single_structure([
                    'attempt' => new external_value(PARAM_INT, 'Number of the attempt'),
                    'letter' => new external_value(PARAM_ALPHA, 'Its letter'),
                    'time' => self::time('When'),
                ])),
            ])),
        ];
    }

    #[\Override]
    public static function data(int $userid): array {
        return [
            'asof' => di::get(clock::class)->time(),
            'late' => false,
            'mayacknowledge' => access::may_acknowledge($userid),
            'grades' => array_map(self::grade(...), released::of_student($userid)->get()),
        ];
    }

    /**
     * Gives one result.
     *
     * @param stdClass $row see provider\released::get()
     * @return array
     */
    private static function grade(stdClass $row): array {
        return array_intersect_key((array) $row, array_flip(self::SAME)) + [
            'class' => $row->course,
            'result' => wording::of('letter', $row->letter),
            'recorded' => isset($row->day),
            'earlier' => array_map(fn(stdClass $one): array => (array) $one, $row->earlier),
        ];
    }
}
