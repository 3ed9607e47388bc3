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

namespace local_zohosync\local\enrolment;

use local_zohosync\local\outbox\subject;

/**
 * Names a student's enrolments in one course, taken together: Moodle's user and course ids, "34_12".
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class key extends subject {
    /** @var string Kind of the events. */
    public const KIND = 'enrolment';

    /** @var string[] Saving the same again, or waiting for a day, moves these. */
    protected const VOLATILE = ['timemodified', 'today', 'changed'];

    /**
     * Read a key.
     *
     * @param string $text
     * @return self|null null when the text is no key
     */
    public static function parse(string $text): ?self {
        return preg_match('/^([1-9]\d{0,17})_([1-9]\d{0,17})$/D', $text, $m) ? new self((int) $m[1], (int) $m[2]) : null;
    }

    #[\Override]
    public function text(): string {
        return "{$this->userid}_{$this->courseid}";
    }
}
