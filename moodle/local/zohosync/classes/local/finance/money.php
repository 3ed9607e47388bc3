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
 * An exact amount, without its currency: never floating point.
 *
 * Whole units and ten-thousandths are kept apart, so that sums of the largest amounts that are taken stay exact as well:
 * it would need 90,000 of those to leave the range of integers.
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
     * @param int $whole
     * @param int $part ten-thousandths
     */
    private function __construct(
        /** @var int The greatest whole number that is not above the amount. */
        private readonly int $whole,
        /** @var int How many ten-thousandths the amount is above it, 0 to 9999. */
        private readonly int $part
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
        $amount = new self((int) $parts[2], (int) str_pad($parts[3] ?? '', 4, '0'));
        return $parts[1] ? $amount->opposite() : $amount;
    }

    /**
     * Nothing.
     *
     * @return self
     */
    public static function zero(): self {
        return new self(0, 0);
    }

    /**
     * Add another amount of the same currency.
     *
     * @param self $other
     * @return self
     */
    public function plus(self $other): self {
        $part = $this->part + $other->part;
        return new self($this->whole + $other->whole + intdiv($part, self::UNIT), $part % self::UNIT);
    }

    /**
     * Take another amount of the same currency away.
     *
     * @param self $other
     * @return self
     */
    public function minus(self $other): self {
        return $this->plus($other->opposite());
    }

    /**
     * An amount that was read, less so many per cent; what is beyond four places is rounded, half away from zero.
     *
     * @param self $percentage
     * @return self|null null when the percentage is not between 0 and 100
     */
    public function less(self $percentage): ?self {
        if ($percentage->sign() < 0 || $percentage->minus(new self(100, 0))->sign() > 0) {
            return null;
        }
        $rest = self::WHOLE - $percentage->whole * self::UNIT - $percentage->part;
        $amount = $this->sign() < 0 ? $this->opposite() : $this;
        // The hundreds and what is left of them, so that no product leaves the range of integers.
        $below = ($amount->whole % 100 * self::UNIT + $amount->part) * $rest;
        $units = intdiv($amount->whole, 100) * $rest + intdiv($below + intdiv(self::WHOLE, 2), self::WHOLE);
        $left = new self(intdiv($units, self::UNIT), $units % self::UNIT);
        return $this->sign() < 0 ? $left->opposite() : $left;
    }

    /**
     * The smaller of two amounts.
     *
     * @param self $other
     * @return self
     */
    public function least(self $other): self {
        return $this->minus($other)->sign() <= 0 ? $this : $other;
    }

    /**
     * Are both the same amount?
     *
     * @param self $other
     * @return bool
     */
    public function equals(self $other): bool {
        return $this->whole === $other->whole && $this->part === $other->part;
    }

    /**
     * Which side of nothing is it on?
     *
     * @return int -1, 0 or 1
     */
    public function sign(): int {
        return $this->whole ? $this->whole <=> 0 : $this->part <=> 0;
    }

    /**
     * The amount as plain digits: two places, or up to four where it has them.
     *
     * @return string for example "-1234.50"
     */
    public function text(): string {
        if ($this->sign() < 0) {
            return '-' . $this->opposite()->text();
        }
        $places = sprintf('%04d', $this->part);
        return $this->whole . '.' . substr($places, 0, 2) . rtrim(substr($places, 2), '0');
    }

    /**
     * The same amount on the other side of nothing.
     *
     * @return self
     */
    private function opposite(): self {
        return $this->part ? new self(-$this->whole - 1, self::UNIT - $this->part) : new self(-$this->whole, 0);
    }
}
