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
    /** @var array<string, \stdClass[]> Registrations by student, oldest first. */
    public readonly array $registrations;

    /** @var array<string, \stdClass[]> Lines of schedules that name an amount, by registration. */
    public readonly array $schedules;

    /** @var array<string, \stdClass> Finance parts by student. */
    public readonly array $finance;

    /** @var array<string, \stdClass[]> Instalments of finance parts that name an amount, by student. */
    public readonly array $financelines;

    /** @var array<string, \stdClass[]> Payments by student, by date. */
    public readonly array $payments;

    /**
     * Read.
     *
     * @param string[] $studentids record ids in Zoho
     */
    public function __construct(array $studentids) {
        $registrations = self::rows(mirror::REGISTRATION, 'studentid', $studentids, 'deleted = 0', 'registrationdate, id');
        $this->registrations = self::grouped($registrations, 'studentid');
        $owners = array_column($registrations, 'studentid', 'zohoid');
        $ids = array_map('strval', array_keys($owners));
        $this->schedules = self::grouped(
            self::rows(mirror::INSTALLMENT, 'registrationid', $ids, 'amount IS NOT NULL', 'number, id'),
            'registrationid'
        );
        $finance = self::rows(mirror::FINANCE, 'zohoid', $studentids, 'deleted = 0', 'id');
        $this->finance = array_column($finance, null, 'zohoid');
        $this->financelines = self::grouped(
            self::rows(mirror::FINANCELINE, 'studentid', array_column($finance, 'zohoid'), 'amount IS NOT NULL', 'number'),
            'studentid'
        );
        $payments = self::payments($studentids, $ids);
        foreach ($payments as $payment) {
            $payment->studentid = $payment->studentid ?: $owners[$payment->registrationid];
        }
        usort($payments, fn($one, $two) => [$one->paymentdate, $one->id] <=> [$two->paymentdate, $two->id]);
        $this->payments = self::grouped($payments, 'studentid');
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
     * Rows by one of their columns.
     *
     * @param string $table
     * @param string $column
     * @param string[] $values
     * @param string $where further condition
     * @param string $sort
     * @return \stdClass[] by id
     */
    private static function rows(string $table, string $column, array $values, string $where, string $sort): array {
        global $DB;
        if (!$values) {
            return [];
        }
        [$in, $params] = $DB->get_in_or_equal($values);
        return $DB->get_records_select($table, "$column $in AND $where", $params, $sort);
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
