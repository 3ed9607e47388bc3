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
 * One part of what is due.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class installment {
    /** @var string All of it has been received. */
    public const PAID = 'paid';
    /** @var string Its day has passed, and something of it is open. */
    public const OVERDUE = 'overdue';
    /** @var string Something of it is open; its day is today or later, or not known. */
    public const OPEN = 'open';

    /**
     * Construct; made by summary.
     *
     * @param int $number as in Zoho, 0 if none
     * @param string $duedate Y-m-d, empty if none
     * @param money $amount
     * @param money $open what of it has not been received; what was received pays the earliest first
     * @param string $state one of the constants above
     * @param string $status what Zoho says, empty if nothing
     * @param string $paiddate Y-m-d as Zoho says, empty if none
     * @param string $invoice number of the invoice, empty if none
     */
    public function __construct(
        /** @var int as in Zoho, 0 if none */
        public readonly int $number,
        /** @var string Y-m-d, empty if none */
        public readonly string $duedate,
        /** @var money the amount */
        public readonly money $amount,
        /** @var money what of it has not been received */
        public readonly money $open,
        /** @var string one of the constants above */
        public readonly string $state,
        /** @var string what Zoho says, empty if nothing */
        public readonly string $status,
        /** @var string Y-m-d as Zoho says, empty if none */
        public readonly string $paiddate,
        /** @var string number of the invoice, empty if none */
        public readonly string $invoice
    ) {
    }
}
