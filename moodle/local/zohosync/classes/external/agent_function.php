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

use core_external\external_api;
use core_external\external_function_parameters;
use core_external\external_multiple_structure;
use core_external\external_single_structure;
use core_external\external_value;
use local_zohosync\local\config;
use local_zohosync\local\origin;

/**
 * What all functions of the agent share: who may call them, how batches look, and what a result is.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class agent_function extends external_api {
    /** @var int Most rows in one call: PHP silently drops input beyond max_input_vars. */
    protected const MOST_ROWS = 100;

    /** @var int Most rows in one answer of a function that lists. */
    protected const MOST_LISTED = 1000;

    /**
     * Check context and capability, and that this is the site that was set up: in a copy the agent would write what belongs into
     * the college's site, and read what is none of the college's.
     *
     * @throws \moodle_exception sitecopied
     */
    protected static function authorise(): void {
        $context = \core\context\system::instance();
        self::validate_context($context);
        require_capability('local/zohosync:agent', $context);
        if (config::is_copied()) {
            throw new \moodle_exception('sitecopied', 'local_zohosync');
        }
    }

    /**
     * Parameters of a batch: the number of rows and the rows.
     *
     * @param string $name what the rows are
     * @param array $fields external_value by name
     * @return external_function_parameters
     */
    protected static function batch_parameters(string $name, array $fields): external_function_parameters {
        return new external_function_parameters([
            'count' => new external_value(PARAM_INT, 'Number of rows sent; must equal the number of rows received'),
            $name => new external_multiple_structure(
                new external_single_structure($fields),
                'Rows, at most ' . self::MOST_ROWS
            ),
        ]);
    }

    /**
     * Fields that every row has, and text fields by name. Texts are cleaned row by row, so that a bad one costs its row only.
     *
     * @param string[] $texts names of text fields
     * @return external_value[] by name
     */
    protected static function record_fields(array $texts): array {
        $fields = [
            'zohoid' => new external_value(PARAM_RAW, 'Record id in Zoho'),
            'sourcetime' => new external_value(PARAM_INT, 'Modified time in Zoho, unix seconds'),
            'changehash' => new external_value(PARAM_RAW, 'MD5 of the canonical form, for change detection only'),
            'deleted' => new external_value(PARAM_BOOL, '1: deleted in Zoho'),
        ];
        foreach ($texts as $name) {
            $fields[$name] = new external_value(PARAM_RAW, 'Text: ' . $name);
        }
        return $fields;
    }

    /**
     * Parameters of a function that lists, page by page.
     *
     * @return external_value[] by name
     */
    protected static function page_parameters(): array {
        return [
            'after' => new external_value(PARAM_INT, 'Only what has a greater number than this, 0 for the first page'),
            'limit' => new external_value(PARAM_INT, 'At most so many, 1 to ' . self::MOST_LISTED),
        ];
    }

    /**
     * Refuse a page that is none.
     *
     * @param int $after
     * @param int $limit
     * @throws \invalid_parameter_exception
     */
    protected static function require_page(int $after, int $limit): void {
        if ($after < 0 || $limit < 1 || $limit > self::MOST_LISTED) {
            throw new \invalid_parameter_exception('after is 0 or more, limit from 1 to ' . self::MOST_LISTED);
        }
    }

    /**
     * Refuse a batch that did not arrive whole or is too big.
     *
     * @param int $count number of rows sent
     * @param array $rows rows received
     */
    protected static function require_whole(int $count, array $rows): void {
        if (count($rows) > self::MOST_ROWS) {
            throw new \moodle_exception('error:batchtoolarge', 'local_zohosync', '', self::MOST_ROWS);
        }
        if ($count !== count($rows)) {
            throw new \moodle_exception('countmismatch', 'local_zohosync', '', (object) [
                'sent' => $count,
                'received' => count($rows),
            ]);
        }
    }

    /**
     * Answer of a function that gives pictures of what Moodle holds.
     *
     * @param string $name what they are
     * @param array $types of their fields, by name; of a list those of its rows
     * @return external_single_structure
     */
    protected static function pictures(string $name, array $types): external_single_structure {
        return new external_single_structure([$name => self::rows($types)]);
    }

    /**
     * A list of rows.
     *
     * @param array $types of their fields, by name; of a list those of its rows
     * @return external_multiple_structure
     */
    private static function rows(array $types): external_multiple_structure {
        $fields = array_map(
            fn(string|array $type) => is_array($type) ? self::rows($type) : new external_value($type, 'As the protocol says'),
            $types
        );
        return new external_multiple_structure(new external_single_structure($fields));
    }

    /**
     * Run the writing part of a function as the agent, without the caller's connection being able to cut it off.
     *
     * @param callable $work returns the results
     * @return array the function's answer
     */
    protected static function write(callable $work): array {
        ignore_user_abort(true);
        return ['results' => origin::as_agent($work)];
    }

    /**
     * Which records were written.
     *
     * @param array[] $results
     * @return string[] their ids in Zoho
     */
    protected static function written(array $results): array {
        $done = array_filter($results, fn($result) => in_array($result['status'], ['created', 'updated'], true));
        return array_column($done, 'zohoid');
    }

    /**
     * Answer of a function that writes.
     *
     * @return external_single_structure
     */
    protected static function results(): external_single_structure {
        return new external_single_structure([
            'results' => new external_multiple_structure(new external_single_structure([
                'zohoid' => new external_value(PARAM_RAW, 'Record id in Zoho'),
                'status' => new external_value(
                    PARAM_ALPHA,
                    'created, updated, unchanged, stale, refused, error or waiting'
                ),
                'moodleid' => new external_value(PARAM_INT, 'Linked user, course or category, 0 if none'),
                'errorcode' => new external_value(PARAM_RAW, 'Stable code, empty if none'),
                'message' => new external_value(PARAM_RAW, 'Sentence for a person, empty if none'),
            ]), 'One result per row, in the order of the rows'),
        ]);
    }
}
