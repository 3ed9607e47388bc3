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
use local_student_dashboard\local\visibility;
use local_student_dashboard\output\finance_card;
use local_zohosync\local\finance\account;
use local_zohosync\local\finance\installment;
use local_zohosync\local\finance\money;

/**
 * What the student owes and has paid, registration by registration; each currency for itself.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class finance extends section {
    #[\Override]
    protected static function fields(): array {
        return [
            'accounts' => new external_multiple_structure(new external_single_structure([
                'programname' => self::text('Programme, empty: payments without a registration'),
                'number' => self::text('Number of the registration'),
                'status' => self::text('Status, in Zoho\'s words'),
                'currency' => self::text('ISO 4217, empty: none is known'),
                'discountpercentage' => self::text('Exact decimal, empty: none'),
                'discountreason' => self::text('May be empty'),
                'fee' => self::money('Price', VALUE_OPTIONAL),
                'due' => self::money('What is due; absent when nothing says', VALUE_OPTIONAL),
                'received' => self::money('Accepted study fees'),
                'balance' => self::money('Absent where the college hides it, or nothing says what is due', VALUE_OPTIONAL),
                'overdue' => self::money('What is open of instalments whose day has passed'),
                'installments' => new external_multiple_structure(new external_single_structure([
                    'number' => new external_value(PARAM_INT, '0: none'),
                    'duedate' => self::text('Y-m-d or empty'),
                    'amount' => self::money('Amount'),
                    'open' => self::money('What of it has not been received'),
                    'state' => new external_value(PARAM_ALPHA, 'paid, overdue or open'),
                    'statename' => self::text('The same in the reader\'s language'),
                ])),
            ])),
            'scholarship' => new external_single_structure([
                'name' => self::text('Scholarship, may be empty'),
                'percentage' => self::text('Exact decimal, empty: none'),
                'reason' => self::text('May be empty'),
                'discount' => self::money('Discount', VALUE_OPTIONAL),
            ], 'Absent when there is none', VALUE_OPTIONAL),
        ];
    }

    #[\Override]
    public static function data(int $userid): array {
        $finance = new provider\finance($userid);
        $accounts = array_map(fn(account $account): array => self::account($account, $finance), $finance->accounts);
        $data = self::dated(finance_card::modules(), $finance->updated) + ['accounts' => $accounts];
        if ($aid = $finance->aid) {
            $discount = (float) $aid->discount ? ['discount' => money::of($aid->discount)] : [];
            $data['scholarship'] = [
                'name' => $aid->scholarship,
                'percentage' => self::decimal($aid->scholarshippercentage),
                'reason' => trim((string) $aid->scholarshipreason),
            ] + self::amounts($discount, $aid->currency);
        }
        return $data;
    }

    /**
     * Gives one account.
     *
     * @param account $account the account
     * @param provider\finance $finance the student's
     * @return array
     */
    private static function account(account $account, provider\finance $finance): array {
        $terms = $finance->terms($account);
        $sums = [
            'fee' => isset($terms->price) ? money::of($terms->price) : null,
            'due' => $account->due,
            'received' => $account->received,
            'balance' => visibility::shows('balance') ? $account->balance : null,
            'overdue' => $account->overdue,
        ];
        return self::amounts($sums, $account->currency) + [
            'programname' => $account->programname,
            'number' => $account->number,
            'status' => $account->status,
            'currency' => $account->currency,
            'discountpercentage' => self::decimal($terms->discountpercentage ?? null),
            'discountreason' => trim((string) ($terms->discountreason ?? '')),
            'installments' => array_map(fn(installment $part): array => [
                'number' => $part->number,
                'duedate' => $part->duedate,
                'state' => $part->state,
                'statename' => get_string("installment:$part->state", 'local_student_dashboard'),
            ] + self::amounts(['amount' => $part->amount, 'open' => $part->open], $account->currency), $account->installments),
        ];
    }

    /**
     * Writes a percentage in plain digits.
     *
     * @param string|null $decimal as the database gives it
     * @return string empty for none and for nothing
     */
    private static function decimal(?string $decimal): string {
        return (float) $decimal ? money::of($decimal)->text() : '';
    }
}
