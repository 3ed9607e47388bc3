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

namespace local_student_dashboard\local\provider;

use local_zohosync\local\finance\account;
use local_zohosync\local\finance\summary;
use stdClass;

/**
 * What one student owes and has paid, with what was taken off the price. Whoever asks has checked who may see it.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class finance {
    /** @var stdClass[] Registrations by Zoho's id: discountpercentage, discountreason, timemodified. */
    private readonly array $registrations;

    /** @var stdClass|null Row of local_zohosync_finance, null when there is none. */
    public readonly ?stdClass $aid;

    /** @var account[] See summary::of_student(). */
    public readonly array $accounts;

    /** @var int Unix seconds of the newest record shown, 0: there is none. */
    public readonly int $updated;

    /**
     * Reads everything.
     *
     * @param int $userid the student
     */
    public function __construct(int $userid) {
        global $DB;
        $this->accounts = summary::of_student($userid);
        $of = "studentid IN (SELECT s.zohoid FROM {local_zohosync_student} s WHERE s.userid = :userid)";
        $this->registrations = $DB->get_records_select('local_zohosync_registration', "deleted = 0 AND $of", [
            'userid' => $userid,
        ], '', 'zohoid, discountpercentage, discountreason, timemodified');
        $this->aid = $DB->get_record_sql(
            "SELECT f.*
               FROM {local_zohosync_finance} f
               JOIN {local_zohosync_student} s ON s.zohoid = f.zohoid
              WHERE s.userid = :userid AND f.deleted = 0",
            ['userid' => $userid],
        ) ?: null;
        $paid = $DB->get_field_select('local_zohosync_payment', 'MAX(timemodified)', "deleted = 0 AND $of", ['userid' => $userid]);
        $this->updated = max([
            (int) $paid,
            (int) ($this->aid->timemodified ?? 0),
            ...array_map(intval(...), array_column($this->registrations, 'timemodified')),
        ]);
    }

    /**
     * Gives what is taken off the price of a registration.
     *
     * @param string $registrationid its record id in Zoho
     * @return stdClass|null discountpercentage (decimal text), discountreason; null when nothing is
     */
    public function discount(string $registrationid): ?stdClass {
        $registration = $this->registrations[$registrationid] ?? null;
        return $registration && (float) $registration->discountpercentage ? $registration : null;
    }

    /**
     * Lists the payments of all accounts, newest first.
     *
     * Those that do not count because they are void, or not confirmed yet, are among them: the student holds the receipt and
     * would look for it. Those that the college deleted are not: it has taken the record itself back.
     *
     * @return stdClass[] each with payment and currency
     */
    public function payments(): array {
        $found = [];
        foreach ($this->accounts as $account) {
            foreach ([...$account->payments, ...$account->others] as $payment) {
                $found[] = (object) ['payment' => $payment, 'currency' => $account->currency];
            }
        }
        usort($found, fn(stdClass $a, stdClass $b): int
            => [$b->payment->date, $b->payment->zohoid] <=> [$a->payment->date, $a->payment->zohoid]);
        return $found;
    }
}
