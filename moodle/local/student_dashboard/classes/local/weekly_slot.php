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

namespace local_student_dashboard\local;

use core_text;

/**
 * One meeting of a class in the week, read from what somebody typed: "Sunday", "10:00 - 12:00". Pure.
 *
 * Nothing is guessed: a day that cannot be read gives no slot, hours that cannot be read are kept as they are.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class weekly_slot {
    /** @var string[][] Beginnings of names of days, Sunday first: English ones, and Arabic ones as simplify() leaves them. */
    private const DAYS = [
        ['sun', 'sunday', 'احد', 'الاحد'],
        ['mon', 'monday', 'اثنين', 'الاثنين'],
        ['tue', 'tues', 'tuesday', 'ثلاثاء', 'الثلاثاء'],
        ['wed', 'weds', 'wednesday', 'اربعاء', 'الاربعاء'],
        ['thu', 'thur', 'thurs', 'thursday', 'خميس', 'الخميس'],
        ['fri', 'friday', 'جمعه', 'الجمعه'],
        ['sat', 'saturday', 'سبت', 'السبت'],
    ];

    /** @var string[] Words between two days that mean all days from one to the other. */
    private const UNTIL = ['to', 'till', 'until', '-', 'الي', 'حتي'];

    /** @var string[] Words that say nothing. */
    private const FILLING = ['and', 'day', 'days', 'يوم', 'ايام', 'و', 'every', 'each', 'كل'];

    /** @var string[][] Letters and digits that are written in several ways. */
    private const SAME = [
        ['أ', 'إ', 'آ', 'ٱ', 'ة', 'ى', 'ـ', '–', '—', '٠', '١', '٢', '٣', '٤', '٥', '٦', '٧', '٨', '٩'],
        ['ا', 'ا', 'ا', 'ا', 'ه', 'ي', '', '-', '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
    ];

    /**
     * Constructor; slots are made by parse().
     *
     * @param int $day 0: Sunday, to 6: Saturday
     * @param string $hours as typed, may be empty
     * @param int|null $start minutes since midnight, null when the hours cannot be read
     * @param int|null $end minutes since midnight, null when the hours cannot be read
     */
    private function __construct(
        /** @var int 0: Sunday, to 6: Saturday. */
        public readonly int $day,
        /** @var string As typed, may be empty. */
        public readonly string $hours,
        /** @var int|null Minutes since midnight, null when the hours cannot be read. */
        public readonly ?int $start,
        /** @var int|null Minutes since midnight, null when the hours cannot be read. */
        public readonly ?int $end,
    ) {
    }

    /**
     * Reads a day, or several, and their hours.
     *
     * @param string $days as typed: "Sunday", "Sun & Tue", "Sunday to Thursday", "الأحد والثلاثاء"
     * @param string $hours as typed: "10:00 - 12:00", "6-8 pm"
     * @return self[] by day; empty when some word of it is no day
     */
    public static function parse(string $days, string $hours): array {
        [$start, $end] = self::minutes(self::simplify($hours));
        $found = self::days(self::simplify($days));
        sort($found);
        return array_map(fn(int $day): self => new self($day, trim($hours), $start, $end), array_values(array_unique($found)));
    }

    /**
     * Writes letters and digits in one way.
     *
     * @param string $text any text
     * @return string
     */
    private static function simplify(string $text): string {
        $text = preg_replace('/[\x{064B}-\x{0652}]/u', '', core_text::strtolower(fix_utf8($text)));
        return trim(str_replace(...[...self::SAME, $text]));
    }

    /**
     * Reads the days.
     *
     * @param string $text see simplify()
     * @return int[] empty when some word is no day
     */
    private static function days(string $text): array {
        preg_match_all('/\p{L}+|-/u', $text, $words);
        $days = [];
        $until = false;
        foreach (array_diff($words[0], self::FILLING) as $word) {
            if (in_array($word, self::UNTIL, true)) {
                $until = true;
                continue;
            }
            $day = self::day($word);
            if ($day === null) {
                return [];
            }
            for ($between = $days ? end($days) : $day; $until && $between !== $day; $between = ($between + 1) % 7) {
                $days[] = $between;
            }
            $days[] = $day;
            $until = false;
        }
        return $days;
    }

    /**
     * Reads one day.
     *
     * @param string $word a word, perhaps with the Arabic "and" before it
     * @return int|null null when it is none
     */
    private static function day(string $word): ?int {
        foreach ([$word, preg_replace('/^و/u', '', $word)] as $name) {
            foreach (self::DAYS as $day => $names) {
                if (in_array($name, $names, true)) {
                    return $day;
                }
            }
        }
        return null;
    }

    /**
     * Reads from when to when.
     *
     * @param string $text see simplify()
     * @return array{?int, ?int} minutes since midnight; both null when they cannot be read
     */
    private static function minutes(string $text): array {
        $time = '(\d{1,2})(?:[:.](\d{2}))?\s*(am|pm|a\.m\.|p\.m\.|ص|م)?';
        if (!preg_match("/^$time\s*(?:-|to|till|until|الي|حتي)\s*$time$/u", $text, $found, PREG_UNMATCHED_AS_NULL)) {
            return [null, null];
        }
        $end = self::minute($found[4], $found[5], $found[6]);
        $start = self::minute($found[1], $found[2], $found[3] ?? $found[6]);
        if ($found[3] === null && $found[6] !== null && $start !== null && $start >= $end) {
            // The half of the day was written behind the end alone, and the beginning lies in the other: "10 - 1 pm".
            $start -= 12 * HOURMINS;
        }
        return $start === null || $end === null || $start < 0 || $start >= $end ? [null, null] : [$start, $end];
    }

    /**
     * Reads one time of the day.
     *
     * @param string $hour digits
     * @param string|null $minute digits
     * @param string|null $half of the day
     * @return int|null minutes since midnight, null when there is no such time
     */
    private static function minute(string $hour, ?string $minute, ?string $half): ?int {
        $hours = (int) $hour;
        if ($hours > ($half === null ? 24 : 12) || (int) $minute > 59) {
            return null;
        }
        if ($half !== null) {
            $hours = $hours % 12 + (in_array($half[0], ['a'], true) || $half === 'ص' ? 0 : 12);
        }
        return $hours * HOURMINS + (int) $minute;
    }
}
