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

namespace local_student_dashboard\local\provider;

use core\context;
use local_student_dashboard\local\calendar_date;
use local_student_dashboard\local\enrolled_courses;
use stdClass;

/**
 * The classes and courses of one student: what Zoho says she takes, joined with where she is enrolled in Moodle.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class courses {
    /** @var string Zoho says that she takes the class, Moodle has no enrolment for it yet. */
    public const WAITING = 'waiting';

    /** @var string[] Order of the list. */
    private const ORDER = [
        enrolled_courses::ACTIVE,
        enrolled_courses::UPCOMING,
        self::WAITING,
        enrolled_courses::SUSPENDED,
        enrolled_courses::ENDED,
    ];

    /**
     * Constructor.
     *
     * @param enrolled_courses $enrolled the student's courses in Moodle
     */
    public function __construct(
        /** @var enrolled_courses The student's courses in Moodle. */
        private readonly enrolled_courses $enrolled,
    ) {
    }

    /**
     * Lists the student's courses, running ones first.
     *
     * @return stdClass[] see rows(), each with criteria (of its unit: lists of shortname and description), credit (of its unit,
     *     as typed), level and teacher (name, empty: none) besides
     */
    public function get(): array {
        global $DB;
        $rows = $this->rows();
        $classes = array_filter(array_column($rows, 'class'));
        $units = new criteria($classes);
        $fields = 'zohoid, firstname, lastname, displayname';
        $teacherids = array_unique(array_filter(array_column($classes, 'teacherid')));
        $teachers = $DB->get_records_list('local_zohosync_teacher', 'zohoid', $teacherids, '', $fields);
        foreach ($rows as $row) {
            $unit = $units->unit($row->class);
            $row->criteria = $units->of($row->class);
            $row->credit = $unit->credit ?? '';
            $row->level = $unit->level ?? '';
            $teacher = $teachers[$row->class->teacherid ?? ''] ?? null;
            $row->teacher = $teacher ? (trim($teacher->displayname) ?: trim("$teacher->firstname $teacher->lastname")) : '';
        }
        return $rows;
    }

    /**
     * Lists the student's courses, running ones first, in two queries.
     *
     * @return stdClass[] each with name, courseid (0 unless she can enter it), unit, startdate and enddate (`Y-m-d` or
     *     empty), status (a state of enrolled_courses, or waiting), updated (unix seconds, 0 when only Moodle knows it) and
     *     class (row of local_zohosync_course, null when only Moodle knows it)
     */
    public function rows(): array {
        [$classes, $enrollments] = $this->classes();
        $found = [];
        foreach ($this->enrolled->visible() as $course) {
            $found[] = $this->row($classes["course:$course->id"] ?? null, $course, $enrollments["course:$course->id"] ?? null);
            unset($enrollments["course:$course->id"]);
        }
        foreach ($enrollments as $enrollment) {
            $class = $classes["class:$enrollment->classid"] ?? null;
            if ($class) {
                $found[] = $this->row($class, $this->enrolled->all()[$class->courseid] ?? null, $enrollment);
            }
        }
        usort($found, fn(stdClass $a, stdClass $b): int => $this->rank($a) <=> $this->rank($b)
            ?: strcmp($b->startdate, $a->startdate) ?: strcmp($a->name, $b->name));
        return $found;
    }

    /**
     * Gives the place of a row in the order of the list.
     *
     * @param stdClass $row a row of the list
     * @return int
     */
    private function rank(stdClass $row): int {
        return (int) array_search($row->status, self::ORDER);
    }

    /**
     * Reads the classes of the student, by enrollment and by Moodle course, and the enrollments that Zoho has for her.
     *
     * @return stdClass[][] the classes, each under `class:zohoid` and, where linked, under `course:id`; the enrollments, see
     *     longest()
     */
    private function classes(): array {
        global $DB;
        [$insql, $params] = $DB->get_in_or_equal(array_keys($this->enrolled->all()), SQL_PARAMS_NAMED, 'c', true, 0);
        $rows = $DB->get_records_sql(
            "SELECT COALESCE(en.id, -c.id) AS rowid, c.*, en.id AS enrolid, en.startdate AS enrolstart, en.enddate AS enrolend,
                    en.deleted AS enroldeleted, en.timemodified AS enrolmodified
               FROM {local_zohosync_course} c
          LEFT JOIN {local_zohosync_enrolment} en ON en.classid = c.zohoid AND en.userid = :userid
              WHERE (c.courseid <> 0 AND c.courseid $insql) OR en.id IS NOT NULL
           ORDER BY c.deleted DESC, c.id, en.id",
            $params + ['userid' => $this->enrolled->userid],
        );
        $classes = $enrollments = [];
        foreach ($rows as $row) {
            $classes["class:$row->zohoid"] = $row;
            if ($row->courseid) {
                $classes["course:$row->courseid"] = $row;
            }
            if ($row->enrolid) {
                $enrollments[$row->enrolid] = (object) [
                    'classid' => $row->zohoid,
                    'startdate' => $row->enrolstart,
                    'enddate' => $row->enrolend,
                    'deleted' => $row->enroldeleted,
                    'timemodified' => $row->enrolmodified,
                ];
            }
        }
        return [$classes, $this->longest($enrollments, $classes)];
    }

    /**
     * Picks one enrollment per class: the one that runs, or ran, longest.
     *
     * @param stdClass[] $enrollments by id: classid, startdate, enddate, deleted, timemodified
     * @param stdClass[] $classes see classes()
     * @return stdClass[] by `course:id` where the class has a Moodle course, else by `class:zohoid`
     */
    private function longest(array $enrollments, array $classes): array {
        ksort($enrollments);
        $kept = [];
        foreach ($enrollments as $row) {
            $courseid = $classes["class:$row->classid"]->courseid;
            $key = $courseid ? "course:$courseid" : "class:$row->classid";
            if (!isset($kept[$key]) || $this->reach($row) >= $this->reach($kept[$key])) {
                $kept[$key] = $row;
            }
        }
        return $kept;
    }

    /**
     * Tells how far an enrollment reaches; deleted ones reach nowhere, those without end farthest.
     *
     * @param stdClass $enrollment see longest()
     * @return string comparable
     */
    private function reach(stdClass $enrollment): string {
        return $enrollment->deleted ? '' : ($enrollment->enddate ?: '9999-12-31');
    }

    /**
     * Joins what Zoho and Moodle know of one course.
     *
     * @param stdClass|null $class row of local_zohosync_course
     * @param stdClass|null $course row of enrolled_courses, null when she is not enrolled
     * @param stdClass|null $enrollment see longest()
     * @return stdClass see rows()
     */
    private function row(?stdClass $class, ?stdClass $course, ?stdClass $enrollment): stdClass {
        $seen = $course && isset($this->enrolled->visible()[$course->id]);
        $row = new stdClass();
        $row->class = $class;
        $row->name = $seen
            ? format_string($course->fullname, true, ['context' => context\course::instance($course->id), 'escape' => false])
            : $class->fullname;
        $row->unit = $class->unitname ?? '';
        $row->startdate = $this->first($enrollment?->startdate, $class?->startdate)
            ?: calendar_date::of_instant((int) ($course->startdate ?? 0));
        $row->enddate = $this->first($enrollment?->enddate, $class?->enddate)
            ?: calendar_date::of_instant((int) ($course->enddate ?? 0));
        $row->status = $this->status($row, $course, $enrollment);
        $row->courseid = $seen && $course->enrolment === enrolled_courses::ACTIVE ? (int) $course->id : 0;
        $row->updated = max((int) ($class->timemodified ?? 0), (int) ($enrollment->timemodified ?? 0));
        return $row;
    }

    /**
     * Gives the first text that is not empty.
     *
     * @param string|null ...$texts texts
     * @return string empty when there is none
     */
    private function first(?string ...$texts): string {
        return (string) (current(array_filter($texts)) ?: '');
    }

    /**
     * Judges how the student stands in one course.
     *
     * @param stdClass $row the row so far, with enddate
     * @param stdClass|null $course row of enrolled_courses
     * @param stdClass|null $enrollment see longest()
     * @return string
     */
    private function status(stdClass $row, ?stdClass $course, ?stdClass $enrollment): string {
        $over = $row->enddate !== '' && $row->enddate < calendar_date::of_instant($this->enrolled->now);
        if ($over || ($enrollment && $enrollment->deleted)) {
            return enrolled_courses::ENDED;
        }
        return $course->enrolment ?? self::WAITING;
    }
}
