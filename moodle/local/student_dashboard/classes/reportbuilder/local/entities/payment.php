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

namespace local_student_dashboard\reportbuilder\local\entities;

use core\lang_string;
use core\output\html_writer;
use core_reportbuilder\local\entities\base;
use core_reportbuilder\local\report\column;
use local_student_dashboard\local\amount;
use local_student_dashboard\local\calendar_date;
use local_student_dashboard\local\wording;
use local_zohosync\local\finance\money;
use stdClass;

/**
 * A payment as Zoho holds it.
 *
 * Whoever makes a report of it takes care of whose payments it lists.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class payment extends base {
    /** @var string The payments. */
    public const PAYMENT = 'local_zohosync_payment';

    /** @var string The registrations that they are for, joined by the report. */
    public const REGISTRATION = 'local_zohosync_registration';

    #[\Override]
    protected function get_default_tables(): array {
        return [self::PAYMENT, self::REGISTRATION];
    }

    #[\Override]
    protected function get_default_entity_title(): lang_string {
        return new lang_string('payment', 'local_student_dashboard');
    }

    #[\Override]
    public function initialise(): base {
        $p = $this->get_table_alias(self::PAYMENT);
        $r = $this->get_table_alias(self::REGISTRATION);
        $this->add_text('date', 'column:paidon', "$p.paymentdate", calendar_date::format(...));
        $this->add_text('type', 'column:payment', "$p.type", self::type(...));
        $this->add_text('program', 'field:academicprogram', "$r.programname", strval(...));
        $this->add_text('method', 'column:method', "$p.method", fn(string $text): string => wording::of('paymentmethod', $text));
        $receipt = "CASE WHEN $p.voucher <> '' THEN $p.voucher ELSE $p.number END";
        $this->add_text('receipt', 'column:receipt', $receipt, strval(...));
        $this->add_column($this->column('amount', 'column:amount')
            ->add_fields("$p.amount, $p.currency")
            ->set_is_sortable(true, ["$p.currency", "$p.amount"])
            ->set_callback(self::amount(...)));
        $this->add_column($this->column('state', 'field:status')
            ->add_fields("$p.accepted, $p.amount")
            ->set_is_sortable(true, ["$p.accepted"])
            ->set_callback(self::state(...)));
        return $this;
    }

    /**
     * Adds a column of one text.
     *
     * @param string $name of the column
     * @param string $title identifier of its heading
     * @param string $sql of its value
     * @param callable $write makes plain text of it, for the reader
     */
    private function add_text(string $name, string $title, string $sql, callable $write): void {
        $this->add_column($this->column($name, $title)
            ->add_field($sql, $name)
            ->set_is_sortable(true)
            ->set_callback(fn(?string $value): string => self::html($write((string) $value))));
    }

    /**
     * Begins a column.
     *
     * @param string $name of the column
     * @param string $title identifier of its heading
     * @return column
     */
    private function column(string $name, string $title): column {
        $heading = new lang_string($title, 'local_student_dashboard');
        return (new column($name, $heading, $this->get_entity_name()))
            ->add_joins($this->get_joins())
            ->set_type(column::TYPE_TEXT)
            // On a small screen each cell names its column.
            ->add_attributes(['data-label' => (string) $heading]);
    }

    /**
     * Makes a text into a cell; it keeps its own direction of writing.
     *
     * @param string $text plain text
     * @return string HTML, empty for no text
     */
    private static function html(string $text): string {
        return $text === '' ? '' : html_writer::tag('bdi', s($text));
    }

    /**
     * Says what a payment is for.
     *
     * @param string $type as Zoho says
     * @return string
     */
    private static function type(string $type): string {
        return $type === '' ? get_string('payment', 'local_student_dashboard') : wording::of('paymenttype', $type);
    }

    /**
     * Writes the amount with its currency.
     *
     * @param string|null $value the amount, null when Zoho names none
     * @param stdClass $row amount and currency
     * @return string
     */
    private static function amount(?string $value, stdClass $row): string {
        return $row->amount === null ? '' : self::html(amount::format(money::of((string) $row->amount)->text(), $row->currency));
    }

    /**
     * Says whether a payment counts.
     *
     * @param string|null $value whether it is accepted
     * @param stdClass $row accepted and amount
     * @return string
     */
    private static function state(?string $value, stdClass $row): string {
        $state = match (true) {
            !$row->accepted => 'voidpayment',
            $row->amount !== null && money::of((string) $row->amount)->sign() < 0 => 'refund',
            default => 'acceptedpayment',
        };
        return get_string($state, 'local_student_dashboard');
    }
}
