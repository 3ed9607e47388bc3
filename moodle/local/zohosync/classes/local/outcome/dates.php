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

namespace local_zohosync\local\outcome;

/**
 * Until when each student could hand in one assignment: its dates, overrides of her or her groups, extensions.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class dates {
    /** @var \stdClass[][] Overrides that name a student, by user id. */
    private array $byuser = [];

    /** @var \stdClass[][] Overrides that name a group, by group id. */
    private array $bygroup = [];

    /** @var int[] Extensions, unix times by user id. */
    private readonly array $extensions;

    /**
     * Read overrides and extensions.
     *
     * @param \stdClass $assign row of table assign
     */
    public function __construct(
        /** @var \stdClass Row of table assign. */
        private readonly \stdClass $assign
    ) {
        global $DB;
        foreach ($DB->get_records('assign_overrides', ['assignid' => $assign->id]) as $override) {
            if ($override->userid) {
                $this->byuser[$override->userid][] = $override;
            } else {
                $this->bygroup[$override->groupid][] = $override;
            }
        }
        $this->extensions = $DB->get_records_select_menu(
            'assign_user_flags',
            'assignment = :assignment AND extensionduedate > 0',
            ['assignment' => $assign->id],
            '',
            'userid, extensionduedate'
        );
    }

    /**
     * A student's own dates. Where several overrides concern her the latest date counts: nothing is generated too early.
     *
     * @param int $userid
     * @param int[] $groups ids of her groups
     * @return int[] due (0: there is none), deadline (the end of late work, not before due), opens; unix times
     */
    public function of(int $userid, array $groups): array {
        $overrides = $this->byuser[$userid] ?? [];
        foreach ($groups as $group) {
            $overrides = array_merge($overrides, $this->bygroup[$group] ?? []);
        }
        $due = $this->own('duedate', $overrides);
        if (in_array(0, $due, true)) {
            return ['due' => 0, 'deadline' => 0, 'opens' => 0];
        }
        $due = max(max($due), (int) ($this->extensions[$userid] ?? 0));
        return [
            'due' => $due,
            'deadline' => max($due, ...$this->own('cutoffdate', $overrides)),
            'opens' => max($this->own('allowsubmissionsfromdate', $overrides)),
        ];
    }

    /**
     * What overrides say of a date, or the assignment where they say nothing.
     *
     * @param string $field
     * @param \stdClass[] $overrides
     * @return int[] one at least; 0: no such date
     */
    private function own(string $field, array $overrides): array {
        $dates = array_filter(array_column($overrides, $field), fn($date) => $date !== null);
        return array_map('intval', array_values($dates ?: [$this->assign->$field]));
    }
}
