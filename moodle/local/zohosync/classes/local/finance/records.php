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

namespace local_zohosync\local\finance;

use local_zohosync\local\inbound\mirror;

/**
 * The money records of some students, read with a few queries however many they are.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class records {
    /** @var array<int, string> Record ids in Zoho by account. */
    public readonly array $students;

    /** @var array<string, \stdClass[]> Registrations by student, oldest first. */
    public readonly array $registrations;

    /** @var array<string, \stdClass[]> Lines of schedules that name an amount (see line()), by registration. */
    public readonly array $schedules;

    /** @var array<string, \stdClass> Finance parts by student. */
    public readonly array $finance;

    /** @var array<string, \stdClass[]> Instalments of finance parts that name an amount (see line()), by student. */
    public readonly array $financelines;

    /** @var array<string, \stdClass[]> Payments by student, by date. */
    public readonly array $payments;

    /**
     * Read.
     *
     * @param int[] $userids their accounts in Moodle
     */
    public function __construct(array $userids) {
        [$this->students, $this->finance, $this->financelines] = self::students($userids);
        $studentids = array_values($this->students);
        [$registrations, $this->schedules] = self::registrations($studentids);
        $this->registrations = self::grouped($registrations, 'studentid');
        $owners = array_column($registrations, 'studentid', 'zohoid');
        $payments = self::payments($studentids, array_map('strval', array_keys($owners)));
        foreach ($payments as $payment) {
            $payment->studentid = $payment->studentid ?: $owners[$payment->registrationid];
        }
        usort($payments, fn($one, $two) => [$one->paymentdate, $one->id] <=> [$two->paymentdate, $two->id]);
        $this->payments = self::grouped($payments, 'studentid');
    }

    /**
     * Students with their finance parts and the instalments of these.
     *
     * @param int[] $userids
     * @return array[] record ids by account; finance parts by student; instalments by student
     */
    private static function students(array $userids): array {
        global $DB;
        if (!$userids) {
            return [[], [], []];
        }
        [$in, $params] = $DB->get_in_or_equal($userids);
        $rows = $DB->get_records_sql(
            "SELECT COALESCE(l.id, -s.id) AS rowid, s.userid AS owneruserid, s.zohoid AS ownerzohoid, f.*,
                    l.id AS lineid, l.number AS linenumber, l.amount AS lineamount, l.duedate AS lineduedate,
                    l.invoice AS lineinvoice
               FROM {" . mirror::STUDENT . "} s
          LEFT JOIN {" . mirror::FINANCE . "} f ON f.zohoid = s.zohoid AND f.deleted = 0
          LEFT JOIN {" . mirror::FINANCELINE . "} l ON l.studentid = f.zohoid AND l.amount IS NOT NULL
              WHERE s.userid $in
           ORDER BY s.id, l.number",
            $params
        );
        $students = $finance = $lines = [];
        foreach ($rows as $row) {
            $students[(int) $row->owneruserid] = $row->ownerzohoid;
            if ($row->zohoid !== null) {
                $finance[$row->zohoid] = $row;
            }
            if ($row->lineid) {
                $lines[$row->zohoid][] = self::line($row);
            }
        }
        return [$students, $finance, $lines];
    }

    /**
     * Registrations of students with their schedules.
     *
     * @param string[] $studentids
     * @return array[] registrations, oldest first; lines of schedules by registration
     */
    private static function registrations(array $studentids): array {
        global $DB;
        if (!$studentids) {
            return [[], []];
        }
        [$in, $params] = $DB->get_in_or_equal($studentids);
        $rows = $DB->get_records_sql(
            "SELECT COALESCE(i.id, -r.id) AS rowid, r.*,
                    i.id AS lineid, i.number AS linenumber, i.amount AS lineamount, i.duedate AS lineduedate,
                    i.status AS linestatus, i.paiddate AS linepaiddate
               FROM {" . mirror::REGISTRATION . "} r
          LEFT JOIN {" . mirror::INSTALLMENT . "} i ON i.registrationid = r.zohoid AND i.amount IS NOT NULL
              WHERE r.studentid $in AND r.deleted = 0
           ORDER BY r.registrationdate, r.id, i.number, i.id",
            $params
        );
        $registrations = $lines = [];
        foreach ($rows as $row) {
            $registrations[$row->id] = $row;
            if ($row->lineid) {
                $lines[$row->zohoid][] = self::line($row);
            }
        }
        return [$registrations, $lines];
    }

    /**
     * The line of a schedule or of a finance part that a row of a join names.
     *
     * @param \stdClass $row
     * @return \stdClass number, amount, duedate and, where the table has them, status, paiddate and invoice
     */
    private static function line(\stdClass $row): \stdClass {
        return (object) [
            'number' => $row->linenumber,
            'amount' => $row->lineamount,
            'duedate' => $row->lineduedate,
            'status' => $row->linestatus ?? '',
            'paiddate' => $row->linepaiddate ?? '',
            'invoice' => $row->lineinvoice ?? '',
        ];
    }

    /**
     * Payments of students; one that names its registration only is the registration's student's.
     *
     * @param string[] $studentids
     * @param string[] $registrationids theirs
     * @return \stdClass[] by id
     */
    private static function payments(array $studentids, array $registrationids): array {
        global $DB;
        if (!$studentids) {
            return [];
        }
        [$students, $params] = $DB->get_in_or_equal($studentids);
        [$registrations, $more] = $DB->get_in_or_equal($registrationids, SQL_PARAMS_QM, 'param', true, '-');
        $where = "deleted = 0 AND (studentid $students OR (studentid = '' AND registrationid $registrations))";
        return $DB->get_records_select(mirror::PAYMENT, $where, array_merge($params, $more), 'id');
    }

    /**
     * Rows by the value of a column.
     *
     * @param \stdClass[] $rows
     * @param string $column
     * @return \stdClass[][]
     */
    private static function grouped(array $rows, string $column): array {
        $groups = [];
        foreach ($rows as $row) {
            $groups[$row->$column][] = $row;
        }
        return $groups;
    }
}
