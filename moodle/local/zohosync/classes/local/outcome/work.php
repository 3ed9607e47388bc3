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
 * What students handed in for one assignment, and what of it is marked.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class work {
    /** @var \stdClass[][] Rows of assign_submission by "userid:groupid", newest attempt first. */
    private array $submissions = [];

    /** @var int[] Newest marked attempt by user id. */
    private readonly array $marked;

    /** @var \stdClass[] Official grades by user id: finalgrade, overridden. */
    private readonly array $official;

    /**
     * Read submissions, marks and official grades.
     *
     * @param \stdClass $assign row of table assign, with itemid of its grade item
     */
    public function __construct(
        /** @var \stdClass Row of table assign, with itemid of its grade item. */
        private readonly \stdClass $assign
    ) {
        global $DB;
        $columns = 'id, userid, groupid, attemptnumber, status, timecreated';
        $rows = $DB->get_records('assign_submission', ['assignment' => $assign->id], 'attemptnumber DESC', $columns);
        foreach ($rows as $row) {
            $this->submissions["$row->userid:$row->groupid"][] = $row;
        }
        $sql = 'SELECT userid, MAX(attemptnumber)
                  FROM {assign_grades}
                 WHERE assignment = :assignment AND grade IS NOT NULL AND grade >= 0
              GROUP BY userid';
        $this->marked = $DB->get_records_sql_menu($sql, ['assignment' => $assign->id]);
        $this->official = $DB->get_records_select(
            'grade_grades',
            'itemid = :itemid AND finalgrade IS NOT NULL',
            ['itemid' => $assign->itemid],
            '',
            'userid, finalgrade, overridden'
        );
    }

    /**
     * Was anything handed in, in any attempt, by the student or for her?
     *
     * @param int $userid
     * @param int $team group that hands in for her, 0 for those without one
     * @return bool
     */
    public function submitted(int $userid, int $team): bool {
        $rows = array_merge($this->submissions["$userid:0"] ?? [], $this->of_team($team));
        return (bool) array_filter($rows, $this->counts(...));
    }

    /**
     * When the second attempt was opened, if it is the newest one and was not handed in.
     *
     * @param int $userid
     * @param int $team group that hands in for her, 0 for those without one
     * @return int unix time, 0: it is not open
     */
    public function second_open(int $userid, int $team): int {
        $rows = $this->assign->teamsubmission ? $this->of_team($team) : $this->submissions["$userid:0"] ?? [];
        $open = $rows && (int) $rows[0]->attemptnumber === 1 && !$this->counts($rows[0]);
        return $open ? (int) $rows[0]->timecreated : 0;
    }

    /**
     * The newest attempt that is marked, whether the mark is released or not.
     *
     * @param int $userid
     * @return int from 0; -1: nothing is marked
     */
    public function newest_mark(int $userid): int {
        return (int) ($this->marked[$userid] ?? -1);
    }

    /**
     * Is there a grade in the gradebook?
     *
     * @param int $userid
     * @return bool
     */
    public function has_official(int $userid): bool {
        return isset($this->official[$userid]);
    }

    /**
     * Was the grade set in the gradebook itself?
     *
     * @param int $userid
     * @return bool
     */
    public function is_overridden(int $userid): bool {
        return !empty($this->official[$userid]->overridden);
    }

    /**
     * Submissions of a team.
     *
     * @param int $team
     * @return \stdClass[] newest attempt first
     */
    private function of_team(int $team): array {
        return $this->assign->teamsubmission ? $this->submissions["0:$team"] ?? [] : [];
    }

    /**
     * Does it count as handed in? A draft does where there is no button with which to hand it in.
     *
     * @param \stdClass $submission
     * @return bool
     */
    private function counts(\stdClass $submission): bool {
        return $submission->status === 'submitted' || ($submission->status === 'draft' && !$this->assign->submissiondrafts);
    }
}
