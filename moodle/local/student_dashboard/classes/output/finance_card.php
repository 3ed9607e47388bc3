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

use core\output\renderer_base;
use local_student_dashboard\local\amount;
use local_student_dashboard\local\calendar_date;
use local_student_dashboard\local\provider\finance;
use local_student_dashboard\local\wording;
use local_zohosync\local\finance\account;
use local_zohosync\local\finance\installment;
use local_zohosync\local\finance\mismatch;
use local_zohosync\local\finance\money;

/**
 * What the student owes and has paid, registration by registration; each currency for itself.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class finance_card extends card {
    /** @var string[] Look of the badge by an instalment's state. */
    private const BADGES = [
        installment::PAID => 'bg-success text-white',
        installment::OVERDUE => 'bg-danger text-white',
        installment::OPEN => 'bg-secondary text-dark',
    ];

    /**
     * Constructor.
     *
     * @param finance $finance the student's
     * @param bool $own whether she looks at it herself; others are shown where Zoho's sources disagree
     * @param bool $showbalance whether the balance is shown
     */
    public function __construct(
        /** @var finance The student's. */
        private readonly finance $finance,
        /** @var bool Whether she looks at it herself. */
        private readonly bool $own,
        /** @var bool Whether the balance is shown. */
        private readonly bool $showbalance,
    ) {
    }

    #[\Override]
    protected function name(): string {
        return 'finance';
    }

    #[\Override]
    protected function updated(): int {
        return $this->finance->updated;
    }

    #[\Override]
    protected function body(renderer_base $output): array {
        $aid = $this->aid();
        return [
            'hasfinance' => $this->finance->accounts || $aid,
            'accounts' => array_map($this->account(...), $this->finance->accounts),
            'hasaid' => (bool) $aid,
            'aid' => $aid,
        ];
    }

    /**
     * Exports one account.
     *
     * @param account $account the account
     * @return array values for the template
     */
    private function account(account $account): array {
        return [
            'name' => $account->registrationid === ''
                ? get_string('noregistration', 'local_student_dashboard')
                : ($account->programname ?: $account->number),
            'number' => $account->number,
            'status' => wording::of('registrationstatus', $account->status),
            'currency' => $account->currency,
            'figures' => array_values(array_filter($this->figures($account))),
            'hasinstallments' => (bool) $account->installments,
            'installments' => array_map(
                fn(installment $part): array => $this->installment($part, $account->currency),
                $account->installments,
            ),
            'mismatches' => $this->own ? [] : array_map(
                fn(mismatch $found): string => $this->mismatch($found, $account->currency),
                $account->mismatches,
            ),
        ];
    }

    /**
     * Exports the figures of an account that there are.
     *
     * @param account $account the account
     * @return array[] each label, value and alert (whether it wants attention), or empty
     */
    private function figures(account $account): array {
        $of = fn(?money $money): string => $money ? amount::format($money->text(), $account->currency) : '';
        $next = $account->next;
        $due = $next ? calendar_date::format($next->duedate) : '';
        $discount = $this->finance->discount($account->registrationid);
        $late = $account->overdue->sign() > 0;
        return [
            $this->fact('due', $of($account->due)),
            $this->fact('received', $of($account->received)),
            $late ? ['alert' => true] + $this->fact('overdue', $of($account->overdue)) : [],
            $next ? ['note' => $due] + $this->fact('next', $of($next->open)) : [],
            $this->showbalance && $account->balance ? $this->fact(
                $account->balance->sign() < 0 ? 'credit' : 'balance',
                amount::format(ltrim($account->balance->text(), '-'), $account->currency),
            ) : [],
            $discount ? ['note' => trim((string) $discount->discountreason)]
                + $this->fact('discount', $this->percentage($discount->discountpercentage)) : [],
        ];
    }

    /**
     * Exports one instalment.
     *
     * @param installment $part the instalment
     * @param string $currency its currency
     * @return array values for the template
     */
    private function installment(installment $part, string $currency): array {
        $partly = $part->open->sign() > 0 && !$part->open->equals($part->amount);
        $open = amount::format($part->open->text(), $currency);
        return [
            'number' => $part->number ? (string) $part->number : '',
            'duedate' => calendar_date::format($part->duedate),
            'amount' => amount::format($part->amount->text(), $currency),
            'state' => get_string("installment:$part->state", 'local_student_dashboard'),
            'badge' => self::BADGES[$part->state],
            'open' => $partly ? get_string('stillopen', 'local_student_dashboard', $open) : '',
        ];
    }

    /**
     * Says where Zoho's sources disagree.
     *
     * @param mismatch $found the mismatch
     * @param string $currency of the amounts
     * @return string a sentence
     */
    private function mismatch(mismatch $found, string $currency): string {
        $stated = $found->kind === mismatch::DISCOUNT
            ? $this->percentage($found->stated->text())
            : amount::format($found->stated->text(), $currency);
        return get_string("mismatch:$found->kind", 'local_student_dashboard', [
            'computed' => amount::format($found->computed->text(), $currency),
            'stated' => $stated,
        ]);
    }

    /**
     * Collects what is known about scholarship and discount of the student herself.
     *
     * @return array[] each label and value
     */
    private function aid(): array {
        $aid = $this->finance->aid;
        if (!$aid) {
            return [];
        }
        $discount = (float) $aid->discount ? amount::format(money::of($aid->discount)->text(), $aid->currency) : '';
        $percentage = (float) $aid->scholarshippercentage ? $this->percentage($aid->scholarshippercentage) : '';
        $facts = [
            'scholarship' => $aid->scholarship,
            'scholarshippercentage' => $percentage,
            'scholarshipreason' => trim((string) $aid->scholarshipreason),
            'discountamount' => $discount,
        ];
        $known = array_filter($facts, fn(string $value): bool => $value !== '');
        return array_map($this->fact(...), array_keys($known), $known);
    }

    /**
     * Pairs a value with its label.
     *
     * @param string $name name of the figure
     * @param string $value text, may be empty
     * @return string[] label and value; empty without a value
     */
    private function fact(string $name, string $value): array {
        return $value === '' ? [] : ['label' => get_string("figure:$name", 'local_student_dashboard'), 'value' => $value];
    }

    /**
     * Writes a percentage.
     *
     * @param string $decimal plain digits
     * @return string
     */
    private function percentage(string $decimal): string {
        [$whole, $fraction] = explode('.', $decimal) + [1 => ''];
        return get_string('percents', 'moodle', format_float((float) $decimal, strlen(rtrim($fraction, '0'))));
    }
}
