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

use local_zohosync\local\outbox\subject;

/**
 * Names one grade of one student: Moodle's user, course and assignment ids, "34_12_7" as Zoho keeps it.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class key extends subject {
    /** @var string Kind of the events. */
    public const KIND = 'grade';

    /** @var string[] The same mark saved again moves these. */
    protected const VOLATILE = ['gradeid', 'timegraded', 'timemodified'];

    /**
     * Name a grade.
     *
     * @param int $userid
     * @param int $courseid
     * @param int $assignid
     */
    public function __construct(
        int $userid,
        int $courseid,
        /** @var int The assignment (table assign). */
        public readonly int $assignid
    ) {
        parent::__construct($userid, $courseid);
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

    #[\Override]
    public function text(): string {
        return "{$this->userid}_{$this->courseid}_{$this->assignid}";
    }

    #[\Override]
    public function fingerprint(?array $snapshot): string {
        // A grade that is not in the gradebook, and that nothing was generated for, is the same as one that was deleted.
        if (empty($snapshot['gradeid']) && empty($snapshot['outcome'])) {
            return parent::fingerprint(null);
        }
        $volatile = array_flip(self::VOLATILE);
        $snapshot['attempts'] = array_map(fn($attempt) => array_diff_key($attempt, $volatile), $snapshot['attempts'] ?? []);
        return parent::fingerprint($snapshot);
    }
}
