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

namespace local_student_dashboard\local;

/**
 * The BTEC letter of an assignment's grade. Pure.
 *
 * The same rule as the agent's `agent/grading/btec.py` with its default settings: a scale of four items in the order
 * refer, pass, merit, distinction; or a mark, taken in proportion to 4, of at least 4, 3 or 2. A second refer is RR.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class btec_letter {
    /** @var string[] Letters of a BTEC scale, from its first item. */
    private const SCALE = ['R', 'P', 'M', 'D'];

    /** @var int[] Lowest mark of each letter on the 0-4 scale, highest first. */
    private const THRESHOLDS = ['D' => 4, 'M' => 3, 'P' => 2];

    /** @var int The full mark that the thresholds count in. */
    private const FULL = 4;

    /** @var int Moodle keeps five decimal places; counted in these units the comparison is exact. */
    private const UNITS = 100000;

    /**
     * Gives the letter of a scale item.
     *
     * @param int $item which item, from 1
     * @param int $size how many items the scale has
     * @param bool $resubmitted whether the grade is of a second or later attempt
     * @return string D, M, P, R or RR; empty when this is no BTEC scale
     */
    public static function of_scale(int $item, int $size, bool $resubmitted): string {
        if ($size !== count(self::SCALE)) {
            return '';
        }
        return self::referred_again(self::SCALE[$item - 1] ?? '', $resubmitted);
    }

    /**
     * Gives the letter of a mark.
     *
     * @param float $mark the mark
     * @param float $maximum the highest possible mark
     * @param bool $resubmitted whether the grade is of a second or later attempt
     * @return string D, M, P, R or RR; empty when there is no such thing as a highest mark
     */
    public static function of_mark(float $mark, float $maximum, bool $resubmitted): string {
        if ($maximum <= 0) {
            return '';
        }
        $reached = (int) round($mark * self::UNITS) * self::FULL;
        $full = (int) round($maximum * self::UNITS);
        foreach (self::THRESHOLDS as $letter => $lowest) {
            if ($reached >= $lowest * $full) {
                return $letter;
            }
        }
        return self::referred_again('R', $resubmitted);
    }

    /**
     * Makes a refer on the resubmission RR.
     *
     * @param string $letter the letter by the mark alone
     * @param bool $resubmitted whether the grade is of a second or later attempt
     * @return string
     */
    private static function referred_again(string $letter, bool $resubmitted): string {
        return $letter === 'R' && $resubmitted ? 'RR' : $letter;
    }
}
