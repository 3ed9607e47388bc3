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
 * Two sources in Zoho that disagree about the same money: for staff to see.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class mismatch {
    /** @var string What is due, and the price less the discount. */
    public const PRICE = 'price';
    /** @var string What is due by the schedule, and by the student's eight instalments. */
    public const INSTALLMENTS = 'installments';
    /** @var string The balance, and the remaining amount that was typed into the registration. */
    public const REMAINING = 'remaining';
    /** @var string The discount is not between 0 and 100 per cent: no price can be told ($computed is the price, $stated the percentage). */
    public const DISCOUNT = 'discount';
    /** @var string Received for a registration in another currency than its own ($computed is nothing, $stated what was received). */
    public const CURRENCY = 'currency';

    /**
     * Construct; made by summary.
     *
     * @param string $kind one of the constants above
     * @param money $computed what the account says
     * @param money $stated what the other source says
     */
    public function __construct(
        /** @var string one of the constants above */
        public readonly string $kind,
        /** @var money what the account says */
        public readonly money $computed,
        /** @var money what the other source says */
        public readonly money $stated
    ) {
    }
}
