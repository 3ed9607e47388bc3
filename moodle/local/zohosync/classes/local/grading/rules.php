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
 * The college's rules for letters: setting grading.rules, ready for use. Pure; see docs/grading.md.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class rules {
    /** @var int Moodle keeps five decimal places; counted in these units every comparison is one of whole numbers. */
    private const UNITS = 100000;

    /**
     * Hold the rules.
     *
     * @param int[] $thresholds lowest mark of each letter, in units, the best letter first
     * @param int $full the mark that they count as full, in units
     * @param string[] $scale letters of a scale, from its first item
     * @param string $marker what in the feedback means an invalid submission, empty: nothing does
     */
    private function __construct(
        /** @var int[] Lowest mark of each letter, in units, the best letter first. */
        private readonly array $thresholds,
        /** @var int The mark that they count as full, in units. */
        private readonly int $full,
        /** @var string[] Letters of a scale, from its first item. */
        private readonly array $scale,
        /** @var string What in the feedback means an invalid submission, empty: nothing does. */
        private readonly string $marker
    ) {
    }

    /**
     * Take the rules from the setting.
     *
     * @param array $setting as \local_zohosync\local\agent_settings::get('grading.rules') gives
     * @return self
     */
    public static function from(array $setting): self {
        $thresholds = ['D' => 'distinction', 'M' => 'merit', 'P' => 'passing'];
        return new self(
            array_map(fn($field) => self::units($setting[$field]), $thresholds),
            self::units($setting['full_mark']),
            $setting['scale_letters'],
            $setting['invalid_marker']
        );
    }

    /**
     * The letter of a mark, taken in proportion.
     *
     * @param string $mark decimal text
     * @param string $maximum decimal text
     * @return string D, M, P or R; empty when there is no highest mark
     */
    public function of_mark(string $mark, string $maximum): string {
        if (self::units($maximum) <= 0) {
            return '';
        }
        foreach ($this->thresholds as $letter => $lowest) {
            if (self::units($mark) * $this->full >= $lowest * self::units($maximum)) {
                return $letter;
            }
        }
        return 'R';
    }

    /**
     * The letter of a scale's item.
     *
     * @param string $item decimal text of its number, from 1
     * @param int $size how many items the scale has
     * @return string D, M, P or R; empty when this is no BTEC scale
     */
    public function of_scale(string $item, int $size): string {
        return $size === count($this->scale) ? $this->scale[(int) $item - 1] ?? '' : '';
    }

    /**
     * The letter of criteria that were achieved or not.
     *
     * @param array[] $criteria shortname (its first letter is the level) and achieved, 0 or 1
     * @return string D, M, P or R; empty when there is no criterion of the level P
     */
    public static function of_criteria(array $criteria): string {
        $levels = ['P' => [], 'M' => [], 'D' => []];
        foreach ($criteria as $criterion) {
            $level = strtoupper(substr($criterion['shortname'], 0, 1));
            if (isset($levels[$level])) {
                $levels[$level][] = (bool) $criterion['achieved'];
            }
        }
        if (!$levels['P']) {
            return '';
        }
        $reached = 'R';
        foreach ($levels as $level => $achieved) {
            if (!$achieved || in_array(false, $achieved, true)) {
                break;
            }
            $reached = $level;
        }
        return $reached;
    }

    /**
     * Does the agreed marker stand alone in the feedback, not as part of a number, word or code?
     *
     * @param string $feedback plain text
     * @return bool
     */
    public function is_invalid(string $feedback): bool {
        return $this->marker !== ''
            && preg_match('/(*UCP)(?<!\S)' . preg_quote($this->marker, '/') . '(?=[.,;:!?]*(\s|$))/Du', $feedback) === 1;
    }

    /**
     * A decimal text in whole units.
     *
     * @param string $decimal at most five places count
     * @return int
     */
    private static function units(string $decimal): int {
        [$whole, $places] = explode('.', $decimal) + [1 => ''];
        $units = abs((int) $whole) * self::UNITS + (int) str_pad(substr($places, 0, 5), 5, '0');
        return str_starts_with($decimal, '-') ? -$units : $units;
    }
}
