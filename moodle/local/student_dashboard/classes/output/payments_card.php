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

use core\context\system;
use core\output\renderer_base;
use core_reportbuilder\system_report_factory;
use local_student_dashboard\local\access;
use local_student_dashboard\local\provider;
use local_student_dashboard\local\visibility;
use local_student_dashboard\reportbuilder\local\systemreports\payments;

/**
 * What the student has paid: a list to look through, to filter and to download.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class payments_card extends card {
    /**
     * Constructor.
     *
     * @param int $userid the student
     * @param int $updated unix seconds of the newest change of a payment, 0: there is none
     */
    public function __construct(
        /** @var int The student. */
        private readonly int $userid,
        /** @var int Unix seconds of the newest change of a payment. */
        private readonly int $updated,
    ) {
    }

    /**
     * Gives the section for a student whose page the present user may see.
     *
     * @param int $userid the student
     * @return self|null null when the present user may not see her money, or nobody shall see this section
     */
    public static function of_student(int $userid): ?self {
        return visibility::shows('payments') && access::may_see_finance($userid)
            ? new self($userid, (new provider\payments())->updated($userid))
            : null;
    }

    #[\Override]
    protected function name(): string {
        return 'payments';
    }

    #[\Override]
    public static function modules(): array {
        return ['payment'];
    }

    #[\Override]
    protected function updated(): int {
        return $this->updated;
    }

    #[\Override]
    protected function body(renderer_base $output): array {
        return ['haspayments' => (bool) $this->updated, 'report' => $this->updated ? $this->report() : ''];
    }

    /**
     * Renders the list.
     *
     * @return string HTML
     */
    private function report(): string {
        $parameters = ['userid' => $this->userid];
        return system_report_factory::create(payments::class, system::instance(), '', '', 0, $parameters)->output();
    }
}
