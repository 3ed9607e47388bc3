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
 * What is due by one source, in instalments, and how much of it is open after what was received.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class plan {
    /**
     * Take what is due.
     *
     * @param string $source one of account's constants
     * @param \stdClass[] $lines with amount, duedate, number, and status, paiddate, invoice where there are any
     * @param money|null $due null when nothing says
     */
    public function __construct(
        /** @var string one of account's constants */
        public readonly string $source,
        /** @var \stdClass[] with amount, duedate, number, and status, paiddate, invoice where there are any */
        private readonly array $lines,
        /** @var money|null null when nothing says */
        public readonly ?money $due
    ) {
    }

    /**
     * What some lines say in sum.
     *
     * @param string $source one of account's constants
     * @param \stdClass[] $lines not empty
     * @return self
     */
    public static function of_lines(string $source, array $lines): self {
        $due = money::zero();
        foreach ($lines as $line) {
            $due = $due->plus(money::of($line->amount));
        }
        // By day, those without one last; of one day as they came.
        usort($lines, fn($one, $two) => [$one->duedate === '', $one->duedate] <=> [$two->duedate === '', $two->duedate]);
        return new self($source, $lines, $due);
    }

    /**
     * Set what was received against the instalments, the earliest first. A negative line is a credit for the others.
     *
     * @param money $received
     * @param string $today Y-m-d
     * @return installment[] by day, those without one last
     */
    public function installments(money $received, string $today): array {
        $pool = $received;
        foreach ($this->lines as $line) {
            $amount = money::of($line->amount);
            $pool = $amount->sign() < 0 ? $pool->minus($amount) : $pool;
        }
        $installments = [];
        foreach ($this->lines as $line) {
            $amount = money::of($line->amount);
            $open = $amount->sign() < 0 ? money::zero() : $amount;
            if ($pool->sign() > 0) {
                $paid = $pool->least($open);
                [$pool, $open] = [$pool->minus($paid), $open->minus($paid)];
            }
            $late = $line->duedate !== '' && $line->duedate < $today;
            $state = $open->sign() === 0 ? installment::PAID : ($late ? installment::OVERDUE : installment::OPEN);
            $installments[] = new installment(
                (int) $line->number,
                $line->duedate,
                $amount,
                $open,
                $state,
                $line->status,
                $line->paiddate,
                $line->invoice
            );
        }
        return $installments;
    }
}
