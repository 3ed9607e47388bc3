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

use core\chart_bar;
use core\output\renderer_base;
use core\url;
use local_student_dashboard\local\access;
use local_student_dashboard\local\amount;
use local_student_dashboard\local\provider\finance;
use local_student_dashboard\local\visibility;
use local_zohosync\local\finance\account;
use local_zohosync\local\finance\money;

/**
 * What the student owes and has paid, registration by registration; each currency for itself.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class finance_card extends card {
    /**
     * Constructor.
     *
     * @param finance $finance the student's
     * @param bool $own whether she looks at it herself; others are shown where Zoho's sources disagree
     * @param bool $showbalance whether the balance is shown
     * @param url $statement address of the statement of account
     */
    public function __construct(
        /** @var finance The student's. */
        private readonly finance $finance,
        /** @var bool Whether she looks at it herself. */
        private readonly bool $own,
        /** @var bool Whether the balance is shown. */
        private readonly bool $showbalance,
        /** @var url Address of the statement of account. */
        private readonly url $statement,
    ) {
    }

    /**
     * Gives the section for a student whose page the present user may see.
     *
     * @param int $userid the student
     * @param bool $own whether she looks at it herself
     * @return self|null null when the present user may not see her money, or nobody shall see this section
     */
    public static function of_student(int $userid, bool $own): ?self {
        if (!visibility::shows('finance') || !access::may_see_finance($userid)) {
            return null;
        }
        return new self(new finance($userid), $own, visibility::shows('balance'), statement::url($own ? 0 : $userid));
    }

    #[\Override]
    protected function name(): string {
        return 'finance';
    }

    #[\Override]
    public static function modules(): array {
        return ['registration', 'payment', 'student'];
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
            'charts' => array_map(
                fn(chart_bar $chart): string => $output->render($chart),
                payments_chart::of($this->finance->accounts),
            ),
            'printurl' => $this->statement->out(false),
            'pdfurl' => (new url($this->statement, ['format' => 'pdf']))->out(false),
        ];
    }

    /**
     * Exports one account.
     *
     * @param account $account the account
     * @return array values for the template
     */
    private function account(account $account): array {
        $view = new account_view($account, $this->finance->terms($account), $this->showbalance);
        return $view->head() + [
            'figures' => $view->figures(),
            'hasinstallments' => (bool) $account->installments,
            'installments' => $view->installments(),
            'mismatches' => $this->own ? [] : $view->mismatches(),
        ];
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
        $percentage = (float) $aid->scholarshippercentage ? account_view::percentage($aid->scholarshippercentage) : '';
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
}
