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
 * Brings Zoho's classes to Moodle: one mirror row each and, for active classes, one course with its teacher and staff.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class courses {
    /** @var string[] Fields that are calendar dates. */
    private const DATES = ['startdate', 'enddate'];

    /** @var array<string, int> Lengths that differ from 255 characters: Moodle 4.5 takes 254 for a course name. */
    private const LENGTHS = ['fullname' => 254, 'shortname' => 240, 'teacherrole' => 100];

    /** @var string Columns of a course that are compared. */
    private const COLUMNS = 'id, fullname, shortname, startdate, enddate, visible';

    /** @var array[] Classes, their staff in its one form. */
    private readonly array $rows;

    /** @var mirror Classes that are known. */
    private readonly mirror $mirror;

    /** @var class_teacher Their teachers. */
    private readonly class_teacher $teacher;

    /** @var string[] Those of the classes' programmes that have a category, Zoho's ids. */
    private readonly array $programs;

    /** @var class_staff Accounts that every class has. */
    private readonly class_staff $staff;

    /** @var \stdClass[] Linked courses, by id. */
    private array $courses;

    /**
     * Read with a few queries what a batch needs.
     *
     * @param array[] $rows classes as received
     */
    public function __construct(array $rows) {
        global $DB;
        $this->rows = array_map(fn($row) => ['staff' => class_staff::list($row['staff'])] + $row, $rows);
        $this->mirror = new mirror(mirror::COURSE, array_column($rows, 'zohoid'));
        $ids = array_column($this->mirror->all(), 'courseid');
        $this->courses = $DB->get_records_list('course', 'id', $ids, '', self::COLUMNS);
        $this->teacher = new class_teacher(array_column($rows, 'teacherid'), array_keys($this->courses));
        $this->staff = new class_staff(array_column($this->rows, 'staff'), array_keys($this->courses));
        $ids = array_unique(array_column($rows, 'programid'));
        $programs = $DB->get_records_list(mirror::PROGRAM, 'zohoid', $ids, '', 'zohoid, categoryid');
        $this->programs = array_map('strval', array_keys(array_filter($programs, fn($program) => $program->categoryid)));
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
     * Tell what the courses of classes lack that a repeated row would mend.
     *
     * @param \stdClass[] $known stored rows
     * @return string[] names (course, teacher, staff) separated by spaces, empty where nothing is missing, by the rows' keys
     */
    public static function differing(array $known): array {
        global $DB;
        $live = array_filter($known, fn($row) => $row->courseid && !$row->deleted);
        $courses = $DB->get_records_list('course', 'id', array_unique(array_column($live, 'courseid')), '', 'id');
        $teacher = new class_teacher(array_column($live, 'teacherid'), array_keys($courses));
        $staff = new class_staff(array_map('strval', array_column($live, 'staff')), array_keys($courses));
        $names = array_fill_keys(array_keys($known), '');
        foreach ($live as $key => $row) {
            $courseid = (int) $row->courseid;
            $names[$key] = !isset($courses[$courseid]) ? 'course' : implode(' ', array_keys(array_filter([
                'teacher' => !$teacher->settled($row, $row->teacherid, $row->teacherrole),
                'staff' => !$staff->settled($courseid, (string) $row->staff),
            ])));
        }
        return $names;
    }

    /**
     * Carry out one row.
     *
     * @param array $row
     * @return array its result
     */
    private function upsert_row(array $row): array {
        // The staff's texts are cleaned already, and what they are in now is no text for people.
        $row = ['staff' => $row['staff']] + record_cleaner::clean(['staff' => ''] + $row, self::DATES, self::LENGTHS);
        if ($row['startdate'] !== '' && $row['enddate'] !== '' && $row['enddate'] < $row['startdate']) {
            throw new row_exception(result::ERROR, 'enddatebeforestartdate', (object) $row);
        }
        $mayhavecourse = (bool) $row['create'];
        unset($row['create']);
        // With the lock of a teacher, or of a programme that was not there, it is either this row or theirs that sees the other.
        $locks = ['course:' . $row['zohoid'], ...($row['teacherid'] === '' ? [] : ['teacher:' . $row['teacherid']])];
        if ($row['programid'] !== '' && !in_array($row['programid'], $this->programs, true)) {
            $locks[] = 'program:' . $row['programid'];
        }
        $result = $this->settled($row, $mayhavecourse) ?? row_runner::locked(
            $locks,
            fn() => $this->write($row, $mayhavecourse)
        );
        $told = $result['moodleid'] && !$row['deleted'] && $result['status'] !== result::STALE;
        return $told ? $this->staff->name_missing($row['staff'], $result) : $result;
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
                && (!$course || $this->peopled($known, $row));
        }
        if (!$same) {
            return null;
        }
        $this->mirror->touch($known, $row['sourcetime']);
        return result::row($row['zohoid'], result::UNCHANGED, $courseid);
    }

    /**
     * Is the class as the agent's settings want it, with its people in its course?
     *
     * @param \stdClass $known the stored row
     * @param array $row
     * @return bool
     */
    private function peopled(\stdClass $known, array $row): bool {
        return (int) $known->hide === $row['hide']
            && (string) $known->staff === $row['staff']
            && $this->teacher->settled($known, $row['teacherid'], $row['teacherrole'])
            && $this->staff->settled((int) $known->courseid, $row['staff']);
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
        $this->teacher->refresh($row['teacherid']);
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
            $course = $DB->get_record('course', ['id' => $id], self::COLUMNS);
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
        $found = $DB->get_records('course', ['idnumber' => $zohoid], 'id', self::COLUMNS);
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
            'visible' => 1 - $row['hide'],
        ] + self::dates($row);
        $course = create_course((object) $data);
        $this->courses[(int) $course->id] = $course;
        $this->mirror->save($row, $this->people($course, $row, null) + ['hidden' => $row['hide']]);
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
        $links = $course
            ? $this->people($course, $row, $known) + ['hidden' => self::show_or_hide($course, $row, $known)]
            : ['courseid' => 0, 'hidden' => 0] + class_teacher::NONE;
        $this->mirror->save($row, $links);
        return result::row($row['zohoid'], result::UPDATED, (int) $links['courseid']);
    }

    /**
     * Bring teacher and staff into the course.
     *
     * @param \stdClass $course
     * @param array $row
     * @param \stdClass|null $known the stored row
     * @return array the columns to store: courseid and the teacher's
     * @throws row_exception rolemissing
     */
    private function people(\stdClass $course, array $row, ?\stdClass $known): array {
        $courseid = (int) $course->id;
        $columns = $this->teacher->put($courseid, $known, $row['teacherid'], $row['teacherrole']);
        $this->staff->put($courseid, $row['staff']);
        return ['courseid' => $courseid] + $columns;
    }

    /**
     * Follow a change of "hide". What an administrator did to the course in between stays.
     *
     * @param \stdClass $course
     * @param array $row
     * @param \stdClass|null $known the stored row
     * @return int 1 if it was the sync that hid the course
     */
    private static function show_or_hide(\stdClass $course, array $row, ?\stdClass $known): int {
        $known = $known && (int) $known->courseid === (int) $course->id ? $known : null;
        $hidden = (int) ($known->hidden ?? 0);
        if ($row['hide'] && !($known->hide ?? 0) && $course->visible) {
            course_change_visibility($course->id, false);
            return 1;
        }
        if (!$row['hide'] && $hidden) {
            course_change_visibility($course->id, true);
            return 0;
        }
        return $hidden;
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
