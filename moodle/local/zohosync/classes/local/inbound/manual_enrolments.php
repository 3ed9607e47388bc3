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
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class manual_enrolments {
    /** @var string Shortname of the role that students get. */
    private const ROLE = 'student';

    /** @var array<int, \stdClass> Manual enrolment instances, by course id. */
    private array $instances = [];

    /** @var array<string, \stdClass> User enrolments (status, timestart, timeend, hasrole), by "userid:courseid". */
    private array $enrolments = [];

    /** @var int|null Id of the student role. */
    private ?int $roleid = null;

    /**
     * Read what Moodle holds.
     *
     * @param int[] $userids
     * @param int[] $courseids
     */
    public function __construct(array $userids, array $courseids) {
        global $CFG, $DB;
        require_once($CFG->libdir . '/enrollib.php');

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
     * Is the student enrolled as wanted?
     *
     * @param int $userid
     * @param int $courseid
     * @param array $wanted status, timestart, timeend
     * @return bool
     */
    public function holds(int $userid, int $courseid, array $wanted): bool {
        $enrolment = $this->enrolments["$userid:$courseid"] ?? null;
        if (!$enrolment) {
            return $wanted['status'] == ENROL_USER_SUSPENDED;
        }
        return (int) $enrolment->status === $wanted['status']
            && ($wanted['status'] == ENROL_USER_SUSPENDED || (
                (int) $enrolment->timestart === $wanted['timestart']
                && (int) $enrolment->timeend === $wanted['timeend']
                && $enrolment->hasrole
            ));
    }

    /**
     * Enrol, or bring an enrolment to what is wanted.
     *
     * @param int $userid
     * @param int $courseid
     * @param array $wanted status, timestart, timeend
     * @return bool whether the student was enrolled now
     */
    public function put(int $userid, int $courseid, array $wanted): bool {
        $instance = $this->instances[$courseid] ??= self::instance($courseid);
        $new = !isset($this->enrolments["$userid:$courseid"]);
        $plugin = enrol_get_plugin('manual');
        if ($wanted['status'] == ENROL_USER_SUSPENDED) {
            $plugin->update_user_enrol($instance, $userid, ENROL_USER_SUSPENDED);
            $this->enrolments["$userid:$courseid"]->status = ENROL_USER_SUSPENDED;
            return false;
        }
        $plugin->enrol_user($instance, $userid, $this->role(), $wanted['timestart'], $wanted['timeend'], $wanted['status']);
        $this->enrolments["$userid:$courseid"] = (object) ($wanted + ['hasrole' => 1]);
        return $new;
    }

    /**
     * Read the user enrolments of the instances, and whether the user holds the student role there.
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
        $sql = "SELECT ue.id, ue.userid, e.courseid, ue.status, ue.timestart, ue.timeend,
                       CASE WHEN EXISTS (
                           SELECT 1
                             FROM {role_assignments} ra
                             JOIN {context} ctx ON ctx.id = ra.contextid
                             JOIN {role} r ON r.id = ra.roleid
                            WHERE ctx.contextlevel = :level AND ctx.instanceid = e.courseid
                                  AND ra.userid = ue.userid AND r.shortname = :role
                       ) THEN 1 ELSE 0 END AS hasrole
                  FROM {user_enrolments} ue
                  JOIN {enrol} e ON e.id = ue.enrolid
                 WHERE ue.userid $users AND ue.enrolid $enrols";
        $params += $userparams + ['level' => CONTEXT_COURSE, 'role' => self::ROLE];
        foreach ($DB->get_records_sql($sql, $params) as $row) {
            $this->enrolments["{$row->userid}:{$row->courseid}"] = $row;
        }
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

    /**
     * Id of the student role.
     *
     * @return int
     * @throws row_exception rolemissing
     */
    private function role(): int {
        global $DB;
        $this->roleid ??= (int) $DB->get_field('role', 'id', ['shortname' => self::ROLE]);
        if (!$this->roleid) {
            throw new row_exception(result::ERROR, 'rolemissing', self::ROLE);
        }
        return $this->roleid;
    }
}
