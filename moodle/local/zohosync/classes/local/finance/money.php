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

namespace local_zohosync\local\finance;

/**
 * An exact amount, without its currency: whole ten-thousandths, never floating point.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class money {
    /** @var int Ten-thousandths in one. */
    private const UNIT = 10000;

    /** @var int A hundred per cent, in ten-thousandths. */
    private const WHOLE = 100 * self::UNIT;

    /**
     * Use of() or zero().
     *
     * @param int $units ten-thousandths
     */
    private function __construct(
        /** @var int ten-thousandths */
        private readonly int $units
    ) {
    }

    /**
     * Read an amount.
     *
     * @param string $text as the database gives it: at most 14 digits, and 4 places
     * @return self
     * @throws \coding_exception when it is none
     */
    public static function of(string $text): self {
        if (!preg_match('/^(-?)([0-9]{1,14})(?:\.([0-9]{1,4}))?$/D', $text, $parts)) {
            throw new \coding_exception("'$text' is no amount");
        }
        $units = (int) $parts[2] * self::UNIT + (int) str_pad($parts[3] ?? '', 4, '0');
        return new self($parts[1] ? -$units : $units);
    }

    /**
     * Nothing.
     *
     * @return self
     */
    public static function zero(): self {
        return new self(0);
    }

    /**
     * Add another amount of the same currency.
     *
     * @param self $other
     * @return self
     * @throws \OverflowException
     */
    public function plus(self $other): self {
        return self::exactly($this->units + $other->units);
    }

    /**
     * Take another amount of the same currency away.
     *
     * @param self $other
     * @return self
     * @throws \OverflowException
     */
    public function minus(self $other): self {
        return self::exactly($this->units - $other->units);
    }

    /**
     * The amount less so many per cent; what is beyond four places is rounded, half away from zero.
     *
     * @param self $percentage
     * @return self|null null when the percentage is not between 0 and 100
     */
    public function less(self $percentage): ?self {
        $rest = self::WHOLE - $percentage->units;
        if ($rest < 0 || $rest > self::WHOLE) {
            return null;
        }
        // In two parts, so that no product leaves the range of integers.
        $units = abs($this->units);
        $part = intdiv($units, self::WHOLE) * $rest
            + intdiv($units % self::WHOLE * $rest + intdiv(self::WHOLE, 2), self::WHOLE);
        return new self($this->units < 0 ? -$part : $part);
    }

    /**
     * The smaller of two amounts.
     *
     * @param self $other
     * @return self
     */
    public function least(self $other): self {
        return $this->units <= $other->units ? $this : $other;
    }

    /**
     * Are both the same amount?
     *
     * @param self $other
     * @return bool
     */
    public function equals(self $other): bool {
        return $this->units === $other->units;
    }

    /**
     * Which side of nothing is it on?
     *
     * @return int -1, 0 or 1
     */
    public function sign(): int {
        return $this->units <=> 0;
    }

    /**
     * The amount as plain digits: two places, or up to four where it has them.
     *
     * @return string for example "-1234.50"
     */
    public function text(): string {
        $units = abs($this->units);
        $places = sprintf('%04d', $units % self::UNIT);
        $places = substr($places, 0, 2) . rtrim(substr($places, 2), '0');
        return ($this->units < 0 ? '-' : '') . intdiv($units, self::UNIT) . '.' . $places;
    }

    /**
     * Keep what integers hold.
     *
     * @param int|float $units PHP turns an integer that is too big into a float
     * @return self
     * @throws \OverflowException
     */
    private static function exactly(int|float $units): self {
        if (!is_int($units)) {
            throw new \OverflowException('The sum of these amounts is beyond what can be told exactly');
        }
        return new self($units);
    }
}
