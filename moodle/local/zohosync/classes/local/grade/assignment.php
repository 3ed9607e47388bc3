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

use local_zohosync\local\grade\criteria\finder;
use local_zohosync\local\links;

/**
 * An assignment with its grade item: what a snapshot takes from them.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class assignment {
    /** @var array|null Fields that are the same for all students, once they were read. */
    private ?array $fields = null;

    /**
     * Hold the records.
     *
     * @param \stdClass $assign row of table assign
     * @param \stdClass $course
     * @param int $cmid
     * @param int $contextid context of the course module
     * @param \grade_item $item
     */
    private function __construct(
        /** @var \stdClass Row of table assign. */
        public readonly \stdClass $assign,
        /** @var \stdClass The course. */
        private readonly \stdClass $course,
        /** @var int The course module. */
        private readonly int $cmid,
        /** @var int Context of the course module. */
        public readonly int $contextid,
        /** @var \grade_item The gradebook's item. */
        private readonly \grade_item $item
    ) {
    }

    /**
     * Find an assignment.
     *
     * @param int $courseid
     * @param int $assignid
     * @return self|null null when it, its course module or its grade item is gone
     */
    public static function find(int $courseid, int $assignid): ?self {
        global $CFG, $DB;
        require_once($CFG->libdir . '/gradelib.php');

        $assign = $DB->get_record('assign', ['id' => $assignid, 'course' => $courseid]);
        $course = $DB->get_record('course', ['id' => $courseid]);
        $cm = $assign && $course ? get_coursemodule_from_instance('assign', $assignid, $courseid) : false;
        $item = $cm && empty($cm->deletioninprogress) ? \grade_item::fetch([
            'courseid' => $courseid,
            'itemtype' => 'mod',
            'itemmodule' => 'assign',
            'iteminstance' => $assignid,
            'itemnumber' => 0,
        ]) : false;
        if (!$item) {
            return null;
        }
        $context = \core\context\module::instance($cm->id);
        return new self($assign, $course, (int) $cm->id, (int) $context->id, $item);
    }

    /**
     * What is gone of an assignment that was not found.
     *
     * @param key $key
     * @return string course, assignment, or grade when the assignment is there and is not graded
     */
    public static function missing(key $key): string {
        global $DB;
        if (!$DB->record_exists('course', ['id' => $key->courseid])) {
            return 'course';
        }
        $cm = get_coursemodule_from_instance('assign', $key->assignid, $key->courseid);
        return $cm && empty($cm->deletioninprogress) ? 'grade' : 'assignment';
    }

    /**
     * The official grade of a student; of one who left the course, what it was then.
     *
     * @param int $userid
     * @return \grade_grade with id null when the gradebook has none
     */
    public function grade(int $userid): \grade_grade {
        $grade = new \grade_grade(['itemid' => $this->item->id, 'userid' => $userid], true);
        if (empty($grade->id)) {
            $grade = left_grade::of($this->item, $userid) ?? $grade;
        }
        $grade->grade_item = $this->item;
        return $grade;
    }

    /**
     * Fields that are the same for all students.
     *
     * @return array
     */
    public function fields(): array {
        return $this->fields ??= $this->read_fields();
    }

    /**
     * Read the fields that are the same for all students.
     *
     * @return array
     */
    private function read_fields(): array {
        $scale = $this->item->gradetype == GRADE_TYPE_SCALE ? $this->item->load_scale() : null;
        return [
            'itemid' => (int) $this->item->id,
            'cmid' => $this->cmid,
            'assignname' => $this->assign->name,
            'coursename' => $this->course->fullname,
            'classzohoid' => links::course((int) $this->course->id),
            'gradetype' => (int) $this->item->gradetype,
            'grademax' => self::decimal($this->item->grademax),
            'scale' => $scale ? $scale->load_items() : [],
            'method' => finder::method($this->contextid),
            'bycriteria' => (int) finder::decides($this->contextid),
            'maxattempts' => ($this->assign->attemptreopenmethod ?? '') === 'none' ? 1 : (int) $this->assign->maxattempts,
        ];
    }

    /**
     * Fields of the official grade.
     *
     * @param \grade_grade $grade
     * @return array
     */
    public function official(\grade_grade $grade): array {
        $real = !empty($grade->id);
        return [
            'gradeid' => $real ? (int) $grade->id : 0,
            'finalgrade' => $real && $grade->finalgrade !== null ? self::decimal($grade->finalgrade) : '',
            'overridden' => (int) ($real && $grade->is_overridden()),
            'hidden' => (int) ($real ? $grade->is_hidden() : $this->item->is_hidden()),
            'locked' => (int) ($real ? $grade->is_locked() : $this->item->is_locked()),
            'timemodified' => $real ? (int) $grade->timemodified : 0,
        ];
    }

    /**
     * A grade as a decimal string with the gradebook's five places.
     *
     * @param string|float|int $number
     * @return string
     */
    public static function decimal(string|float|int $number): string {
        return number_format((float) $number, 5, '.', '');
    }
}
