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
 * The teachers of a batch's classes in their courses: enrolled when Zoho names them, taken out when Zoho names others.
 *
 * What the sync gave is kept in the class's mirror row, so that only that is taken away again.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class class_teacher {
    /** @var int[] The columns of a class without a teacher. */
    public const NONE = ['teacheruserid' => 0, 'teacherroleid' => 0, 'teacherenrolid' => 0];

    /** @var mirror Teachers whom the batch names. */
    private readonly mirror $teachers;

    /** @var array<int, true> Their accounts that exist. */
    private array $accounts = [];

    /** @var course_roles What they hold. */
    private readonly course_roles $roles;

    /**
     * Read with three queries what a batch needs.
     *
     * @param string[] $teacherids record ids of teachers in Zoho
     * @param int[] $courseids courses of the classes
     */
    public function __construct(array $teacherids, array $courseids) {
        global $DB;
        $this->teachers = new mirror(mirror::TEACHER, $teacherids);
        $userids = array_unique(array_column($this->teachers->all(), 'userid'));
        foreach ($DB->get_records_list('user', 'id', $userids, '', 'id, deleted') as $user) {
            $this->accounts += $user->deleted ? [] : [(int) $user->id => true];
        }
        $this->roles = new course_roles($courseids, array_keys($this->accounts));
    }

    /**
     * Read a teacher again, after her lock has been won.
     *
     * @param string $teacherid record id in Zoho, empty if none
     */
    public function refresh(string $teacherid): void {
        global $DB;
        $teacher = $teacherid === '' ? null : $this->teachers->refresh($teacherid);
        if ($teacher && $DB->record_exists('user', ['id' => $teacher->userid, 'deleted' => 0])) {
            $this->accounts[(int) $teacher->userid] = true;
        }
    }

    /**
     * Has the class's course the teacher whom Zoho names, with her role?
     *
     * @param \stdClass $known the class's stored row
     * @param string $teacherid record id of the teacher in Zoho, empty if none
     * @param string $role short name
     * @return bool
     */
    public function settled(\stdClass $known, string $teacherid, string $role): bool {
        $userid = $this->account($teacherid);
        return (int) $known->teacheruserid === $userid && (!$userid || (
            $known->teacherrole === $role && $this->roles->holds((int) $known->courseid, $userid, $role)
        ));
    }

    /**
     * Bring the teacher whom Zoho names into the course, and take the former one, or a former role, away.
     *
     * @param int $courseid the class's course
     * @param \stdClass|null $known the class's stored row
     * @param string $teacherid record id of the teacher in Zoho, empty if none
     * @param string $role short name
     * @return int[] the columns to store with the class: teacheruserid, teacherroleid, teacherenrolid
     * @throws row_exception rolemissing
     */
    public function put(int $courseid, ?\stdClass $known, string $teacherid, string $role): array {
        $known = $known && (int) $known->courseid === $courseid ? $known : null;
        $former = $known ? array_map('intval', array_intersect_key((array) $known, self::NONE)) : self::NONE;
        if ($known && $this->settled($known, $teacherid, $role)) {
            return $former;
        }
        $userid = $this->account($teacherid);
        if (!$userid) {
            self::take_away($courseid, $former);
            return self::NONE;
        }
        $roleid = $this->roles->id($role);
        $given = $this->roles->give($courseid, $userid, $role);
        if ($userid === $former['teacheruserid']) {
            // What the sync gave her earlier stays the sync's, except a role that she is to have no longer.
            if ($former['teacherroleid'] && $former['teacherroleid'] !== $roleid) {
                role_unassign($former['teacherroleid'], $userid, \core\context\course::instance($courseid)->id);
                $former['teacherroleid'] = 0;
            }
            $given = ['roleid' => $given['roleid'] ?: $former['teacherroleid'],
                'enrolid' => $given['enrolid'] ?: $former['teacherenrolid']];
        } else {
            self::take_away($courseid, $former);
        }
        return ['teacheruserid' => $userid, 'teacherroleid' => $given['roleid'], 'teacherenrolid' => $given['enrolid']];
    }

    /**
     * The classes with a course that name these teachers, but do not have them yet.
     *
     * @param string[] $teacherids record ids of teachers in Zoho
     * @return string[][] record ids of classes, by that of the teacher
     */
    public static function classes_without(array $teacherids): array {
        global $DB;
        if (!$teacherids) {
            return [];
        }
        [$in, $params] = $DB->get_in_or_equal($teacherids);
        $sql = "SELECT c.id, c.zohoid, c.teacherid
                  FROM {" . mirror::COURSE . "} c
                  JOIN {" . mirror::TEACHER . "} t ON t.zohoid = c.teacherid
                  JOIN {course} co ON co.id = c.courseid
                 WHERE c.teacherid $in AND c.deleted = 0 AND c.teacheruserid <> t.userid
              ORDER BY c.id";
        $classes = [];
        foreach ($DB->get_records_sql($sql, $params) as $row) {
            $classes[$row->teacherid][] = $row->zohoid;
        }
        return $classes;
    }

    /**
     * Enrol the teacher of a class who has become known after it, with the role that the class keeps for her. Runs under the
     * class's lock.
     *
     * @param string $class record id of the class in Zoho
     * @return bool whether there was something to do
     */
    public static function arrive(string $class): bool {
        global $DB;
        $mirror = new mirror(mirror::COURSE, [$class]);
        $known = $mirror->get($class);
        if (!$known || $known->deleted || !$DB->record_exists('course', ['id' => $known->courseid])) {
            return false;
        }
        $teacher = new self([$known->teacherid], [$known->courseid]);
        if ($teacher->settled($known, $known->teacherid, $known->teacherrole)) {
            return false;
        }
        row_runner::atomic(function () use ($mirror, $known, $teacher): array {
            $columns = $teacher->put((int) $known->courseid, $known, $known->teacherid, $known->teacherrole);
            $mirror->save(['zohoid' => $known->zohoid], $columns);
            return $columns;
        });
        return true;
    }

    /**
     * The account of a teacher. One that was deleted in Moodle counts as not known until her own row has made a new one.
     *
     * @param string $teacherid record id in Zoho, empty if none
     * @return int user id, 0 if none
     */
    private function account(string $teacherid): int {
        $userid = (int) ($this->teachers->get($teacherid)->userid ?? 0);
        return isset($this->accounts[$userid]) ? $userid : 0;
    }

    /**
     * Take back from a former teacher what the sync gave her. An enrolment stays as long as another role needs it.
     *
     * @param int $courseid
     * @param int[] $former teacheruserid, teacherroleid, teacherenrolid
     */
    private static function take_away(int $courseid, array $former): void {
        global $CFG, $DB;
        require_once($CFG->libdir . '/enrollib.php');

        $userid = $former['teacheruserid'];
        $context = \core\context\course::instance($courseid);
        if ($former['teacherroleid']) {
            role_unassign($former['teacherroleid'], $userid, $context->id);
        }
        if (!$former['teacherenrolid'] || get_user_roles($context, $userid, false)) {
            return;
        }
        $instance = $DB->get_record('enrol', ['id' => $former['teacherenrolid'], 'enrol' => 'manual']);
        if ($instance) {
            enrol_get_plugin('manual')->unenrol_user($instance, $userid);
        }
    }
}
