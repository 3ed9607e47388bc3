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
use core_external\external_value;
use local_zohosync\local\grade\key;
use local_zohosync\local\grade\snapshot;

/**
 * Gives the present snapshot of grades.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class get_grades extends agent_function {
    /** @var array<string, string> Types of a snapshot's plain fields. */
    private const FIELDS = [
        'key' => PARAM_RAW,
        'found' => PARAM_INT,
        'gradeid' => PARAM_INT,
        'itemid' => PARAM_INT,
        'cmid' => PARAM_INT,
        'courseid' => PARAM_INT,
        'assignid' => PARAM_INT,
        'userid' => PARAM_INT,
        'assignname' => PARAM_RAW,
        'coursename' => PARAM_RAW,
        'studentzohoid' => PARAM_RAW,
        'classzohoid' => PARAM_RAW,
        'studentname' => PARAM_RAW,
        'gradetype' => PARAM_INT,
        'grademax' => PARAM_RAW,
        'finalgrade' => PARAM_RAW,
        'overridden' => PARAM_INT,
        'hidden' => PARAM_INT,
        'locked' => PARAM_INT,
        'workflow' => PARAM_RAW,
        'attemptnumber' => PARAM_INT,
        'maxattempts' => PARAM_INT,
        'submitted' => PARAM_INT,
        'timegraded' => PARAM_INT,
        'timemodified' => PARAM_INT,
        'grader' => PARAM_RAW,
        'graderrole' => PARAM_RAW,
        'feedback' => PARAM_RAW,
        'method' => PARAM_RAW,
        'bycriteria' => PARAM_INT,
        'outcome' => PARAM_RAW,
        'outcomereason' => PARAM_RAW,
        'outcometime' => PARAM_INT,
        'gone' => PARAM_RAW,
    ];

    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'keys' => new external_multiple_structure(
                new external_value(PARAM_ALPHANUMEXT, 'userid_courseid_assignid'),
                'At most ' . self::MOST_ROWS
            ),
        ]);
    }

    /**
     * Build the snapshots.
     *
     * @param string[] $keys
     * @return array grades, in the order of the keys
     */
    public static function execute(array $keys): array {
        ['keys' => $keys] = self::validate_parameters(self::execute_parameters(), ['keys' => $keys]);
        self::authorise();
        self::require_whole(count($keys), $keys);
        $builder = new snapshot();
        $grades = [];
        foreach ($keys as $text) {
            $key = key::parse($text);
            if (!$key) {
                throw new \invalid_parameter_exception("'$text' is no grade key (userid_courseid_assignid)");
            }
            $grades[] = $builder->build($key);
        }
        return ['grades' => $grades];
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        $values = [];
        foreach (self::FIELDS as $name => $type) {
            $values[$name] = new external_value($type, 'See section 4 of the protocol');
        }
        $values['scale'] = new external_multiple_structure(new external_value(PARAM_RAW, 'Scale item'));
        $values['criteria'] = new external_multiple_structure(new external_single_structure([
            'shortname' => new external_value(PARAM_RAW, 'Name of the criterion, such as P1'),
            'description' => new external_value(PARAM_RAW, 'Description'),
            'achieved' => new external_value(PARAM_INT, '1: achieved'),
            'remark' => new external_value(PARAM_RAW, 'Remark of the marker'),
        ]));
        $values['attempts'] = new external_multiple_structure(new external_single_structure([
            'attemptnumber' => new external_value(PARAM_INT, 'From 0'),
            'submitted' => new external_value(PARAM_INT, 'When it was submitted, unix seconds, 0: not'),
            'grade' => new external_value(PARAM_RAW, 'Its mark, empty if there is none'),
            'timegraded' => new external_value(PARAM_INT, 'When it was marked, unix seconds, 0: not'),
            'grader' => new external_value(PARAM_RAW, 'Full name of whoever marked'),
        ]), 'The first one first');
        return new external_single_structure([
            'grades' => new external_multiple_structure(new external_single_structure($values)),
        ]);
    }
}
