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

use local_zohosync\local\inbound\mirror;

/**
 * The students of one class: who takes part in it now, since when, in which groups, and with which type of enrollment.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class roster {
    /** @var int[] When each student's running enrolment began, unix times by user id. */
    private readonly array $began;

    /** @var int[][] Ids of each student's groups, by user id. */
    private readonly array $groups;

    /** @var array<string, int[]> Ids of the groups in which submissions are made, by grouping and user id. */
    private array $teams = [];

    /** @var string[] Type of each student's enrollment in Zoho, by user id. */
    private readonly array $types;

    /**
     * Read a class.
     *
     * @param int $courseid
     * @param int $now unix time
     */
    public function __construct(
        /** @var int The course. */
        public readonly int $courseid,
        int $now
    ) {
        global $DB;
        $sql = "SELECT ue.userid, MIN(CASE WHEN ue.timestart > 0 THEN ue.timestart ELSE ue.timecreated END) AS began
                  FROM {user_enrolments} ue
                  JOIN {enrol} e ON e.id = ue.enrolid AND e.courseid = :courseid AND e.status = :enabled
                  JOIN {" . mirror::STUDENT . "} s ON s.userid = ue.userid AND s.deleted = 0
                  JOIN {user} u ON u.id = ue.userid AND u.deleted = 0 AND u.suspended = 0
                 WHERE ue.status = :active AND ue.timestart <= :started AND (ue.timeend = 0 OR ue.timeend > :ended)
              GROUP BY ue.userid";
        $this->began = $DB->get_records_sql_menu($sql, [
            'courseid' => $courseid, 'enabled' => ENROL_INSTANCE_ENABLED, 'active' => ENROL_USER_ACTIVE, 'started' => $now,
            'ended' => $now,
        ]);
        $this->groups = self::memberships($courseid);
        $this->types = self::enrollment_types($courseid, date('Y-m-d', $now));
    }

    /**
     * Who takes part now: linked, not suspended, with a running enrolment.
     *
     * @return int[] user ids
     */
    public function taking_part(): array {
        return array_keys($this->began);
    }

    /**
     * When a student's running enrolment began.
     *
     * @param int $userid one of taking_part()
     * @return int unix time
     */
    public function began(int $userid): int {
        return (int) $this->began[$userid];
    }

    /**
     * Ids of a student's groups.
     *
     * @param int $userid
     * @return int[]
     */
    public function groups(int $userid): array {
        return $this->groups[$userid] ?? [];
    }

    /**
     * The group that hands in for a student.
     *
     * @param int $userid
     * @param int $grouping id of the grouping whose groups count, 0: all groups
     * @return int group id; 0 when she is in none of them, or in several
     */
    public function team(int $userid, int $grouping): int {
        $this->teams[$grouping] ??= self::memberships($this->courseid, $grouping);
        $teams = $this->teams[$grouping][$userid] ?? [];
        return count($teams) === 1 ? $teams[0] : 0;
    }

    /**
     * The type of a student's enrollment in Zoho.
     *
     * @param int $userid
     * @return string empty when Zoho has none
     */
    public function enrollment_type(int $userid): string {
        return $this->types[$userid] ?? '';
    }

    /**
     * Who is in which groups.
     *
     * @param int $courseid
     * @param int|null $grouping null: all groups; else those in which people submit together, of one grouping or (0) of any
     * @return int[][] group ids by user id
     */
    private static function memberships(int $courseid, ?int $grouping = null): array {
        global $DB;
        $sql = "SELECT gm.id, gm.userid, gm.groupid
                  FROM {groups_members} gm
                  JOIN {groups} g ON g.id = gm.groupid
                 WHERE g.courseid = :courseid";
        if ($grouping !== null) {
            $sql .= ' AND g.participation = 1';
        }
        if ($grouping) {
            $sql .= ' AND EXISTS (SELECT 1 FROM {groupings_groups} gg WHERE gg.groupid = g.id AND gg.groupingid = :grouping)';
        }
        $groups = [];
        foreach ($DB->get_records_sql($sql, ['courseid' => $courseid, 'grouping' => $grouping]) as $row) {
            $groups[$row->userid][] = (int) $row->groupid;
        }
        return $groups;
    }

    /**
     * Types of enrollments as Zoho holds them. One that runs goes before one that has ended, the newer before the older.
     *
     * @param int $courseid
     * @param string $today Y-m-d
     * @return string[] by user id
     */
    private static function enrollment_types(int $courseid, string $today): array {
        global $DB;
        $rows = $DB->get_records(mirror::ENROLMENT, ['courseid' => $courseid, 'deleted' => 0]);
        $runs = fn($row) => $row->enddate === '' || $row->enddate >= $today;
        usort($rows, fn($one, $other) => $runs($one) <=> $runs($other) ?: strnatcmp($one->zohoid, $other->zohoid));
        return array_column($rows, 'enrollmenttype', 'userid');
    }
}
