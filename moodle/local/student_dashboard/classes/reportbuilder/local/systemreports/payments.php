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

declare(strict_types=1);

namespace local_student_dashboard\reportbuilder\local\systemreports;

use core\lang_string;
use core_reportbuilder\local\filters\select;
use core_reportbuilder\local\helpers\database;
use core_reportbuilder\local\report\filter;
use core_reportbuilder\system_report;
use local_student_dashboard\local\access;
use local_student_dashboard\local\visibility;
use local_student_dashboard\local\wording;
use local_student_dashboard\reportbuilder\local\entities\payment;
use stdClass;

/**
 * The payments of one student: the parameter userid, or whoever looks.
 *
 * Its pages and downloads are asked for with parameters that anybody may send, so it decides by itself who sees whose payments.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class payments extends system_report {
    /** @var string The student's row; the placeholder of her account takes its name. */
    private const STUDENT = 'JOIN {local_zohosync_student} s ON s.userid = :%s';

    /** @var string The registration that a payment is for, if it is hers. */
    private const REGISTRATION = 'LEFT JOIN {local_zohosync_registration} r
                    ON r.zohoid = p.registrationid AND r.studentid = s.zohoid AND r.deleted = 0';

    /** @var string Payments that name the student, and those that name nobody but a registration of hers. */
    private const HERS = "p.deleted = 0 AND (p.studentid = s.zohoid OR (p.studentid = '' AND r.id IS NOT NULL))";

    #[\Override]
    public static function get_name(): string {
        return get_string('section:payments', 'local_student_dashboard');
    }

    #[\Override]
    protected function can_view(): bool {
        $userid = $this->userid();
        return visibility::shows('payments') && access::is_offered($userid) && access::may_see_finance($userid);
    }

    #[\Override]
    protected function initialise(): void {
        $entity = (new payment())
            ->set_table_alias(payment::PAYMENT, 'p')
            ->set_table_alias(payment::REGISTRATION, 'r');
        $this->set_main_table(payment::PAYMENT, 'p');
        $this->restrict();
        $this->add_entity($entity);
        $this->add_base_fields('p.accepted');
        $this->add_attributes(['class' => 'local-student-dashboard-report']);
        $this->add_columns_from_entities([
            'payment:date',
            'payment:type',
            'payment:program',
            'payment:method',
            'payment:receipt',
            'payment:amount',
            'payment:state',
        ]);
        $this->add_filters();
        $this->set_initial_sort_column('payment:date', SORT_DESC);
        $this->set_default_no_results_notice(new lang_string('nopaymentsfound', 'local_student_dashboard'));
        $this->set_downloadable(true, clean_filename(self::get_name()));
    }

    #[\Override]
    public function get_row_class(stdClass $row): string {
        return $row->accepted ? '' : 'local-student-dashboard-voidrow';
    }

    /**
     * Tells whose payments are listed.
     *
     * @return int
     */
    private function userid(): int {
        global $USER;
        return $this->get_parameter('userid', 0, PARAM_INT) ?: (int) $USER->id;
    }

    /**
     * Keeps to the student's payments.
     */
    private function restrict(): void {
        $user = database::generate_param_name();
        $this->add_join(sprintf(self::STUDENT, $user), [$user => $this->userid()]);
        $this->add_join(self::REGISTRATION);
        $this->add_base_condition_sql(self::HERS);
    }

    /**
     * Adds filters with the values that occur among the student's payments.
     */
    private function add_filters(): void {
        global $DB;
        $year = $DB->sql_substr('p.paymentdate', 1, 4);
        $options = $this->options($year);
        foreach (['type' => 'p.type', 'method' => 'p.method', 'currency' => 'p.currency', 'year' => $year] as $name => $sql) {
            $this->add_select($name, "filter:payment$name", $sql, $options[$name]);
        }
        $this->add_select('state', 'field:status', 'p.accepted', [
            1 => get_string('acceptedpayment', 'local_student_dashboard'),
            0 => get_string('voidpayment', 'local_student_dashboard'),
        ]);
    }

    /**
     * Adds a filter by one of some values.
     *
     * @param string $name of the filter
     * @param string $title identifier of its label
     * @param string $sql of the value
     * @param array $options texts by value
     */
    private function add_select(string $name, string $title, string $sql, array $options): void {
        $label = new lang_string($title, 'local_student_dashboard');
        $this->add_filter((new filter(select::class, $name, $label, 'payment', $sql))->set_options($options));
    }

    /**
     * Reads which values occur among the student's payments.
     *
     * @param string $year SQL of the year of a payment
     * @return array[] of type, method, currency and year: HTML, as a form takes it, by value
     */
    private function options(string $year): array {
        global $DB;
        $rows = $DB->get_records_sql(
            "SELECT MIN(p.id) AS id, p.type, p.method, p.currency, $year AS year
               FROM {local_zohosync_payment} p " . sprintf(self::STUDENT, 'userid') . ' ' . self::REGISTRATION . '
              WHERE ' . self::HERS . "
           GROUP BY p.type, p.method, p.currency, $year",
            ['userid' => $this->userid()],
        );
        $options = ['type' => [], 'method' => [], 'currency' => [], 'year' => []];
        foreach ($rows as $row) {
            foreach ($options as $name => $known) {
                $options[$name] = $known + [$row->$name => s(wording::of("payment$name", $row->$name))];
            }
        }
        krsort($options['year']);
        return array_map(fn(array $texts): array => array_diff_key($texts, ['' => true]), $options);
    }
}
