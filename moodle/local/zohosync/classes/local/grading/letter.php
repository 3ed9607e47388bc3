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

namespace local_zohosync\local\grading;

/**
 * The BTEC letter of a student's grade: the same decision as the agent's, held to tests/contract/vectors/letters.json. Pure.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class letter {
    /** @var int Moodle's GRADE_TYPE_VALUE. */
    private const VALUE = 1;

    /** @var int Moodle's GRADE_TYPE_SCALE. */
    private const SCALE = 2;

    /**
     * Decide the letter.
     *
     * @param array $grade fields of the grade snapshot: gradetype, finalgrade, grademax, scale, attemptnumber, feedback,
     *     overridden, bycriteria, criteria, outcome; what is missing is empty
     * @param rules $rules
     * @return string D, M, P, R, RR or F; empty when there is none, or when the assignment is graded in no way that the rules know
     */
    public static function of(array $grade, rules $rules): string {
        $grade += ['finalgrade' => '', 'feedback' => '', 'attemptnumber' => 0, 'outcome' => ''];
        // A generated RR goes before the first attempt's mark; where a mark decides there is no outcome.
        if ($grade['finalgrade'] === '' || $grade['outcome'] !== '') {
            return $grade['outcome'];
        }
        if ($rules->is_invalid($grade['feedback'])) {
            return 'F';
        }
        $letter = self::of_grade($grade, $rules);
        return $letter === 'R' && $grade['attemptnumber'] > 0 ? 'RR' : $letter;
    }

    /**
     * The letter by criteria, mark or scale alone.
     *
     * @param array $grade see of()
     * @param rules $rules
     * @return string
     */
    private static function of_grade(array $grade, rules $rules): string {
        if (!empty($grade['bycriteria']) && empty($grade['overridden'])) {
            return rules::of_criteria($grade['criteria']);
        }
        return match ((int) ($grade['gradetype'] ?? self::VALUE)) {
            self::VALUE => $rules->of_mark($grade['finalgrade'], $grade['grademax']),
            self::SCALE => $rules->of_scale($grade['finalgrade'], count($grade['scale'])),
            default => '',
        };
    }
}
