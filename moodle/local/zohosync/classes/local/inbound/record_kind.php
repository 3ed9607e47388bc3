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

namespace local_zohosync\local\inbound;

/**
 * A kind of Zoho's records that have no counterpart of their own in Moodle: what they hold, and where they are kept.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class record_kind {
    /** @var string[] The kinds: entities of the agent. */
    public const ENTITIES = ['unit', 'registration', 'payment', 'finance', 'result'];

    /**
     * Describe a kind.
     *
     * @param string $entity the agent's name
     * @param string $table mirror table
     * @param record_fields $fields what a record holds, except what every record has
     * @param record_list|null $list the list that it carries
     */
    private function __construct(
        /** @var string the agent's name */
        public readonly string $entity,
        /** @var string mirror table */
        public readonly string $table,
        /** @var record_fields what a record holds, except what every record has */
        public readonly record_fields $fields,
        /** @var record_list|null the list that it carries */
        public readonly ?record_list $list = null
    ) {
    }

    /**
     * The kind of an entity.
     *
     * @param string $entity one of ENTITIES
     * @return self
     */
    public static function of(string $entity): self {
        return match ($entity) {
            'unit' => new self($entity, mirror::UNIT, self::unit(), self::criteria()),
            'registration' => new self($entity, mirror::REGISTRATION, self::registration(), self::schedule()),
            'payment' => new self($entity, mirror::PAYMENT, self::payment()),
            'finance' => new self($entity, mirror::FINANCE, self::finance(), self::installments()),
            'result' => new self($entity, mirror::RESULT, self::result()),
        };
    }

    /**
     * Clean and check a record. Of one that was deleted only its id and time count.
     *
     * @param array $row as received
     * @return array the columns to store, and the list's rows by key (null when it has none) as "list"
     * @throws row_exception
     */
    public function clean(array $row): array {
        $common = array_intersect_key($row, array_flip(['zohoid', 'sourcetime', 'changehash', 'deleted']));
        if ($row['deleted']) {
            unset($common['changehash']);
        }
        $common = record_cleaner::clean($common, []);
        if ($row['deleted']) {
            return ['list' => null] + $common;
        }
        $lines = $this->list?->clean($row[$this->list->field]);
        return ['list' => $lines] + $common + $this->fields->clean($row)
            + ($this->list ? ['linecount' => count($lines)] : []);
    }

    /**
     * A unit.
     *
     * @return record_fields
     */
    private static function unit(): record_fields {
        $texts = ['name', 'code', 'number', 'level', 'major', 'credit'];
        return new record_fields(
            array_fill_keys($texts, record_fields::TEXT) + ['programid' => record_fields::REFERENCE]
        );
    }

    /**
     * The criteria of a unit.
     *
     * @return record_list
     */
    private static function criteria(): record_list {
        return new record_list('criteria', mirror::CRITERION, 'unitid', 'shortname', new record_fields([
            'shortname' => record_fields::TEXT,
            'description' => record_fields::LONG,
        ]), true);
    }

    /**
     * A registration.
     *
     * @return record_fields
     */
    private static function registration(): record_fields {
        $texts = ['number', 'programname', 'status', 'studymode', 'studylanguage', 'intake'];
        return new record_fields(array_fill_keys($texts, record_fields::TEXT) + [
            'studentid' => record_fields::REFERENCE,
            'programid' => record_fields::REFERENCE,
            'registrationdate' => record_fields::DATE,
            'currency' => record_fields::CURRENCY,
            'price' => record_fields::AMOUNT,
            'discountpercentage' => record_fields::AMOUNT,
            'discountreason' => record_fields::LONG,
            'remaining' => record_fields::AMOUNT,
        ]);
    }

    /**
     * The payment schedule of a registration.
     *
     * @return record_list
     */
    private static function schedule(): record_list {
        return new record_list('schedule', mirror::INSTALLMENT, 'registrationid', 'zohoid', new record_fields([
            'zohoid' => record_fields::REFERENCE,
            'number' => record_fields::NUMBER,
            'duedate' => record_fields::DATE,
            'amount' => record_fields::AMOUNT,
            'status' => record_fields::TEXT,
            'paiddate' => record_fields::DATE,
        ]));
    }

    /**
     * A payment.
     *
     * @return record_fields
     */
    private static function payment(): record_fields {
        return new record_fields(array_fill_keys(['number', 'type', 'method', 'voucher'], record_fields::TEXT) + [
            'studentid' => record_fields::REFERENCE,
            'registrationid' => record_fields::REFERENCE,
            'currency' => record_fields::CURRENCY,
            'amount' => record_fields::AMOUNT,
            'originalcurrency' => record_fields::CURRENCY,
            'originalamount' => record_fields::AMOUNT,
            'paymentdate' => record_fields::DATE,
            'accepted' => record_fields::FLAG,
            'installmentno' => record_fields::NUMBER,
        ]);
    }

    /**
     * The finance part of a student.
     *
     * @return record_fields
     */
    private static function finance(): record_fields {
        $texts = ['scholarship', 'method', 'mode', 'bankname', 'bankholder', 'registrationinvoice'];
        $amounts = ['scholarshippercentage', 'transferred', 'registrationfees', 'total', 'discount'];
        return new record_fields(
            array_fill_keys($texts, record_fields::TEXT) + array_fill_keys($amounts, record_fields::AMOUNT) + [
                'currency' => record_fields::CURRENCY,
                'transferredcurrency' => record_fields::CURRENCY,
                'scholarshipreason' => record_fields::LONG,
            ]
        );
    }

    /**
     * The instalments of a student's finance part.
     *
     * @return record_list
     */
    private static function installments(): record_list {
        return new record_list('installments', mirror::FINANCELINE, 'studentid', 'number', new record_fields([
            'number' => record_fields::NUMBER,
            'amount' => record_fields::AMOUNT,
            'duedate' => record_fields::DATE,
            'invoice' => record_fields::TEXT,
            'invoicedate' => record_fields::DATE,
        ]));
    }

    /**
     * A grade that was typed into Zoho.
     *
     * @return record_fields
     */
    private static function result(): record_fields {
        $texts = ['unitname', 'name', 'letter', 'gradestatus', 'grader', 'verifier'];
        return new record_fields(array_fill_keys($texts, record_fields::TEXT) + [
            'studentid' => record_fields::REFERENCE,
            'classid' => record_fields::REFERENCE,
            'attempt' => record_fields::NUMBER,
            'attemptdate' => record_fields::DATE,
            'feedback' => record_fields::LONG,
        ]);
    }
}
