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
 * One payment as a page shows it.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class payment {
    /**
     * Construct; made by summary.
     *
     * @param string $zohoid record id in Zoho
     * @param string $number
     * @param string $date Y-m-d, empty if none
     * @param money|null $amount negative: a refund; null: Zoho names none
     * @param string $type
     * @param string $method
     * @param string $voucher
     * @param int $installmentno 0 if none
     * @param bool $accepted false: void or not yet confirmed
     * @param bool $counts whether it is part of what the account has received
     */
    public function __construct(
        /** @var string record id in Zoho */
        public readonly string $zohoid,
        /** @var string its number in Zoho */
        public readonly string $number,
        /** @var string Y-m-d, empty if none */
        public readonly string $date,
        /** @var money|null negative: a refund; null: Zoho names none */
        public readonly ?money $amount,
        /** @var string what it is for */
        public readonly string $type,
        /** @var string how it was paid */
        public readonly string $method,
        /** @var string number of the voucher */
        public readonly string $voucher,
        /** @var int number of the instalment, 0 if none */
        public readonly int $installmentno,
        /** @var bool false: void or not yet confirmed */
        public readonly bool $accepted,
        /** @var bool whether it is part of what the account has received */
        public readonly bool $counts
    ) {
    }
}
