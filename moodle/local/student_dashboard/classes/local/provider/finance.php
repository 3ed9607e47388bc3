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
    /** @var stdClass[] Registrations by Zoho's id: currency, price, discountpercentage, discountreason, timemodified. */
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
        ], '', 'zohoid, currency, price, discountpercentage, discountreason, timemodified');
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
     * Gives what a registration costs, and what is taken off.
     *
     * @param account $account an account
     * @return stdClass|null price, discountpercentage (decimal texts or null), discountreason; null for an account that is not in
     *     its registration's own currency
     */
    public function terms(account $account): ?stdClass {
        $registration = $this->registrations[$account->registrationid] ?? null;
        return $registration?->currency === $account->currency ? $registration : null;
    }
}
