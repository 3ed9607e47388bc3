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
 * Brings Zoho's enrollments to Moodle: a manual enrolment each. What becomes of it when it has ended is the agent's to say.
 *
 * Submissions stay in any case. With "unenrol" Moodle removes the grades of whoever loses her last enrolment in a course from
 * the gradebook; they come back from its history when she is enrolled again.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class enrolments {
    /** @var string[] Fields that are calendar dates. */
    private const DATES = ['startdate', 'enddate'];

    /** @var array<string, int> Lengths that differ from 255 characters. */
    private const LENGTHS = ['role' => 100];

    /** @var array<string, string> State of an enrolment that has ended, by what the agent says. */
    private const WITHDRAWALS = [
        'suspend' => manual_enrolments::SUSPENDED,
        'unenrol' => manual_enrolments::ABSENT,
        'keep' => manual_enrolments::AS_IS,
    ];

    /** @var mirror Enrollments that are known. */
    private readonly mirror $mirror;

    /** @var mirror Students of the batch. */
    private readonly mirror $students;

    /** @var mirror Classes of the batch. */
    private readonly mirror $courses;

    /** @var manual_enrolments What Moodle holds. */
    private readonly manual_enrolments $manual;

    /** @var \stdClass[] Courses of the batch that exist, by id. */
    private readonly array $existing;

    /** @var \stdClass[] Accounts of the batch that exist, by id. */
    private readonly array $accounts;

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
        $users = $DB->get_records_list('user', 'id', array_unique($userids), '', 'id, deleted');
        $this->accounts = array_filter($users, fn($user) => !$user->deleted);
        $this->manual = new manual_enrolments(array_keys($this->accounts), array_keys($this->existing));
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
     * Tell how the enrolments that stored rows stand for differ from them, as far as a repeated row would mend it.
     *
     * @param \stdClass[] $known stored rows
     * @return string[] names (student, course, status, ended, startdate, enddate, role) separated by spaces, by the rows' keys;
     *     an enrolment that is still there though its end has come is "ended", and not "status"
     */
    public static function differing(array $known): array {
        $live = array_filter($known, fn($row) => !$row->deleted);
        $batch = new self(array_map(fn($row) => (array) $row, $live));
        $names = array_fill_keys(array_keys($known), '');
        $unlike = [];
        foreach ($live as $key => $row) {
            $missing = $batch->missing((array) $row);
            $names[$key] = implode(' ', $missing ?: $batch->unlike((array) $row));
            $unlike += $names[$key] === '' || $missing ? [] : [$key => $row];
        }
        // Only what seems to differ can have given way to another enrollment.
        $siblings = self::siblings(array_unique(array_column($unlike, 'userid')));
        foreach ($unlike as $key => $row) {
            if (self::gives_way((array) $row, $siblings["{$row->userid}:{$row->courseid}"] ?? [])) {
                $names[$key] = '';
            }
        }
        return $names;
    }

    /**
     * What of the enrolment that a stored row stands for is not as it wants?
     *
     * @param array $row
     * @return string[] of status or ended, startdate, enddate, role
     */
    private function unlike(array $row): array {
        $names = $this->manual->differing((int) $row['userid'], (int) $row['courseid'], self::wanted($row));
        return self::has_ended($row) ? str_replace('status', 'ended', $names) : $names;
    }

    /**
     * What is no longer there of what a stored row is linked to?
     *
     * @param array $row
     * @return string[] of student, course
     */
    private function missing(array $row): array {
        $student = $this->students->get($row['studentid']);
        $course = $this->courses->get($row['classid']);
        return array_keys(array_filter([
            'student' => $student?->userid !== $row['userid'] || !isset($this->accounts[(int) $row['userid']]),
            'course' => $course?->courseid !== $row['courseid'] || !isset($this->existing[(int) $row['courseid']]),
        ]));
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
        $row = record_cleaner::clean($row, self::DATES, self::LENGTHS);
        if ($known && (int) $known->sourcetime > $row['sourcetime']) {
            return result::row($row['zohoid'], result::STALE, (int) $known->courseid);
        }
        if ($row['deleted']) {
            return $known->deleted ? $this->unchanged($row, $known) : $this->retire($row, $known);
        }
        if (!isset(self::WITHDRAWALS[$row['withdrawal']])) {
            throw new row_exception(result::ERROR, 'withdrawalinvalid', $row['withdrawal']);
        }
        $this->manual->require_role($row['role']);
        $links = $this->links($row);
        $same = $known && !$known->deleted && $known->changehash === $row['changehash']
            && [$known->role, $known->withdrawal] === [$row['role'], $row['withdrawal']]
            && $links == ['userid' => (int) $known->userid, 'courseid' => (int) $known->courseid]
            && $this->holds($links, $row);
        return $same ? $this->unchanged($row, $known) : row_runner::locked(
            ["enrolment:{$links['userid']}:{$links['courseid']}"],
            fn() => row_runner::atomic(fn() => $this->write($row, $links, $known))
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
        if (!$student || !isset($this->accounts[(int) $student->userid])) {
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
     * @param \stdClass|null $known the stored row
     * @return array its result
     */
    private function write(array $row, array $links, ?\stdClass $known): array {
        $moved = $known && $links != ['userid' => (int) $known->userid, 'courseid' => (int) $known->courseid];
        if ($moved) {
            $this->withdraw($known, $row['withdrawal']);
        }
        $new = !$this->holds($links, $row)
            && $this->manual->put($links['userid'], $links['courseid'], self::wanted($row));
        if ($known && !$moved && !in_array($known->role, ['', $row['role']], true)) {
            $this->manual->take_role($links['userid'], $links['courseid'], $known->role);
        }
        $this->mirror->save($row, $links);
        return result::row($row['zohoid'], $new ? result::CREATED : result::UPDATED, $links['courseid']);
    }

    /**
     * End the enrolment of an enrollment that was deleted in Zoho, as the agent said when it was last seen.
     *
     * @param array $row
     * @param \stdClass $known the stored row
     * @return array its result
     */
    private function retire(array $row, \stdClass $known): array {
        return row_runner::locked(["enrolment:{$known->userid}:{$known->courseid}"], fn() => row_runner::atomic(
            function () use ($row, $known): array {
                $this->withdraw($known, $known->withdrawal);
                $this->mirror->save(array_intersect_key($row, array_flip(['zohoid', 'sourcetime', 'deleted'])), []);
                return result::row($row['zohoid'], result::UPDATED, (int) $known->courseid);
            }
        ));
    }

    /**
     * End the enrolment that a stored row stands for, or leave it to the enrollment that says next how she is enrolled.
     *
     * @param \stdClass $known the stored row
     * @param string $withdrawal suspend, unenrol or keep
     */
    private function withdraw(\stdClass $known, string $withdrawal): void {
        $links = ['userid' => (int) $known->userid, 'courseid' => (int) $known->courseid];
        $siblings = self::siblings_of($links);
        if (!isset($this->existing[$links['courseid']]) || self::gives_way((array) $known, $siblings)) {
            return;
        }
        $wanted = ['state' => self::WITHDRAWALS[$withdrawal], 'timestart' => null, 'timeend' => null];
        $others = array_filter($siblings, fn($sibling) => $sibling->zohoid !== $known->zohoid);
        foreach ($others as $other) {
            $wanted = self::gives_way((array) $other, $others) ? $wanted : self::wanted((array) $other);
        }
        if ($this->manual->differing($links['userid'], $links['courseid'], $wanted)) {
            $this->manual->put($links['userid'], $links['courseid'], $wanted);
        }
    }

    /**
     * Does Moodle hold what an enrollment wants, or what another one wants to which it gives way?
     *
     * @param array $links userid, courseid
     * @param array $row
     * @return bool
     */
    private function holds(array $links, array $row): bool {
        return !$this->manual->differing($links['userid'], $links['courseid'], self::wanted($row))
            || self::gives_way($row, self::siblings_of($links));
    }

    /**
     * Is it another enrollment of the same student in the same class that says how she is enrolled?
     *
     * One that runs goes before one that has ended; of two alike the newer one does.
     *
     * @param array $row
     * @param \stdClass[] $siblings enrollments of the student in the class, itself among them or not
     * @return bool
     */
    private static function gives_way(array $row, array $siblings): bool {
        $ended = self::has_ended($row);
        foreach ($siblings as $sibling) {
            $newer = strnatcmp($sibling->zohoid, $row['zohoid']) > 0;
            $first = self::has_ended((array) $sibling) === $ended ? $newer : $ended;
            if ($sibling->zohoid !== $row['zohoid'] && $first) {
                return true;
            }
        }
        return false;
    }

    /**
     * The enrollments of one student in one class that were not deleted in Zoho.
     *
     * @param array $links userid, courseid
     * @return \stdClass[]
     */
    private static function siblings_of(array $links): array {
        return self::siblings([$links['userid']])["{$links['userid']}:{$links['courseid']}"] ?? [];
    }

    /**
     * The enrollments of students that were not deleted in Zoho.
     *
     * @param int[] $userids
     * @return \stdClass[][] by "userid:courseid"
     */
    private static function siblings(array $userids): array {
        global $DB;
        $siblings = [];
        foreach ($DB->get_records_list(mirror::ENROLMENT, 'userid', $userids) as $row) {
            if (!$row->deleted) {
                $siblings["{$row->userid}:{$row->courseid}"][] = $row;
            }
        }
        return $siblings;
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
     * How the enrolment has to be, as manual_enrolments takes it.
     *
     * @param array $row
     * @return array state, timestart, timeend, role
     */
    private static function wanted(array $row): array {
        $zone = \core_date::get_server_timezone_object();
        return [
            'state' => self::has_ended($row) ? self::WITHDRAWALS[$row['withdrawal']] : manual_enrolments::ACTIVE,
            'timestart' => calendar_date::start($row['startdate'], $zone),
            'timeend' => calendar_date::end($row['enddate'], $zone),
            'role' => $row['role'],
        ];
    }

    /**
     * Is an enrollment over?
     *
     * @param array $row
     * @return bool
     */
    private static function has_ended(array $row): bool {
        $end = calendar_date::end($row['enddate'], \core_date::get_server_timezone_object());
        return $end && $end < \core\di::get(\core\clock::class)->time();
    }
}
