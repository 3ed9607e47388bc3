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

namespace local_student_dashboard\output;

use local_student_dashboard\local\amount;
use local_student_dashboard\local\calendar_date;
use local_student_dashboard\local\wording;
use local_zohosync\local\finance\account;
use local_zohosync\local\finance\installment;
use local_zohosync\local\finance\mismatch;
use local_zohosync\local\finance\money;
use local_zohosync\local\finance\payment;
use stdClass;

/**
 * One account in the reader's words: a registration in one currency, on the page and on the statement.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class account_view {
    /** @var string[] Look of the badge by an instalment's state. */
    private const BADGES = [
        installment::PAID => 'bg-success text-white',
        installment::OVERDUE => 'bg-danger text-white',
        installment::OPEN => 'bg-secondary text-dark',
    ];

    /**
     * Constructor.
     *
     * @param account $account the account
     * @param stdClass|null $terms price, discountpercentage and discountreason of its registration, null when it has none
     * @param bool $showbalance whether the balance is shown
     */
    public function __construct(
        /** @var account The account. */
        private readonly account $account,
        /** @var stdClass|null Price, discountpercentage and discountreason of its registration. */
        private readonly ?stdClass $terms,
        /** @var bool Whether the balance is shown. */
        private readonly bool $showbalance,
    ) {
    }

    /**
     * Says which account it is.
     *
     * @return string[] name, number, status, currency
     */
    public function head(): array {
        $account = $this->account;
        return [
            'name' => $account->registrationid === ''
                ? get_string('noregistration', 'local_student_dashboard')
                : ($account->programname ?: $account->number),
            'number' => $account->number,
            'status' => wording::of('registrationstatus', $account->status),
            'currency' => $account->currency,
        ];
    }

    /**
     * Lists the figures that there are: from the fee to what is open of it.
     *
     * @return array[] each label and value; note (a further text) and alert (whether it wants attention) where they matter
     */
    public function figures(): array {
        $account = $this->account;
        $late = $account->overdue->sign() > 0;
        return array_values(array_filter([
            $this->figure('fee', isset($this->terms->price) ? money::of($this->terms->price) : null),
            $this->discount(),
            $this->figure('due', $account->due),
            $this->figure('received', $account->received),
            $this->showbalance ? $this->balance() : [],
            $late ? ['alert' => true] + $this->figure('overdue', $account->overdue) : [],
            $account->next ? ['note' => calendar_date::format($account->next->duedate)]
                + $this->figure('next', $account->next->open) : [],
        ]));
    }

    /**
     * Lists the instalments.
     *
     * @return array[] each number, duedate, amount, state, badge (CSS classes), open (a sentence, when a part of it is paid)
     */
    public function installments(): array {
        return array_map(function (installment $part): array {
            $partly = $part->open->sign() > 0 && !$part->open->equals($part->amount);
            return [
                'number' => $part->number ? (string) $part->number : '',
                'duedate' => calendar_date::format($part->duedate),
                'amount' => $this->amount($part->amount),
                'state' => get_string("installment:$part->state", 'local_student_dashboard'),
                'badge' => self::BADGES[$part->state],
                'open' => $partly ? get_string('stillopen', 'local_student_dashboard', $this->amount($part->open)) : '',
            ];
        }, $this->account->installments);
    }

    /**
     * Lists the payments by date: study fees first, then the others, which do not count towards what is due.
     *
     * @return array[] each date, type, method, receipt, amount, note (why it does not count, may be empty)
     */
    public function payments(): array {
        return array_map(fn(payment $payment): array => [
            'date' => calendar_date::format($payment->date),
            'type' => wording::of('paymenttype', $payment->type) ?: get_string('payment', 'local_student_dashboard'),
            'method' => wording::of('paymentmethod', $payment->method),
            'receipt' => $payment->voucher !== '' ? $payment->voucher : $payment->number,
            'amount' => $payment->amount ? $this->amount($payment->amount) : '',
            'note' => match (true) {
                !$payment->accepted => get_string('voidpayment', 'local_student_dashboard'),
                !$payment->counts => get_string('otherpayment', 'local_student_dashboard'),
                $payment->amount->sign() < 0 => get_string('refund', 'local_student_dashboard'),
                default => '',
            },
        ], [...$this->account->payments, ...$this->account->others]);
    }

    /**
     * Says where Zoho's sources disagree.
     *
     * @return string[] sentences, for staff
     */
    public function mismatches(): array {
        return array_map(fn(mismatch $found): string => get_string("mismatch:$found->kind", 'local_student_dashboard', [
            'computed' => $this->amount($found->computed),
            'stated' => $found->kind === mismatch::DISCOUNT
                ? self::percentage($found->stated->text())
                : $this->amount($found->stated),
        ]), $this->account->mismatches);
    }

    /**
     * Writes a percentage.
     *
     * @param string $decimal plain digits
     * @return string
     */
    public static function percentage(string $decimal): string {
        [$whole, $fraction] = explode('.', $decimal) + [1 => ''];
        return get_string('percents', 'moodle', format_float((float) $decimal, strlen(rtrim($fraction, '0'))));
    }

    /**
     * Says what is taken off the fee.
     *
     * @return array figure, empty when nothing is
     */
    private function discount(): array {
        if (!(float) ($this->terms->discountpercentage ?? 0)) {
            return [];
        }
        return [
            'label' => get_string('figure:discount', 'local_student_dashboard'),
            'value' => self::percentage($this->terms->discountpercentage),
            'note' => trim((string) $this->terms->discountreason),
        ];
    }

    /**
     * Says what is still to be paid, or was paid too much.
     *
     * @return array figure, empty when nothing says what is due
     */
    private function balance(): array {
        $balance = $this->account->balance;
        return $balance?->sign() < 0
            ? $this->figure('credit', money::zero()->minus($balance))
            : $this->figure('balance', $balance);
    }

    /**
     * Pairs an amount with its label.
     *
     * @param string $name name of the figure
     * @param money|null $money the amount
     * @return string[] label and value; empty without an amount
     */
    private function figure(string $name, ?money $money): array {
        return $money ? [
            'label' => get_string("figure:$name", 'local_student_dashboard'),
            'value' => $this->amount($money),
        ] : [];
    }

    /**
     * Writes an amount in the account's currency.
     *
     * @param money $money the amount
     * @return string
     */
    private function amount(money $money): string {
        return amount::format($money->text(), $this->account->currency);
    }
}
