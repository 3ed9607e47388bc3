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

use core\context;
use core\context_helper;
use stdClass;

/**
 * The Moodle courses in which one user is enrolled, whether the enrolment is active or not. One query.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class enrolled_courses {
    /** @var string May enter and work in it. */
    public const ACTIVE = 'active';

    /** @var string The enrolment begins later. */
    public const UPCOMING = 'upcoming';

    /** @var string Somebody suspended the enrolment. */
    public const SUSPENDED = 'suspended';

    /** @var string The enrolment's time is over. */
    public const ENDED = 'ended';

    /** @var string[] Strongest first: with several enrolments in one course the strongest counts. */
    private const STRENGTH = [self::ACTIVE, self::UPCOMING, self::SUSPENDED, self::ENDED];

    /** @var stdClass[]|null Courses by id, each with `enrolment`, one of the states above; null: not read yet. */
    private ?array $courses = null;

    /**
     * Constructor.
     *
     * @param int $userid the student
     * @param int $now unix seconds at which enrolments are judged
     */
    public function __construct(
        /** @var int The student. */
        public readonly int $userid,
        /** @var int Unix seconds. */
        public readonly int $now,
    ) {
    }

    /**
     * Lists the courses that the student may know of.
     *
     * @return stdClass[] id, fullname, shortname, visible, showgrades, startdate, enddate, enrolment; by course id
     */
    public function visible(): array {
        return array_filter($this->all(), fn(stdClass $course): bool => $course->visible
            || has_capability('moodle/course:viewhiddencourses', context\course::instance($course->id), $this->userid));
    }

    /**
     * Lists every course, also hidden ones.
     *
     * @return stdClass[]
     */
    public function all(): array {
        return $this->courses ??= $this->read();
    }

    /**
     * Reads the courses and preloads their contexts, so that capability checks need no further query.
     *
     * @return stdClass[]
     */
    private function read(): array {
        global $DB;
        $context = context_helper::get_preload_record_columns_sql('ctx');
        $rows = $DB->get_records_sql(
            "SELECT ue.id AS userenrolmentid, ue.status AS userstatus, ue.timestart, ue.timeend, e.status AS enrolstatus,
                    c.id, c.fullname, c.shortname, c.visible, c.showgrades, c.startdate, c.enddate, $context
               FROM {user_enrolments} ue
               JOIN {enrol} e ON e.id = ue.enrolid
               JOIN {course} c ON c.id = e.courseid
               JOIN {context} ctx ON ctx.instanceid = c.id AND ctx.contextlevel = :level
              WHERE ue.userid = :userid AND c.id <> :site
           ORDER BY c.fullname, c.id, ue.id",
            ['level' => CONTEXT_COURSE, 'userid' => $this->userid, 'site' => SITEID],
        );
        $courses = [];
        foreach ($rows as $row) {
            context_helper::preload_from_record($row);
            $row->enrolment = $this->stronger($this->state($row), $courses[$row->id]->enrolment ?? self::ENDED);
            $courses[$row->id] = $row;
        }
        return $courses;
    }

    /**
     * Judges one enrolment.
     *
     * @param stdClass $row userstatus, enrolstatus, timestart, timeend
     * @return string one of the states
     */
    private function state(stdClass $row): string {
        if ($row->timeend && $row->timeend <= $this->now) {
            return self::ENDED;
        }
        if ($row->userstatus != ENROL_USER_ACTIVE || $row->enrolstatus != ENROL_INSTANCE_ENABLED) {
            return self::SUSPENDED;
        }
        return $row->timestart > $this->now ? self::UPCOMING : self::ACTIVE;
    }

    /**
     * Gives the stronger of two states.
     *
     * @param string $one a state
     * @param string $other a state
     * @return string
     */
    private function stronger(string $one, string $other): string {
        return self::STRENGTH[min(array_search($one, self::STRENGTH), array_search($other, self::STRENGTH))];
    }
}
