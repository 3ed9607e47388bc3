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

namespace local_student_dashboard\local;

use core\context;
use core\exception\require_login_exception;
use core\exception\required_capability_exception;
use core\url;
use core\session\manager;
use core_user;
use local_student_dashboard\event\dashboard_viewed;
use stdClass;

/**
 * The one rule about who sees whose dashboard.
 *
 * Everybody sees her own. Another person's only with local/student_dashboard:viewany in that person's user context,
 * and each such view is logged. Guests see nothing. Finance takes capabilities of its own, and nobody who is logged in as
 * somebody else sees it or raises a request.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class access {
    /** @var string Capability to see one's own page. */
    private const VIEW = 'local/student_dashboard:view';

    /** @var string Capability to see another person's page. */
    public const VIEWANY = 'local/student_dashboard:viewany';

    /** @var string Capability to see one's own finance. */
    private const FINANCE = 'local/student_dashboard:viewfinance';

    /** @var string Capability to see another person's finance, besides VIEWANY. */
    private const ANYFINANCE = 'local/student_dashboard:viewanyfinance';

    /** @var string Capability to raise requests for oneself. */
    private const REQUEST = 'local/student_dashboard:request';

    /**
     * Finds out whose page the present user gets, and logs the view of another person's page.
     *
     * @param int $userid the user asked for, 0: herself
     * @return stdClass the user record of the page's owner
     * @throws require_login_exception for guests
     * @throws required_capability_exception when she may not see that page, and when there is no such user
     */
    public static function require_subject(int $userid = 0): stdClass {
        global $USER;
        if (!isloggedin() || isguestuser()) {
            throw new require_login_exception('Guests have no dashboard');
        }
        if ($userid === 0 || $userid === (int) $USER->id) {
            require_capability(self::VIEW, context\user::instance($USER->id));
            return core_user::get_user($USER->id, '*', MUST_EXIST);
        }
        return self::require_other($userid);
    }

    /**
     * Tells whether the present user may see this person's page; nothing is logged by asking.
     *
     * @param int $userid the owner of the page
     * @return bool false for an id that belongs to nobody
     */
    public static function may_view(int $userid): bool {
        if (!isloggedin() || isguestuser()) {
            return false;
        }
        $context = context\user::instance($userid, IGNORE_MISSING);
        if (self::is_own($userid)) {
            return $context && has_capability(self::VIEW, $context);
        }
        return $context && self::person($userid) && has_capability(self::VIEWANY, $context);
    }

    /**
     * Tells whether the present user holds a role that lets her see the page of anybody else.
     *
     * @return bool whose pages these are is for may_view() to say
     */
    public static function may_view_anybody(): bool {
        global $DB, $USER;
        if (!isloggedin() || isguestuser()) {
            return false;
        }
        if (has_capability(self::VIEWANY, context\system::instance())) {
            return true;
        }
        [$insql, $params] = $DB->get_in_or_equal(
            array_keys(get_roles_with_capability(self::VIEWANY, CAP_ALLOW)),
            SQL_PARAMS_NAMED,
            'role',
            true,
            0,
        );
        return $DB->record_exists_sql(
            "SELECT 1
               FROM {role_assignments} ra
               JOIN {context} c ON c.id = ra.contextid AND c.contextlevel = :level
              WHERE ra.userid = :userid AND ra.roleid $insql",
            $params + ['level' => CONTEXT_USER, 'userid' => $USER->id],
        );
    }

    /**
     * Tells whether a page is the present user's own.
     *
     * @param int $userid the owner of the page
     * @return bool
     */
    public static function is_own(int $userid): bool {
        global $USER;
        return $userid === (int) $USER->id;
    }

    /**
     * Logs that the present user sees a part of another person's page, unless it is in the log that she opened that page in
     * this session.
     *
     * @param int $userid the owner of the page, which the present user may see
     */
    public static function log_view_once(int $userid): void {
        global $SESSION;
        if (!self::is_own($userid) && empty($SESSION->local_student_dashboard_viewed[$userid])) {
            self::log_view(self::person($userid));
        }
    }

    /**
     * Tells whether the present user, who may see this page, may see the money on it as well.
     *
     * @param int $userid the owner of the page
     * @return bool never true for somebody who is logged in as another person
     */
    public static function may_see_finance(int $userid): bool {
        global $USER;
        if (!isloggedin() || isguestuser() || manager::is_loggedinas()) {
            return false;
        }
        $context = context\user::instance($userid, IGNORE_MISSING);
        return $context && has_capability($userid === (int) $USER->id ? self::FINANCE : self::ANYFINANCE, $context);
    }

    /**
     * Tells whether the present user may raise a request for this person: only a student for herself.
     *
     * @param int $userid the student
     * @return bool never true for somebody who is logged in as another person
     */
    public static function may_request(int $userid): bool {
        global $DB, $USER;
        return visibility::shows('requests')
            && isloggedin() && !isguestuser() && !manager::is_loggedinas() && $userid === (int) $USER->id
            && has_capability(self::REQUEST, context\user::instance($userid))
            && $DB->record_exists('local_zohosync_student', ['userid' => $userid, 'deleted' => 0]);
    }

    /**
     * Tells whether the present user may say that this person has seen her results: only a student herself.
     *
     * @param int $userid the student
     * @return bool never true for somebody who is logged in as another person
     */
    public static function may_acknowledge(int $userid): bool {
        return isloggedin() && !isguestuser() && !manager::is_loggedinas() && self::is_own($userid)
            && visibility::shows('grades');
    }

    /**
     * Lets the present user raise a request, or refuses.
     *
     * @throws required_capability_exception
     */
    public static function require_request(): void {
        global $USER;
        if (!self::may_request((int) $USER->id)) {
            throw new required_capability_exception(context\system::instance(), self::REQUEST, 'nopermissions', '');
        }
    }

    /**
     * Tells whether the present user should be shown a link to this person's dashboard.
     *
     * @param int $userid the owner of the dashboard
     * @return bool true when that person is a student and the present user may see the page
     */
    public static function is_offered(int $userid): bool {
        global $DB, $USER;
        if (during_initial_install() || !get_config('local_student_dashboard', 'version')) {
            return false;
        }
        if (!isloggedin() || isguestuser() || !$userid) {
            return false;
        }
        $context = context\user::instance($userid, IGNORE_MISSING);
        $capability = $userid === (int) $USER->id ? self::VIEW : self::VIEWANY;
        return $context && has_capability($capability, $context)
            && $DB->record_exists('local_zohosync_student', ['userid' => $userid]);
    }

    /**
     * Builds the address of a dashboard.
     *
     * @param int $userid its owner, 0: whoever follows the link
     * @param string $tab name of the tab to open, empty: the first
     * @return url
     */
    public static function url(int $userid = 0, string $tab = ''): url {
        return new url('/local/student_dashboard/index.php', array_filter(['userid' => $userid, 'tab' => $tab]));
    }

    /**
     * Lets the present user see another person's page, or refuses.
     *
     * An id that belongs to nobody is refused like one that belongs to somebody, so that ids cannot be probed.
     *
     * @param int $userid the other person
     * @return stdClass her user record
     * @throws required_capability_exception
     */
    private static function require_other(int $userid): stdClass {
        $user = self::person($userid);
        $context = context\user::instance($userid, IGNORE_MISSING);
        if (!$user || !$context) {
            throw new required_capability_exception(context\system::instance(), self::VIEWANY, 'nopermissions', '');
        }
        require_capability(self::VIEWANY, $context);
        self::log_view($user);
        return $user;
    }

    /**
     * Finds the account that has a page.
     *
     * @param int $userid its id
     * @return stdClass|null null when there is none, also for the guest and for deleted ones
     */
    private static function person(int $userid): ?stdClass {
        $user = core_user::get_user($userid);
        return $user && !$user->deleted && !isguestuser($user) ? $user : null;
    }

    /**
     * Logs that the present user opened another person's page.
     *
     * @param stdClass $user the owner of the page
     */
    private static function log_view(stdClass $user): void {
        global $SESSION;
        dashboard_viewed::of($user)->trigger();
        $SESSION->local_student_dashboard_viewed[$user->id] = true;
    }
}
