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
use stdClass;

/**
 * What the student has paid, newest first.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class payments_card extends card {
    /**
     * Constructor.
     *
     * @param finance $finance the student's
     */
    public function __construct(
        /** @var finance The student's. */
        private readonly finance $finance,
    ) {
    }

    #[\Override]
    protected function name(): string {
        return 'payments';
    }

    #[\Override]
    protected function updated(): int {
        return $this->finance->payments() ? $this->finance->updated : 0;
    }

    #[\Override]
    protected function body(renderer_base $output): array {
        $payments = array_map($this->payment(...), $this->finance->payments());
        return ['haspayments' => (bool) $payments, 'payments' => $payments];
    }

    /**
     * Exports one payment.
     *
     * @param stdClass $row see finance::payments()
     * @return array values for the template
     */
    private function payment(stdClass $row): array {
        $payment = $row->payment;
        $type = wording::of('paymenttype', $payment->type);
        return [
            'type' => $type !== '' ? $type : get_string('payment', 'local_student_dashboard'),
            'date' => calendar_date::format($payment->date),
            'method' => wording::of('paymentmethod', $payment->method),
            'receipt' => $payment->voucher !== '' ? $payment->voucher : $payment->number,
            'amount' => $payment->amount ? amount::format($payment->amount->text(), $row->currency) : '',
            'void' => !$payment->accepted,
            'refund' => $payment->accepted && $payment->amount && $payment->amount->sign() < 0,
        ];
    }
}
