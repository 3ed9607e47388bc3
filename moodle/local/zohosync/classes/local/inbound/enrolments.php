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
 * Brings Zoho's enrollments to Moodle: a manual enrolment with the role "student" each, suspended when it has ended.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrolments {
    /** @var string[] Fields that are calendar dates. */
    private const DATES = ['startdate', 'enddate'];

    /** @var mirror Enrollments that are known. */
    private readonly mirror $mirror;

    /** @var mirror Students of the batch. */
    private readonly mirror $students;

    /** @var mirror Classes of the batch. */
    private readonly mirror $courses;

    /** @var manual_enrolments What Moodle holds. */
    private readonly manual_enrolments $manual;

    /** @var array<int, true> Courses of the batch that exist, by id. */
    private readonly array $existing;

    /**
     * Read with a few queries what a batch needs.
     *
     * @param array[] $rows enrollments as received
     */
    public function __construct(
        /** @var array[] enrollments as received */
        private readonly array $rows
    ) {
        global $DB;
        $this->mirror = new mirror(mirror::ENROLMENT, array_column($rows, 'zohoid'));
        $this->students = new mirror(mirror::STUDENT, array_column($rows, 'studentid'));
        $this->courses = new mirror(mirror::COURSE, array_column($rows, 'classid'));
        $known = $this->mirror->all();
        $userids = [...array_column($this->students->all(), 'userid'), ...array_column($known, 'userid')];
        $courseids = [...array_column($this->courses->all(), 'courseid'), ...array_column($known, 'courseid')];
        $this->existing = $DB->get_records_list('course', 'id', array_unique($courseids), '', 'id');
        $this->manual = new manual_enrolments(array_unique($userids), array_keys($this->existing));
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
        $known = $this->mirror->get($row['zohoid']);
        if ($row['deleted']) {
            // A tombstone needs no fields but its id and time: what was known tells what it was.
            if (!$known) {
                return result::row($row['zohoid'], result::UNCHANGED);
            }
            $row['studentid'] = $known->studentid;
            $row['classid'] = $known->classid;
        }
        $row = record_cleaner::clean($row, self::DATES);
        if ($known && (int) $known->sourcetime > $row['sourcetime']) {
            return result::row($row['zohoid'], result::STALE, (int) $known->courseid);
        }
        if ($row['deleted']) {
            return $known->deleted ? $this->unchanged($row, $known) : $this->retire($row, $known);
        }
        $links = $this->links($row);
        $wanted = self::wanted($row);
        $same = $known && !$known->deleted && $known->changehash === $row['changehash']
            && $links == ['userid' => (int) $known->userid, 'courseid' => (int) $known->courseid]
            && $this->holds($links, $wanted, $row['zohoid']);
        return $same ? $this->unchanged($row, $known) : row_runner::locked(
            ["enrolment:{$links['userid']}:{$links['courseid']}"],
            fn() => row_runner::atomic(fn() => $this->write($row, $links, $wanted, $known))
        );
    }

    /**
     * The user and the course that the enrollment joins.
     *
     * @param array $row
     * @return array userid, courseid
     * @throws row_exception studentmissing, coursemissing
     */
    private function links(array $row): array {
        $student = $this->students->get($row['studentid']);
        if (!$student || !$student->userid) {
            throw new row_exception(result::WAITING, 'studentmissing', $row['studentid']);
        }
        $course = $this->courses->get($row['classid']);
        if (!$course || !isset($this->existing[(int) $course->courseid])) {
            throw new row_exception(result::WAITING, 'coursemissing', $row['classid']);
        }
        return ['userid' => (int) $student->userid, 'courseid' => (int) $course->courseid];
    }

    /**
     * Write one enrolment and its mirror row.
     *
     * @param array $row
     * @param array $links userid, courseid
     * @param array $wanted status, timestart, timeend
     * @param \stdClass|null $known the stored row
     * @return array its result
     */
    private function write(array $row, array $links, array $wanted, ?\stdClass $known): array {
        if ($known && $links != ['userid' => (int) $known->userid, 'courseid' => (int) $known->courseid]) {
            $this->suspend($known);
        }
        $new = !$this->holds($links, $wanted, $row['zohoid'])
            && $this->manual->put($links['userid'], $links['courseid'], $wanted);
        $this->mirror->save($row, $links);
        return result::row($row['zohoid'], $new ? result::CREATED : result::UPDATED, $links['courseid']);
    }

    /**
     * Suspend the enrolment of an enrollment that was deleted in Zoho.
     *
     * @param array $row
     * @param \stdClass $known the stored row
     * @return array its result
     */
    private function retire(array $row, \stdClass $known): array {
        return row_runner::locked(["enrolment:{$known->userid}:{$known->courseid}"], fn() => row_runner::atomic(
            function () use ($row, $known): array {
                $this->suspend($known);
                $this->mirror->save(array_intersect_key($row, array_flip(['zohoid', 'sourcetime', 'deleted'])), []);
                return result::row($row['zohoid'], result::UPDATED, (int) $known->courseid);
            }
        ));
    }

    /**
     * Suspend the enrolment that a stored row stands for, unless another enrollment keeps it alive.
     *
     * @param \stdClass $known the stored row
     */
    private function suspend(\stdClass $known): void {
        $links = ['userid' => (int) $known->userid, 'courseid' => (int) $known->courseid];
        $wanted = ['status' => ENROL_USER_SUSPENDED, 'timestart' => 0, 'timeend' => 0];
        if (isset($this->existing[$links['courseid']]) && !$this->holds($links, $wanted, $known->zohoid)) {
            $this->manual->put($links['userid'], $links['courseid'], $wanted);
        }
    }

    /**
     * Does Moodle hold what is wanted? An ended enrollment changes nothing while another one is running.
     *
     * @param array $links userid, courseid
     * @param array $wanted status, timestart, timeend
     * @param string $zohoid the enrollment that wants it
     * @return bool
     */
    private function holds(array $links, array $wanted, string $zohoid): bool {
        return $this->manual->holds($links['userid'], $links['courseid'], $wanted)
            || ($wanted['status'] == ENROL_USER_SUSPENDED && self::has_running_sibling($links, $zohoid));
    }

    /**
     * Is there another enrollment of the same student in the same class that has not ended?
     *
     * @param array $links userid, courseid
     * @param string $zohoid
     * @return bool
     */
    private static function has_running_sibling(array $links, string $zohoid): bool {
        global $DB;
        foreach ($DB->get_records(mirror::ENROLMENT, $links + ['deleted' => 0]) as $sibling) {
            if ($sibling->zohoid !== $zohoid && self::wanted((array) $sibling)['status'] == ENROL_USER_ACTIVE) {
                return true;
            }
        }
        return false;
    }

    /**
     * Answer that nothing but Zoho's time had to be written.
     *
     * @param array $row
     * @param \stdClass $known the stored row
     * @return array its result
     */
    private function unchanged(array $row, \stdClass $known): array {
        $this->mirror->touch($known, $row['sourcetime']);
        return result::row($row['zohoid'], result::UNCHANGED, (int) $known->courseid);
    }

    /**
     * How the enrolment has to be.
     *
     * @param array $row
     * @return array status, timestart, timeend
     */
    private static function wanted(array $row): array {
        $zone = \core_date::get_server_timezone_object();
        $end = calendar_date::end($row['enddate'], $zone);
        $ended = $end && $end < \core\di::get(\core\clock::class)->time();
        return [
            'status' => $ended ? ENROL_USER_SUSPENDED : ENROL_USER_ACTIVE,
            'timestart' => calendar_date::start($row['startdate'], $zone),
            'timeend' => $end,
        ];
    }
}
