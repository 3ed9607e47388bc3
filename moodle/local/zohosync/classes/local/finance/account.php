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
 * What a student owes and has paid for one registration in one currency.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class account {
    /** @var string Due is the sum of the registration's payment schedule. */
    public const SCHEDULE = 'schedule';
    /** @var string Due is the sum of the student's eight instalments. */
    public const INSTALLMENTS = 'installments';
    /** @var string Due is the registration's price less its discount. */
    public const PRICE = 'price';
    /** @var string Nothing says what is due. */
    public const NONE = '';

    /**
     * Construct; made by summary.
     *
     * @param string $registrationid record id of the registration in Zoho; empty: payments for none that is known
     * @param string $number the registration's number
     * @param string $programname
     * @param string $registrationdate Y-m-d, empty if none
     * @param string $status of the registration
     * @param string $currency ISO 4217, empty if Zoho names none
     * @param string $source where $due comes from, one of the constants above
     * @param money|null $due null when nothing says
     * @param money $received accepted study fees, refunds taken off
     * @param money|null $balance due less received, negative when too much was paid; null when nothing says what is due
     * @param money $overdue what is open of instalments whose day has passed
     * @param installment|null $next the first that is open, of today or later or without a day
     * @param installment[] $installments by day, those without one last
     * @param payment[] $payments study fees by date, also those that do not count
     * @param payment[] $others payments of other types, by date
     * @param mismatch[] $mismatches
     */
    public function __construct(
        /** @var string record id of the registration in Zoho; empty: payments for none that is known */
        public readonly string $registrationid,
        /** @var string the registration's number */
        public readonly string $number,
        /** @var string name of its programme */
        public readonly string $programname,
        /** @var string Y-m-d, empty if none */
        public readonly string $registrationdate,
        /** @var string status of the registration */
        public readonly string $status,
        /** @var string ISO 4217, empty if Zoho names none */
        public readonly string $currency,
        /** @var string where $due comes from, one of the constants above */
        public readonly string $source,
        /** @var money|null null when nothing says */
        public readonly ?money $due,
        /** @var money accepted study fees, refunds taken off */
        public readonly money $received,
        /** @var money|null due less received, negative when too much was paid */
        public readonly ?money $balance,
        /** @var money what is open of instalments whose day has passed */
        public readonly money $overdue,
        /** @var installment|null the first that is open, of today or later or without a day */
        public readonly ?installment $next,
        /** @var installment[] by day, those without one last */
        public readonly array $installments,
        /** @var payment[] study fees by date, also those that do not count */
        public readonly array $payments,
        /** @var payment[] payments of other types, by date */
        public readonly array $others,
        /** @var mismatch[] what sources disagree about */
        public readonly array $mismatches
    ) {
    }
}
