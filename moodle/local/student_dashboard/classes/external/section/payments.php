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

namespace local_student_dashboard\external\section;

use core_external\external_multiple_structure;
use core_external\external_single_structure;
use core_external\external_value;
use local_student_dashboard\local\provider;
use local_student_dashboard\local\wording;
use local_student_dashboard\output\payments_card;
use local_zohosync\local\finance\payment;
use local_zohosync\local\finance\summary;

/**
 * What the student has paid.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class payments extends section {
    #[\Override]
    protected static function fields(): array {
        return ['payments' => new external_multiple_structure(new external_single_structure([
            'number' => self::text('Number of the payment'),
            'receipt' => self::text('Number of the receipt, may be empty'),
            'date' => self::text('Y-m-d or empty'),
            'type' => self::text('What it was for, in Zoho\'s words'),
            'typename' => self::text('The same in the reader\'s language'),
            'method' => self::text('How it was paid, in Zoho\'s words'),
            'amount' => self::money('Amount, negative: a refund; absent when Zoho names none', VALUE_OPTIONAL),
            'accepted' => new external_value(PARAM_BOOL, 'Whether it is confirmed'),
            'counts' => new external_value(PARAM_BOOL, 'Whether it counts towards the study fees'),
        ]))];
    }

    #[\Override]
    public static function data(int $userid): array {
        $payments = [];
        foreach (summary::of_student($userid) as $account) {
            foreach ([...$account->payments, ...$account->others] as $payment) {
                $payments[] = self::payment($payment, $account->currency);
            }
        }
        usort($payments, fn(array $a, array $b): int => $b['date'] <=> $a['date']);
        return self::dated(payments_card::modules(), (new provider\payments())->updated($userid)) + ['payments' => $payments];
    }

    /**
     * Gives one payment.
     *
     * @param payment $payment the payment
     * @param string $currency ISO 4217, may be empty
     * @return array
     */
    private static function payment(payment $payment, string $currency): array {
        return self::amounts(['amount' => $payment->amount], $currency) + [
            'number' => $payment->number,
            'receipt' => $payment->voucher,
            'date' => $payment->date,
            'type' => $payment->type,
            'typename' => wording::of('paymenttype', $payment->type),
            'method' => $payment->method,
            'accepted' => $payment->accepted,
            'counts' => $payment->counts,
        ];
    }
}
