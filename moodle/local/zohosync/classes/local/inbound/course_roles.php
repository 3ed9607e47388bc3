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
 * Who holds which role in the courses of a batch: read with one query, given through the manual enrolment plugin.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class course_roles {
    /** @var array<string, true> What people hold who are enrolled, by "courseid:userid:shortname". */
    private array $held = [];

    /** @var int[]|null Ids of the site's roles, by short name. */
    private ?array $ids = null;

    /**
     * Read what Moodle holds.
     *
     * @param int[] $courseids
     * @param int[] $userids
     */
    public function __construct(array $courseids, array $userids) {
        global $DB;
        if (!$courseids || !$userids) {
            return;
        }
        [$courses, $courseparams] = $DB->get_in_or_equal($courseids, SQL_PARAMS_NAMED, 'course');
        [$users, $userparams] = $DB->get_in_or_equal($userids, SQL_PARAMS_NAMED, 'user');
        $sql = "SELECT ra.id, ctx.instanceid AS courseid, ra.userid, r.shortname
                  FROM {role_assignments} ra
                  JOIN {context} ctx ON ctx.id = ra.contextid
                  JOIN {role} r ON r.id = ra.roleid
                 WHERE ctx.contextlevel = :level AND ctx.instanceid $courses AND ra.userid $users
                       AND EXISTS (
                           SELECT 1
                             FROM {user_enrolments} ue
                             JOIN {enrol} e ON e.id = ue.enrolid
                            WHERE ue.userid = ra.userid AND e.courseid = ctx.instanceid
                       )";
        $params = ['level' => CONTEXT_COURSE] + $courseparams + $userparams;
        foreach ($DB->get_records_sql($sql, $params) as $row) {
            $this->note((int) $row->courseid, (int) $row->userid, $row->shortname);
        }
    }

    /**
     * Is somebody in a course with a role?
     *
     * @param int $courseid
     * @param int $userid
     * @param string $role its short name
     * @return bool false for courses and people that were not read, unless they were noted
     */
    public function holds(int $courseid, int $userid, string $role): bool {
        return isset($this->held["$courseid:$userid:$role"]);
    }

    /**
     * Take note that somebody has just been given a role.
     *
     * @param int $courseid
     * @param int $userid
     * @param string $role its short name
     */
    public function note(int $courseid, int $userid, string $role): void {
        $this->held["$courseid:$userid:$role"] = true;
    }

    /**
     * Is there such a role?
     *
     * @param string $role its short name
     * @return bool
     */
    public function exists(string $role): bool {
        global $DB;
        $this->ids ??= array_map('intval', $DB->get_records_menu('role', [], '', 'shortname, id'));
        return isset($this->ids[$role]);
    }

    /**
     * Id of a role.
     *
     * @param string $role its short name
     * @return int
     * @throws row_exception rolemissing
     */
    public function id(string $role): int {
        if (!$this->exists($role)) {
            throw new row_exception(result::ERROR, 'rolemissing', $role);
        }
        return $this->ids[$role];
    }

    /**
     * Enrol somebody manually with a role, as far as she is not enrolled and does not have it already.
     *
     * @param int $courseid
     * @param int $userid
     * @param string $role its short name
     * @return int[] what was given now: roleid and enrolid (the instance), 0 for what she had before
     * @throws row_exception rolemissing
     */
    public function give(int $courseid, int $userid, string $role): array {
        global $CFG, $DB;
        require_once($CFG->libdir . '/enrollib.php');

        $roleid = $this->id($role);
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
        $this->note($courseid, $userid, $role);
        return ['roleid' => $hasrole ? 0 : $roleid, 'enrolid' => $enrolled ? 0 : (int) $instance->id];
    }
}
