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
 * Manual enrolments of a batch: read with three queries, written through the enrolment plugin.
 *
 * What is wanted is an array: "state", one of the constants below; "timestart" and "timeend", unix seconds, null leaves what
 * is there; "role", a short name.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class manual_enrolments {
    /** @var string Enrolled, with the role. */
    public const ACTIVE = 'active';
    /** @var string If enrolled, suspended. */
    public const SUSPENDED = 'suspended';
    /** @var string Not enrolled. */
    public const ABSENT = 'absent';
    /** @var string Enrolled or suspended or neither, as it is. */
    public const AS_IS = 'as it is';

    /** @var array<int, \stdClass> Manual enrolment instances, by course id. */
    private array $instances = [];

    /** @var array<string, \stdClass> User enrolments (status, timestart, timeend), by "userid:courseid". */
    private array $enrolments = [];

    /** @var course_roles Roles of the users in the courses. */
    private readonly course_roles $roles;

    /**
     * Read what Moodle holds.
     *
     * @param int[] $userids
     * @param int[] $courseids
     */
    public function __construct(array $userids, array $courseids) {
        global $CFG, $DB;
        require_once($CFG->libdir . '/enrollib.php');

        $this->roles = new course_roles($courseids, $userids);
        $params = ['enrol' => 'manual', 'status' => ENROL_INSTANCE_ENABLED];
        if (!$userids || !$courseids) {
            return;
        }
        [$courses, $courseparams] = $DB->get_in_or_equal($courseids, SQL_PARAMS_NAMED, 'course');
        $where = "enrol = :enrol AND status = :status AND courseid $courses";
        foreach ($DB->get_records_select('enrol', $where, $params + $courseparams, 'sortorder, id') as $instance) {
            $this->instances[(int) $instance->courseid] ??= $instance;
        }
        $this->read_enrolments($userids);
    }

    /**
     * Refuse a role that does not exist.
     *
     * @param string $role short name
     * @throws row_exception rolemissing
     */
    public function require_role(string $role): void {
        $this->roles->id($role);
    }

    /**
     * What of an enrolment is not as wanted?
     *
     * @param int $userid
     * @param int $courseid
     * @param array $wanted
     * @return string[] of status, startdate, enddate, role; empty when all is
     */
    public function differing(int $userid, int $courseid, array $wanted): array {
        $enrolment = $this->enrolments["$userid:$courseid"] ?? null;
        if (!$enrolment || $wanted['state'] === self::ABSENT) {
            return !$enrolment && $wanted['state'] !== self::ACTIVE ? [] : ['status'];
        }
        $active = $enrolment->status == ENROL_USER_ACTIVE;
        [$start, $end] = [$wanted['timestart'], $wanted['timeend']];
        return array_keys(array_filter([
            'status' => $wanted['state'] !== self::AS_IS && $active !== ($wanted['state'] === self::ACTIVE),
            'startdate' => $start !== null && (int) $enrolment->timestart !== $start,
            'enddate' => $end !== null && (int) $enrolment->timeend !== $end,
            'role' => $wanted['state'] === self::ACTIVE && !$this->roles->holds($courseid, $userid, $wanted['role']),
        ]));
    }

    /**
     * Enrol, or bring an enrolment to what is wanted.
     *
     * @param int $userid
     * @param int $courseid
     * @param array $wanted what is not there already, by differing()
     * @return bool whether the student was enrolled now
     */
    public function put(int $userid, int $courseid, array $wanted): bool {
        global $DB;
        $instance = $this->instances[$courseid] ??= self::instance($courseid);
        $plugin = enrol_get_plugin('manual');
        $name = "$userid:$courseid";
        if ($wanted['state'] === self::ABSENT) {
            $plugin->unenrol_user($instance, $userid);
            unset($this->enrolments[$name]);
            return false;
        }
        [$start, $end] = [$wanted['timestart'], $wanted['timeend']];
        if ($wanted['state'] === self::ACTIVE) {
            $roleid = $this->roles->id($wanted['role']);
            $new = !isset($this->enrolments[$name]);
            $recover = $new && self::left_grades($userid, $courseid) ? true : null;
            $plugin->enrol_user($instance, $userid, $roleid, $start, $end, ENROL_USER_ACTIVE, $recover);
            $this->roles->note($courseid, $userid, $wanted['role']);
        } else {
            $new = false;
            $status = $wanted['state'] === self::SUSPENDED ? ENROL_USER_SUSPENDED : null;
            $plugin->update_user_enrol($instance, $userid, $status, $start, $end);
        }
        $columns = ['enrolid' => $instance->id, 'userid' => $userid];
        $this->enrolments[$name] = $DB->get_record('user_enrolments', $columns, 'status, timestart, timeend', MUST_EXIST);
        return $new;
    }

    /**
     * Take away a role that the student had by an earlier setting.
     *
     * @param int $userid
     * @param int $courseid
     * @param string $role short name
     */
    public function take_role(int $userid, int $courseid, string $role): void {
        if ($this->roles->exists($role)) {
            role_unassign($this->roles->id($role), $userid, \core\context\course::instance($courseid)->id);
        }
    }

    /**
     * Read the user enrolments of the instances.
     *
     * @param int[] $userids
     */
    private function read_enrolments(array $userids): void {
        global $DB;
        if (!$this->instances) {
            return;
        }
        [$users, $userparams] = $DB->get_in_or_equal($userids, SQL_PARAMS_NAMED, 'user');
        [$enrols, $params] = $DB->get_in_or_equal(array_column($this->instances, 'id'), SQL_PARAMS_NAMED, 'enrol');
        $sql = "SELECT ue.id, ue.userid, e.courseid, ue.status, ue.timestart, ue.timeend
                  FROM {user_enrolments} ue
                  JOIN {enrol} e ON e.id = ue.enrolid
                 WHERE ue.userid $users AND ue.enrolid $enrols";
        foreach ($DB->get_records_sql($sql, $params + $userparams) as $row) {
            $this->enrolments["{$row->userid}:{$row->courseid}"] = $row;
        }
    }

    /**
     * Did the student leave the course with grades that only the gradebook's history still has?
     *
     * Moodle deletes the grades of whoever loses her last enrolment. Unless the site recovers them for everybody they come back
     * only when they are asked for; asking where there are grades makes Moodle complain.
     *
     * @param int $userid
     * @param int $courseid
     * @return bool
     */
    private static function left_grades(int $userid, int $courseid): bool {
        global $CFG, $DB;
        if (!empty($CFG->disablegradehistory)) {
            return false;
        }
        $sql = "SELECT h.id
                  FROM {grade_grades_history} h
                  JOIN {grade_items} gi ON gi.id = h.itemid
                 WHERE h.userid = :former AND gi.courseid = :left
                       AND NOT EXISTS (
                           SELECT 1
                             FROM {grade_grades} g
                             JOIN {grade_items} i ON i.id = g.itemid
                            WHERE g.userid = :userid AND i.courseid = :courseid
                       )";
        $params = ['former' => $userid, 'left' => $courseid, 'userid' => $userid, 'courseid' => $courseid];
        return $DB->record_exists_sql($sql, $params);
    }

    /**
     * The course's manual enrolment instance, made when it has none. Serialised, so that a course never gets two.
     *
     * @param int $courseid
     * @return \stdClass
     */
    public static function instance(int $courseid): \stdClass {
        global $DB;
        return row_runner::locked(['enrolinstance:' . $courseid], function () use ($DB, $courseid): \stdClass {
            $found = $DB->get_records('enrol', ['courseid' => $courseid, 'enrol' => 'manual'], 'status, sortorder, id', '*', 0, 1);
            $instance = reset($found);
            $plugin = enrol_get_plugin('manual');
            if (!$instance) {
                $course = $DB->get_record('course', ['id' => $courseid], '*', MUST_EXIST);
                $id = $plugin->add_instance($course, ['status' => ENROL_INSTANCE_ENABLED]);
                $instance = $DB->get_record('enrol', ['id' => $id], '*', MUST_EXIST);
            } else if ($instance->status != ENROL_INSTANCE_ENABLED) {
                $plugin->update_status($instance, ENROL_INSTANCE_ENABLED);
            }
            return $instance;
        });
    }
}
