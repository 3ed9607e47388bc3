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

namespace local_zohosync\local;

/**
 * What values the agent's settings may have that Moodle needs as well, and what holds without one. Pure.
 *
 * The same keys, defaults and limits as the agent's `agent/store/options.py`; both are held to
 * `tests/contract/vectors/settings.json`.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class setting_shape {
    /** @var array<string, array<string, array>> Per key the fields: their type, and what holds without a value. */
    private const FIELDS = [
        'grading.rules' => [
            'full_mark' => ['mark', '4'],
            'distinction' => ['mark', '4'],
            'merit' => ['mark', '3'],
            'passing' => ['mark', '2'],
            'scale_letters' => ['letters', ['R', 'P', 'M', 'D']],
            'invalid_marker' => ['word', '01122'],
        ],
        'grading.attempts' => [
            'open_second' => ['flag', true],
        ],
        'grading.generated' => [
            'enabled' => ['flag', false],
            'since' => ['day', null],
            'excluded_types' => ['names', ['Recording', 'Self-Study', 'Not Graded']],
        ],
        'grading.definitions' => [
            'apply' => ['flag', true],
            'new_assignments' => ['flag', true],
            'method' => ['method', 'auto'],
        ],
        'student_dashboard.visibility' => [
            'profile' => ['flag', true],
            'academics' => ['flag', true],
            'timetable' => ['flag', true],
            'finance' => ['flag', true],
            'balance' => ['flag', false],
            'payments' => ['flag', true],
            'grades' => ['flag', true],
            'attendance' => ['flag', false],
            'requests' => ['flag', true],
            'card' => ['flag', true],
        ],
        'student_dashboard.requests' => [
            'enroll_next_semester' => ['window', []],
            'class_drop' => ['window', []],
            'late_submission' => ['window', ['attachment' => 'required']],
            'student_card' => ['window', []],
            'change_information' => ['window', ['attachment' => 'required']],
        ],
    ];

    /** @var array<string, array> When a type of request may be raised. */
    private const WINDOW = [
        'open' => ['flag', true],
        'opens' => ['day', null],
        'closes' => ['day', null],
        'attachment' => ['attachment', 'optional'],
    ];

    /** @var string What is said of a value that its field does not take, by type. */
    private const EXPECTED = [
        'mark' => 'must be a number from 0 to 100 with at most 5 decimal places',
        'letters' => 'must be 2 to 10 of the letters R, P, M, D',
        'word' => 'must be at most 50 characters without a space',
        'flag' => 'must be true or false',
        'day' => 'must be a day such as 2026-11-22, or null',
        'names' => 'must be at most 20 texts of 1 to 100 characters',
        'method' => 'must be auto, btec or rubric',
        'attachment' => 'must be none, optional or required',
    ];

    /**
     * The settings that there are.
     *
     * @return string[]
     */
    public static function keys(): array {
        return array_keys(self::FIELDS);
    }

    /**
     * What holds without a value.
     *
     * @param string $key
     * @return array
     */
    public static function defaults(string $key): array {
        return self::read($key, '{}');
    }

    /**
     * Read a value.
     *
     * @param string $key one of keys()
     * @param string $json an object; fields that it lacks get what holds without a value
     * @return array marks as decimal texts, days as Y-m-d or null, windows as arrays
     * @throws \UnexpectedValueException the value does not fit its key; the text says where and why
     */
    public static function read(string $key, string $json): array {
        $given = json_decode($json);
        if (!$given instanceof \stdClass) {
            throw new \UnexpectedValueException("$key: must be a JSON object");
        }
        $value = self::fields('', self::FIELDS[$key], (array) $given);
        if ($key === 'grading.rules') {
            self::require_order($value);
        }
        return $value;
    }

    /**
     * Read the fields of an object.
     *
     * @param string $where name of the object with a point, empty for the whole value
     * @param array[] $fields type and default by name
     * @param array $given
     * @return array
     */
    private static function fields(string $where, array $fields, array $given): array {
        if ($unknown = array_diff_key($given, $fields)) {
            throw new \UnexpectedValueException($where . key($unknown) . ': there is no such field');
        }
        $value = [];
        foreach ($fields as $name => [$type, $default]) {
            if ($type === 'window') {
                $value[$name] = self::window($name, array_key_exists($name, $given) ? $given[$name] : (object) $default);
            } else {
                $value[$name] = array_key_exists($name, $given)
                    ? self::field($where . $name, $type, $given[$name])
                    : $default;
            }
        }
        return $value;
    }

    /**
     * Read when a type of request may be raised.
     *
     * @param string $name of the type
     * @param mixed $given
     * @return array
     */
    private static function window(string $name, mixed $given): array {
        if (!$given instanceof \stdClass) {
            throw new \UnexpectedValueException("$name: must be a JSON object");
        }
        $value = self::fields("$name.", self::WINDOW, (array) $given);
        if ($value['opens'] !== null && $value['closes'] !== null && $value['closes'] < $value['opens']) {
            throw new \UnexpectedValueException("$name: closes must not be before opens");
        }
        return $value;
    }

    /**
     * Read one field.
     *
     * @param string $where its name
     * @param string $type
     * @param mixed $value
     * @return mixed
     */
    private static function field(string $where, string $type, mixed $value): mixed {
        if ($type === 'mark') {
            $value = self::mark($value);
            $fits = $value !== null;
        } else {
            $fits = match ($type) {
                'letters' => self::is_list($value, 2, 10, fn($item) => in_array($item, ['R', 'P', 'M', 'D'], true)),
                'word' => is_string($value) && preg_match('/(*UCP)^\S{0,50}$/Du', $value),
                'flag' => is_bool($value),
                'day' => $value === null || self::is_day($value),
                'names' => self::is_list($value, 0, 20, fn($item) => is_string($item) && preg_match('/^.{1,100}$/Dsu', $item)),
                'method' => in_array($value, ['auto', 'btec', 'rubric'], true),
                'attachment' => in_array($value, ['none', 'optional', 'required'], true),
            };
        }
        if (!$fits) {
            throw new \UnexpectedValueException("$where: " . self::EXPECTED[$type]);
        }
        return $value;
    }

    /**
     * Read a mark.
     *
     * @param mixed $value a number, or its decimal text
     * @return string|null decimal text, null when it is none from 0 to 100
     */
    private static function mark(mixed $value): ?string {
        $text = is_int($value) || is_float($value) ? json_encode($value) : $value;
        $fits = is_string($text) && preg_match('/^(100(\.0{1,5})?|\d{1,2}(\.\d{1,5})?)$/D', $text);
        return $fits ? $text : null;
    }

    /**
     * Is it a list of such items?
     *
     * @param mixed $value
     * @param int $fewest
     * @param int $most
     * @param callable $fits
     * @return bool
     */
    private static function is_list(mixed $value, int $fewest, int $most, callable $fits): bool {
        return is_array($value) && count($value) >= $fewest && count($value) <= $most
            && count(array_filter($value, $fits)) === count($value);
    }

    /**
     * Is it a day that exists?
     *
     * @param mixed $value
     * @return bool
     */
    private static function is_day(mixed $value): bool {
        return is_string($value) && preg_match('/^(\d{4})-(\d\d)-(\d\d)$/D', $value, $m)
            && checkdate((int) $m[2], (int) $m[3], (int) $m[1]);
    }

    /**
     * Refuse marks that do not ascend.
     *
     * @param array $rules
     */
    private static function require_order(array $rules): void {
        $marks = [0.0, (float) $rules['passing'], (float) $rules['merit'], (float) $rules['distinction'],
            (float) $rules['full_mark']];
        $sorted = $marks;
        sort($sorted);
        if ($marks !== $sorted || $marks[1] <= 0) {
            throw new \UnexpectedValueException('passing, merit, distinction and full_mark must ascend, from above 0');
        }
    }
}
