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

namespace local_student_dashboard\external\section;

use core_external\external_single_structure;
use core_external\external_value;
use local_student_dashboard\local\amount;
use local_student_dashboard\local\freshness;
use local_zohosync\local\finance\money;

/**
 * One section of the student's page as the web service gives it.
 *
 * Whoever calls data() has asked the tab of that name whether the reader may see it. Texts are plain text, never markup: whoever
 * shows them has to escape them.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class section {
    /**
     * Describes what the section holds besides the time of its data.
     *
     * @return \core_external\external_description[] by name
     */
    abstract protected static function fields(): array;

    /**
     * Reads the section from local tables.
     *
     * @param int $userid the student
     * @return array see structure()
     */
    abstract public static function data(int $userid): array;

    /**
     * Describes the section.
     *
     * @return external_single_structure
     */
    public static function structure(): external_single_structure {
        return new external_single_structure([
            'asof' => new external_value(PARAM_INT, 'As of when the data are, unix seconds; 0: not known'),
            'late' => new external_value(PARAM_BOOL, 'Whether the synchronisation is too far behind'),
        ] + static::fields(), '', VALUE_OPTIONAL);
    }

    /**
     * Says as of when the data are.
     *
     * @param string[] $modules names of the agent's modules
     * @param int $updated unix seconds of the newest record, which counts for as long as the agent has not told
     * @return array asof and late
     */
    protected static function dated(array $modules, int $updated): array {
        $told = freshness::of($modules);
        return ['asof' => $told ?: $updated, 'late' => freshness::is_late($told)];
    }

    /**
     * Describes a plain text.
     *
     * @param string $description what it says
     * @return external_value
     */
    protected static function text(string $description): external_value {
        return new external_value(PARAM_RAW, $description);
    }

    /**
     * Describes an instant.
     *
     * @param string $description of what
     * @return external_value
     */
    protected static function time(string $description): external_value {
        return new external_value(PARAM_INT, "$description, unix seconds; 0: none");
    }

    /**
     * Describes an amount of money.
     *
     * @param string $description of what
     * @param int $required VALUE_REQUIRED or VALUE_OPTIONAL
     * @return external_single_structure
     */
    protected static function money(string $description, int $required = VALUE_REQUIRED): external_single_structure {
        return new external_single_structure([
            'amount' => new external_value(PARAM_RAW, 'Exact decimal, such as -1234.50'),
            'currency' => new external_value(PARAM_RAW, 'ISO 4217, empty: none is known'),
            'text' => new external_value(PARAM_RAW, 'As the reader\'s language writes it'),
        ], $description, $required);
    }

    /**
     * Gives an amount of money.
     *
     * @param money $money the amount
     * @param string $currency ISO 4217, may be empty
     * @return string[] see money()
     */
    protected static function amount(money $money, string $currency): array {
        $decimal = $money->text();
        return ['amount' => $decimal, 'currency' => $currency, 'text' => amount::format($decimal, $currency)];
    }

    /**
     * Gives those amounts that there are.
     *
     * @param array<string, money|null> $sums by name
     * @param string $currency ISO 4217, may be empty
     * @return array[] see money(), by name
     */
    protected static function amounts(array $sums, string $currency): array {
        return array_map(fn(money $sum): array => self::amount($sum, $currency), array_filter($sums));
    }
}
