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

use local_zohosync\local\config;

/**
 * The teacher of a class in its course: enrolled when Zoho names her, taken out when Zoho names another.
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

    /**
     * Is the class's course as its teacher's record wants it?
     *
     * @param \stdClass $known the class's stored row
     * @param \stdClass|null $teacher stored row of the teacher whom Zoho names, null if none or not known yet
     * @return bool
     */
    public static function settled(\stdClass $known, ?\stdClass $teacher): bool {
        return (int) $known->teacheruserid === (int) ($teacher->userid ?? 0);
    }

    /**
     * Bring the teacher whom Zoho names into the course, and take the former one out.
     *
     * @param int $courseid the class's course
     * @param \stdClass|null $known the class's stored row
     * @param \stdClass|null $teacher stored row of the teacher, null if none or not known yet
     * @return int[] the columns to store with the class: teacheruserid, teacherroleid, teacherenrolid
     * @throws row_exception rolemissing
     */
    public static function put(int $courseid, ?\stdClass $known, ?\stdClass $teacher): array {
        global $DB;
        $former = $known && (int) $known->courseid === $courseid
            ? array_map('intval', array_intersect_key((array) $known, self::NONE))
            : self::NONE;
        // An account that was deleted in Moodle counts as not known until the teacher's own row has made a new one.
        $userid = $teacher ? (int) $DB->get_field('user', 'id', ['id' => $teacher->userid, 'deleted' => 0]) : 0;
        if ($userid === $former['teacheruserid']) {
            return $former;
        }
        $given = $userid ? self::give($courseid, $userid) : self::NONE;
        self::take_away($courseid, $former);
        return $given;
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
                 WHERE c.teacherid $in AND c.courseid <> 0 AND c.deleted = 0 AND c.teacheruserid <> t.userid
              ORDER BY c.id";
        $classes = [];
        foreach ($DB->get_records_sql($sql, $params) as $row) {
            $classes[$row->teacherid][] = $row->zohoid;
        }
        return $classes;
    }

    /**
     * Enrol the teacher of a class who has become known after it. Runs under the class's lock.
     *
     * @param string $class record id of the class in Zoho
     * @return bool whether there was something to do
     */
    public static function arrive(string $class): bool {
        global $DB;
        $mirror = new mirror(mirror::COURSE, [$class]);
        $known = $mirror->get($class);
        $teacher = $known ? (new mirror(mirror::TEACHER, [$known->teacherid]))->get($known->teacherid) : null;
        if (
            !$teacher || $known->deleted || self::settled($known, $teacher)
            || !$DB->record_exists('course', ['id' => $known->courseid])
        ) {
            return false;
        }
        row_runner::atomic(function () use ($mirror, $known, $teacher): array {
            $columns = self::put((int) $known->courseid, $known, $teacher);
            $mirror->save(['zohoid' => $known->zohoid], $columns);
            return $columns;
        });
        return true;
    }

    /**
     * Enrol a teacher with the configured role, as far as she is not enrolled already.
     *
     * @param int $courseid
     * @param int $userid
     * @return int[] what the sync gave: teacheruserid, and teacherroleid and teacherenrolid or 0
     * @throws row_exception rolemissing
     */
    private static function give(int $courseid, int $userid): array {
        global $CFG, $DB;
        require_once($CFG->libdir . '/enrollib.php');

        $shortname = config::teacher_role();
        $roleid = (int) $DB->get_field('role', 'id', ['shortname' => $shortname]);
        if (!$roleid) {
            throw new row_exception(result::ERROR, 'rolemissing', $shortname);
        }
        $context = \core\context\course::instance($courseid);
        $instance = manual_enrolments::instance($courseid);
        $hasrole = user_has_role_assignment($userid, $roleid, $context->id);
        $enrolled = $DB->record_exists('user_enrolments', ['enrolid' => $instance->id, 'userid' => $userid]);
        if (!$enrolled) {
            enrol_get_plugin('manual')->enrol_user($instance, $userid);
        }
        if (!$hasrole) {
            role_assign($roleid, $userid, $context->id);
        }
        return [
            'teacheruserid' => $userid,
            'teacherroleid' => $hasrole ? 0 : $roleid,
            'teacherenrolid' => $enrolled ? 0 : (int) $instance->id,
        ];
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
