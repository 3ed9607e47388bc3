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

namespace local_student_dashboard\local\card;

use stdClass;

/**
 * Whom a student card names, and whether she is a student now.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class holder {
    /** @var string Status of a registration under which she studies, in Zoho's words. */
    private const ACTIVE = 'Active';

    /** @var int How many of the last characters of a student number tell whether a card may be hers. */
    private const TELLING = 3;

    /**
     * Use of().
     *
     * @param string $name her name in Latin letters
     * @param string $nativename her name as she writes it, empty if none is known or both are the same
     * @param string $number student number
     * @param string $program name of the programme for which she is registered
     * @param bool $active whether she is registered and her account is in use
     */
    private function __construct(
        /** @var string Her name in Latin letters. */
        public readonly string $name,
        /** @var string Her name as she writes it, empty if none is known or both are the same. */
        public readonly string $nativename,
        /** @var string Student number. */
        public readonly string $number,
        /** @var string Name of the programme for which she is registered. */
        public readonly string $program,
        /** @var bool Whether she is registered and her account is in use. */
        public readonly bool $active,
    ) {
    }

    /**
     * Reads who a user is to the college.
     *
     * @param int $userid her account
     * @return self|null null when she is no student
     */
    public static function of(int $userid): ?self {
        global $DB;
        $student = $DB->get_record_sql(
            "SELECT s.zohoid, s.displayname, s.firstname, s.lastname, s.firstnamenative, s.lastnamenative, s.studentnumber,
                    s.academicprogram, CASE WHEN u.suspended = 0 AND s.deleted = 0 THEN 1 ELSE 0 END AS inuse
               FROM {local_zohosync_student} s
               JOIN {user} u ON u.id = s.userid AND u.deleted = 0
              WHERE s.userid = :userid",
            ['userid' => $userid],
        );
        if (!$student) {
            return null;
        }
        $registration = self::registration($student->zohoid);
        $name = trim($student->displayname) ?: trim("$student->firstname $student->lastname");
        $native = trim("$student->firstnamenative $student->lastnamenative");
        return new self(
            $name,
            $native === $name ? '' : $native,
            trim($student->studentnumber),
            $registration->programname ?? '' ?: $student->academicprogram,
            $student->inuse && $registration,
        );
    }

    /**
     * Gives the first letters of her first and last name.
     *
     * @return string such as "R. H."
     */
    public function initials(): string {
        $words = preg_split('/\s+/u', $this->name, -1, PREG_SPLIT_NO_EMPTY);
        $ends = count($words) > 1 ? [reset($words), end($words)] : $words;
        return implode(' ', array_map(fn(string $word): string => grapheme_substr($word, 0, 1) . '.', $ends));
    }

    /**
     * Gives the end of her student number.
     *
     * @return string empty when the number is so short that its end would be all of it
     */
    public function digits(): string {
        return \core_text::strlen($this->number) > self::TELLING ? \core_text::substr($this->number, -self::TELLING) : '';
    }

    /**
     * Finds the newest registration under which she studies.
     *
     * @param string $studentid her record id in Zoho
     * @return stdClass|null programname
     */
    private static function registration(string $studentid): ?stdClass {
        global $DB;
        $rows = $DB->get_records(
            'local_zohosync_registration',
            ['studentid' => $studentid, 'status' => self::ACTIVE, 'deleted' => 0],
            'registrationdate DESC, id DESC',
            'id, programname',
            0,
            1,
        );
        return reset($rows) ?: null;
    }
}
