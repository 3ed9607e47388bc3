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

namespace local_zohosync\local\request;

/**
 * What a request is about, after it has been held against what the student may ask for.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class asked {
    /** @var string[] Parts of her information of which she may ask for a change. */
    public const CHANGEABLE = [
        'firstname', 'lastname', 'firstnamenative', 'lastnamenative', 'birthdate', 'nationality', 'phone', 'email', 'address',
        'city', 'country',
    ];

    /** @var int Longest new value, in characters. */
    public const LONGEST_VALUE = 255;

    /** @var int Characters that Zoho's text has around each class or value: its label and, of a class, its id. */
    private const AROUND = 50;

    /** @var int Most classes in one request. */
    public const MOST_CLASSES = 10;

    /**
     * Hold it.
     *
     * @param array[] $classes each zohoid and name
     * @param int $assignid 0: none
     * @param string $assignname
     * @param array[] $changes each field and value
     */
    private function __construct(
        /** @var array[] Each zohoid and name. */
        public readonly array $classes = [],
        /** @var int The assignment, 0: none. */
        public readonly int $assignid = 0,
        /** @var string Its name. */
        public readonly string $assignname = '',
        /** @var array[] Each field and value. */
        public readonly array $changes = []
    ) {
    }

    /**
     * Hold what was sent against what this student may ask for; what the type does not need is left out.
     *
     * @param int $userid the student
     * @param string $type one of requests::TYPES
     * @param details $details as she sent it
     * @return self
     * @throws \moodle_exception something is missing, not hers, not on the list, or too long
     */
    public static function of(int $userid, string $type, details $details): self {
        return match ($type) {
            'Enroll Next Semester' => new self(self::chosen($details->classes, choices::to_join($userid), false)),
            'Class Drop' => new self(self::chosen($details->classes, choices::running($userid), true)),
            'Late Submission' => self::late($userid, $details->assignid),
            'Change Information' => new self(changes: self::changes($details->changes)),
            default => new self(),
        };
    }

    /**
     * The columns of a stored request.
     *
     * @return array
     */
    public function columns(): array {
        return [
            'classes' => $this->classes ? json_encode($this->classes, JSON_THROW_ON_ERROR) : null,
            'assignid' => $this->assignid,
            'assignname' => \core_text::substr($this->assignname, 0, 255),
            'changes' => $this->changes ? json_encode($this->changes, JSON_THROW_ON_ERROR) : null,
        ];
    }

    /**
     * How long the reason may be: Zoho has one field for it and for what the request is about.
     *
     * @return int characters
     */
    public function room(): int {
        $texts = [...array_column($this->classes, 'name'), $this->assignname, ...array_column($this->changes, 'value')];
        $lengths = array_map(fn(string $text): int => \core_text::strlen($text) + self::AROUND, array_filter($texts));
        return max(0, requests::LONGEST_REASON - array_sum($lengths));
    }

    /**
     * The classes that were chosen.
     *
     * @param string[] $wanted Zoho's ids
     * @param string[] $offered names by Zoho's id
     * @param bool $needed whether one has to be chosen even where none is offered
     * @return array[] each zohoid and name
     * @throws \moodle_exception none, too many, or one that is not offered
     */
    private static function chosen(array $wanted, array $offered, bool $needed): array {
        $wanted = array_values(array_unique(array_map(strval(...), $wanted)));
        if ((!$wanted && ($needed || $offered)) || array_diff($wanted, array_map(strval(...), array_keys($offered)))) {
            throw new \moodle_exception('error:requestclasses', 'local_zohosync');
        }
        if (count($wanted) > self::MOST_CLASSES) {
            throw new \moodle_exception('error:requestclassestoomany', 'local_zohosync', '', self::MOST_CLASSES);
        }
        return array_map(fn(string $zohoid): array => ['zohoid' => $zohoid, 'name' => $offered[$zohoid]], $wanted);
    }

    /**
     * The assignment that was chosen, with its class.
     *
     * @param int $userid
     * @param int $assignid
     * @return self
     * @throws \moodle_exception none, or none of hers
     */
    private static function late(int $userid, int $assignid): self {
        $chosen = choices::assignments($userid)[$assignid] ?? null;
        if (!$chosen) {
            throw new \moodle_exception('error:requestassignment', 'local_zohosync');
        }
        return new self([['zohoid' => $chosen->classid, 'name' => $chosen->classname]], $assignid, $chosen->name);
    }

    /**
     * What shall be changed.
     *
     * @param string[] $wanted new values by field; an empty one is no wish
     * @return array[] each field and value
     * @throws \moodle_exception nothing, a field that is not on the list, or a value that is too long
     */
    private static function changes(array $wanted): array {
        $wanted = array_filter(array_map(self::tidy(...), $wanted), fn(string $value): bool => $value !== '');
        if (!$wanted || array_diff(array_keys($wanted), self::CHANGEABLE)) {
            throw new \moodle_exception('error:requestchanges', 'local_zohosync');
        }
        $changes = [];
        foreach (array_intersect(self::CHANGEABLE, array_keys($wanted)) as $field) {
            if (\core_text::strlen($wanted[$field]) > self::LONGEST_VALUE) {
                throw new \moodle_exception('error:valuetoolong', 'local_zohosync', '', (object) [
                    'field' => get_string('request:value', 'local_zohosync'),
                    'longest' => self::LONGEST_VALUE,
                ]);
            }
            $changes[] = ['field' => $field, 'value' => $wanted[$field]];
        }
        return $changes;
    }

    /**
     * One line of what somebody typed, as it is kept: plain text, without line breaks.
     *
     * @param string $value
     * @return string
     */
    private static function tidy(string $value): string {
        return trim(preg_replace('/[\p{Cc}\s]+/u', ' ', fix_utf8($value)));
    }
}
