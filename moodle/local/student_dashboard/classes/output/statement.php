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

use core\clock;
use core\di;
use core\output\named_templatable;
use core\output\renderable;
use core\output\renderer_base;
use core\url;
use local_student_dashboard\local\provider\finance;
use local_zohosync\local\asof;
use local_zohosync\local\finance\account;
use stdClass;

/**
 * The statement of account of a student, as of now: made when it is asked for, on paper or as PDF, and kept nowhere.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class statement implements named_templatable, renderable {
    /** @var string[] Modules of the agent whose data it shows. */
    private const MODULES = ['student', 'registration', 'payment'];

    /** @var int Unix seconds: when it was made. */
    private readonly int $now;

    /**
     * Constructor.
     *
     * @param stdClass $user the student's account
     * @param stdClass|null $student her row of local_zohosync_student, null when there is none
     * @param finance $finance hers
     * @param bool $showbalance whether the balance is shown
     */
    public function __construct(
        /** @var stdClass The student's account. */
        private readonly stdClass $user,
        /** @var stdClass|null Her row of local_zohosync_student. */
        private readonly ?stdClass $student,
        /** @var finance Hers. */
        private readonly finance $finance,
        /** @var bool Whether the balance is shown. */
        private readonly bool $showbalance,
    ) {
        $this->now = di::get(clock::class)->time();
    }

    /**
     * Builds the address of a statement.
     *
     * @param int $userid the student, 0: whoever follows the link
     * @return url
     */
    public static function url(int $userid = 0): url {
        return new url('/local/student_dashboard/statement.php', $userid ? ['userid' => $userid] : []);
    }

    /**
     * Names the file of the statement.
     *
     * @return string Latin letters and digits, such as "statement-ST-0042-2026-06-15.pdf"
     */
    public function filename(): string {
        $number = preg_replace('/[^A-Za-z0-9-]+/', '-', trim($this->student->studentnumber ?? ''));
        return implode('-', array_filter(['statement', trim($number, '-'), userdate($this->now, '%Y-%m-%d')])) . '.pdf';
    }

    #[\Override]
    public function get_template_name(renderer_base $renderer): string {
        return 'local_student_dashboard/statement';
    }

    #[\Override]
    public function export_for_template(renderer_base $output): array {
        global $SITE;
        $asof = min(array_map(asof::of(...), self::MODULES));
        $native = trim(($this->student->firstnamenative ?? '') . ' ' . ($this->student->lastnamenative ?? ''));
        $name = trim($this->student->displayname ?? '') ?: fullname($this->user);
        return [
            'college' => format_string($SITE->fullname, true, ['escape' => false]),
            'name' => $name,
            'nativename' => $native === $name ? '' : $native,
            'number' => $this->student->studentnumber ?? '',
            'made' => userdate($this->now),
            'asof' => $asof ? userdate($asof) : '',
            'accounts' => array_map($this->account(...), $this->finance->accounts),
            'hasaccounts' => (bool) $this->finance->accounts,
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
        $payments = $view->payments();
        return $view->head() + [
            'figures' => $view->figures(),
            'hasinstallments' => (bool) $account->installments,
            'installments' => $view->installments(),
            'haspayments' => (bool) $payments,
            'payments' => $payments,
        ];
    }
}
