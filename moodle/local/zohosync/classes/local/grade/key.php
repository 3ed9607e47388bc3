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

namespace local_zohosync\local\grade;

/**
 * Names one grade of one student: Moodle's user, course and assignment ids, "34_12_7" as Zoho keeps it.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class key {
    /**
     * Name a grade.
     *
     * @param int $userid
     * @param int $courseid
     * @param int $assignid
     */
    public function __construct(
        /** @var int The student. */
        public readonly int $userid,
        /** @var int The course. */
        public readonly int $courseid,
        /** @var int The assignment (table assign). */
        public readonly int $assignid
    ) {
    }

    /**
     * Read a key.
     *
     * @param string $text
     * @return self|null null when the text is no key
     */
    public static function parse(string $text): ?self {
        if (!preg_match('/^([1-9]\d{0,17})_([1-9]\d{0,17})_([1-9]\d{0,17})$/D', $text, $m)) {
            return null;
        }
        return new self((int) $m[1], (int) $m[2], (int) $m[3]);
    }

    /**
     * Zoho's composite key.
     *
     * @return string
     */
    public function text(): string {
        return "{$this->userid}_{$this->courseid}_{$this->assignid}";
    }

    /**
     * The key by which the outbox keeps order.
     *
     * @return string
     */
    public function object_key(): string {
        return 'grade:' . $this->text();
    }
}
