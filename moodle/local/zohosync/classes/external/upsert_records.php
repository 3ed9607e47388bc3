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

namespace local_zohosync\external;

use core_external\external_function_parameters;
use core_external\external_multiple_structure;
use core_external\external_single_structure;
use local_zohosync\local\inbound\record_kind;
use local_zohosync\local\inbound\records;

/**
 * What the functions share that take records without a counterpart of their own in Moodle.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class upsert_records extends agent_function {
    /** @var string What the records are: one of record_kind's entities. */
    protected const ENTITY = '';

    /** @var string Name of the parameter that holds them. */
    protected const ROWS = '';

    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        $kind = record_kind::of(static::ENTITY);
        $fields = self::record_fields([]) + $kind->fields->parameters();
        if ($kind->list) {
            // A form cannot say that a list is empty.
            $fields[$kind->list->field] = new external_multiple_structure(
                new external_single_structure($kind->list->fields->parameters()),
                'All its rows',
                VALUE_DEFAULT,
                []
            );
        }
        return self::batch_parameters(static::ROWS, $fields);
    }

    /**
     * Carry out a batch.
     *
     * @param int $count number of rows sent
     * @param array $rows rows
     * @return array results
     */
    public static function execute(int $count, array $rows): array {
        ['count' => $count, static::ROWS => $rows] = self::validate_parameters(
            self::execute_parameters(),
            ['count' => $count, static::ROWS => $rows]
        );
        self::authorise();
        self::require_whole($count, $rows);
        return self::write(fn() => (new records(record_kind::of(static::ENTITY), $rows))->upsert());
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return self::results();
    }
}
