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

namespace local_zohosync\local\inbound;

/**
 * Brings Zoho's classes to Moodle: one mirror row each and, for active classes, one course with its teacher.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class courses {
    /** @var string[] Fields that are calendar dates. */
    private const DATES = ['startdate', 'enddate'];

    /** @var array<string, int> Lengths that differ from 255 characters: Moodle 4.5 takes 254 for a course name. */
    private const LENGTHS = ['fullname' => 254, 'shortname' => 240];

    /** @var mirror Classes that are known. */
    private readonly mirror $mirror;

    /** @var mirror Teachers whom the batch names. */
    private readonly mirror $teachers;

    /** @var \stdClass[] Linked courses, by id. */
    private array $courses;

    /**
     * Read with a few queries what a batch needs.
     *
     * @param array[] $rows classes as received
     */
    public function __construct(
        /** @var array[] classes as received */
        private readonly array $rows
    ) {
        global $DB;
        $this->mirror = new mirror(mirror::COURSE, array_column($rows, 'zohoid'));
        $this->teachers = new mirror(mirror::TEACHER, array_column($rows, 'teacherid'));
        $ids = array_column($this->mirror->all(), 'courseid');
        $this->courses = $DB->get_records_list('course', 'id', $ids, '', 'id, fullname, shortname, startdate, enddate');
    }

    /**
     * Carry out the batch.
     *
     * @return array[] one result per row, in order
     */
    public function upsert(): array {
        $results = [];
        foreach ($this->rows as $row) {
            $results[] = row_runner::run($row['zohoid'], fn() => $this->upsert_row($row));
        }
        return $results;
    }

    /**
     * Carry out one row.
     *
     * @param array $row
     * @return array its result
     */
    private function upsert_row(array $row): array {
        $row = record_cleaner::clean($row, self::DATES, self::LENGTHS);
        if ($row['startdate'] !== '' && $row['enddate'] !== '' && $row['enddate'] < $row['startdate']) {
            throw new row_exception(result::ERROR, 'enddatebeforestartdate', (object) $row);
        }
        $mayhavecourse = (bool) $row['create'];
        unset($row['create']);
        // With the teacher's lock it is either this row or hers that sees the other one.
        $locks = ['course:' . $row['zohoid'], ...($row['teacherid'] === '' ? [] : ['teacher:' . $row['teacherid']])];
        return $this->settled($row, $mayhavecourse) ?? row_runner::locked(
            $locks,
            fn() => $this->write($row, $mayhavecourse)
        );
    }

    /**
     * The result of a row that needs no lock, because nothing but Zoho's time has to be written.
     *
     * @param array $row
     * @param bool $maycreate
     * @return array|null null when there is work
     */
    private function settled(array $row, bool $maycreate): ?array {
        $known = $this->mirror->get($row['zohoid']);
        if (!$known) {
            return $row['deleted'] ? result::row($row['zohoid'], result::UNCHANGED) : null;
        }
        $course = $this->linked($known);
        $courseid = $course ? (int) $course->id : 0;
        if ((int) $known->sourcetime > $row['sourcetime']) {
            return result::row($row['zohoid'], result::STALE, $courseid);
        }
        if ($row['deleted']) {
            $same = (bool) $known->deleted;
        } else {
            $same = !$known->deleted && $known->changehash === $row['changehash']
                && ($course || (!$maycreate && !$known->courseid))
                && (!$course || class_teacher::settled($known, $this->teachers->get($row['teacherid'])));
        }
        if (!$same) {
            return null;
        }
        $this->mirror->touch($known, $row['sourcetime']);
        return result::row($row['zohoid'], result::UNCHANGED, $courseid);
    }

    /**
     * Create, adopt or update the course, then the mirror. Runs under the class's lock.
     *
     * @param array $row
     * @param bool $maycreate
     * @return array its result
     */
    private function write(array $row, bool $maycreate): array {
        $known = $this->mirror->refresh($row['zohoid']);
        $this->teachers->refresh($row['teacherid']);
        if ($known && ($settled = $this->settled($row, $maycreate))) {
            return $settled;
        }
        if ($row['deleted']) {
            $this->mirror->save(array_intersect_key($row, array_flip(['zohoid', 'sourcetime', 'deleted'])), []);
            return result::row($row['zohoid'], result::UPDATED, (int) $known->courseid);
        }
        $course = $this->linked($known) ?? ($maycreate ? self::adopt($row['zohoid']) : null);
        if (!$course && $maycreate) {
            return row_runner::atomic(fn() => $this->create($row));
        }
        return row_runner::atomic(fn() => $this->update($course, $row, $known));
    }

    /**
     * The course that a class is linked to.
     *
     * @param \stdClass|null $known the stored row of the class
     * @return \stdClass|null null when there is none (any more)
     */
    private function linked(?\stdClass $known): ?\stdClass {
        global $DB;
        $id = $known ? (int) $known->courseid : 0;
        if ($id && !isset($this->courses[$id])) {
            $course = $DB->get_record('course', ['id' => $id], 'id, fullname, shortname, startdate, enddate');
            $this->courses += $course ? [$id => $course] : [];
        }
        return $this->courses[$id] ?? null;
    }

    /**
     * A course that carries the class's id although the link is lost.
     *
     * @param string $zohoid
     * @return \stdClass|null
     * @throws row_exception coursesambiguous
     */
    private static function adopt(string $zohoid): ?\stdClass {
        global $DB;
        $found = $DB->get_records('course', ['idnumber' => $zohoid], 'id', 'id, fullname, shortname, startdate, enddate');
        if (count($found) > 1) {
            throw new row_exception(result::REFUSED, 'coursesambiguous', (object) [
                'zohoid' => $zohoid,
                'courses' => implode(', ', array_map(fn($course) => "{$course->shortname} (id {$course->id})", $found)),
            ]);
        }
        return reset($found) ?: null;
    }

    /**
     * Make the course and link it.
     *
     * @param array $row
     * @return array its result
     */
    private function create(array $row): array {
        global $CFG;
        require_once($CFG->dirroot . '/course/lib.php');

        foreach (['fullname', 'shortname'] as $field) {
            if ($row[$field] === '') {
                throw new row_exception(result::ERROR, 'fieldmissing', $field);
            }
        }
        $data = [
            'category' => course_category::of_program($row['programid']),
            'fullname' => $row['fullname'],
            'shortname' => self::free_shortname($row['shortname'], $row['zohoid'], 0),
            'idnumber' => $row['zohoid'],
        ] + self::dates($row);
        $course = create_course((object) $data);
        $this->courses[(int) $course->id] = $course;
        $teacher = class_teacher::put((int) $course->id, null, $this->teachers->get($row['teacherid']));
        $this->mirror->save($row, ['courseid' => $course->id] + $teacher);
        return result::row($row['zohoid'], result::CREATED, (int) $course->id);
    }

    /**
     * Write what Zoho changed since it was last seen; a course that a teacher edited keeps the edit otherwise.
     *
     * @param \stdClass|null $course null when the class has no course
     * @param array $row
     * @param \stdClass|null $known the stored row; null when a course is adopted, which is then left as it is
     * @return array its result
     */
    private function update(?\stdClass $course, array $row, ?\stdClass $known): array {
        global $CFG;
        require_once($CFG->dirroot . '/course/lib.php');

        $changes = [];
        if ($course && $known && $known->courseid) {
            if ($known->fullname !== $row['fullname'] && $row['fullname'] !== '') {
                $changes['fullname'] = $row['fullname'];
            }
            if ($known->shortname !== $row['shortname'] && $row['shortname'] !== '') {
                $changes['shortname'] = self::free_shortname($row['shortname'], $row['zohoid'], (int) $course->id);
            }
            if ($known->startdate !== $row['startdate'] || $known->enddate !== $row['enddate']) {
                $changes += self::dates($row) + ['enddate' => 0];
            }
        }
        if ($changes) {
            update_course((object) (['id' => $course->id] + $changes));
            unset($this->courses[(int) $course->id]);
        }
        $courseid = $course ? (int) $course->id : 0;
        $teacher = $course
            ? class_teacher::put($courseid, $known, $this->teachers->get($row['teacherid']))
            : class_teacher::NONE;
        $this->mirror->save($row, ['courseid' => $courseid] + $teacher);
        return result::row($row['zohoid'], result::UPDATED, $courseid);
    }

    /**
     * The shortname, or a variant of it when another course has it.
     *
     * @param string $shortname
     * @param string $zohoid
     * @param int $courseid the course that shall have it, 0 when it is being made
     * @return string
     */
    private static function free_shortname(string $shortname, string $zohoid, int $courseid): string {
        global $DB;
        $taken = $DB->record_exists_select('course', 'shortname = ? AND id <> ?', [$shortname, $courseid]);
        return $taken ? $shortname . ' (' . substr($zohoid, -6) . ')' : $shortname;
    }

    /**
     * Start and end of the course. Moodle takes an end only together with a start.
     *
     * @param array $row
     * @return array<string, int>
     */
    private static function dates(array $row): array {
        if ($row['startdate'] === '') {
            return [];
        }
        $zone = \core_date::get_server_timezone_object();
        return [
            'startdate' => calendar_date::start($row['startdate'], $zone),
            'enddate' => calendar_date::end($row['enddate'], $zone),
        ];
    }
}
