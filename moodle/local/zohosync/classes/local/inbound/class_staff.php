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
 * The accounts that every class of a batch has by the agent's settings: brought into its course, never taken out again.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class class_staff {
    /** @var array<string, int[]> Accounts that go by a name, by that name. */
    private array $accounts = [];

    /** @var course_roles What they hold. */
    private readonly course_roles $roles;

    /**
     * Read with two queries what a batch needs.
     *
     * @param string[] $lists the classes' staff, as list() gives it
     * @param int[] $courseids their courses
     */
    public function __construct(array $lists, array $courseids) {
        $names = [];
        foreach (array_unique($lists) as $list) {
            $names = [...$names, ...array_column(self::lines($list), 'user')];
        }
        $this->find(array_values(array_unique($names)));
        $this->roles = new course_roles($courseids, array_unique(array_merge([], ...array_values($this->accounts))));
    }

    /**
     * Bring a class's staff into the one form in which it is compared and stored.
     *
     * @param array[] $lines user and role, as received
     * @return string JSON, empty when there are none
     */
    public static function list(array $lines): string {
        $clean = fn(string $text): string => trim(clean_param(fix_utf8($text), PARAM_TEXT));
        $lines = array_map(fn(array $line): array => [
            'user' => $clean($line['user']),
            'role' => $clean($line['role']),
        ], array_values($lines));
        return $lines ? json_encode($lines, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE) : '';
    }

    /**
     * Is everybody who can be found in the course?
     *
     * @param int $courseid
     * @param string $list as list() gives it
     * @return bool
     */
    public function settled(int $courseid, string $list): bool {
        foreach (self::lines($list) as $line) {
            $userid = $this->account($line);
            if ($userid && !$this->roles->holds($courseid, $userid, $line['role'])) {
                return false;
            }
        }
        return true;
    }

    /**
     * Bring everybody who can be found into the course.
     *
     * @param int $courseid
     * @param string $list as list() gives it
     */
    public function put(int $courseid, string $list): void {
        foreach (self::lines($list) as $line) {
            $userid = $this->account($line);
            if ($userid && !$this->roles->holds($courseid, $userid, $line['role'])) {
                $this->roles->give($courseid, $userid, $line['role']);
            }
        }
    }

    /**
     * Say in the result of a class who of its staff cannot be found.
     *
     * @param string $list as list() gives it
     * @param array $result of a row that succeeded
     * @return array the result, with "staffmissing" if need be
     */
    public function name_missing(string $list, array $result): array {
        $missing = array_filter(self::lines($list), fn($line) => !$this->account($line));
        if (!$missing) {
            return $result;
        }
        $names = implode(', ', array_map(fn($line) => "{$line['user']} ({$line['role']})", $missing));
        $message = get_string('error:staffmissing', 'local_zohosync', $names);
        return ['errorcode' => 'staffmissing', 'message' => $message] + $result;
    }

    /**
     * The only account that a line names.
     *
     * @param string[] $line user and role
     * @return int user id, 0 when there is none, or more than one, or no such role
     */
    private function account(array $line): int {
        $found = $this->accounts[\core_text::strtolower($line['user'])] ?? [];
        return count($found) === 1 && $this->roles->exists($line['role']) ? $found[0] : 0;
    }

    /**
     * Read the accounts that go by any of these names.
     *
     * @param string[] $names user names, ID numbers or e-mail addresses
     */
    private function find(array $names): void {
        global $CFG, $DB;
        $names = array_values(array_filter($names, fn($name) => $name !== ''));
        if (!$names) {
            return;
        }
        $lower = array_map('core_text::strtolower', $names);
        [$usernames, $params] = $DB->get_in_or_equal($lower, SQL_PARAMS_NAMED);
        [$emails, $emailparams] = $DB->get_in_or_equal($lower, SQL_PARAMS_NAMED);
        [$idnumbers, $idparams] = $DB->get_in_or_equal($lower, SQL_PARAMS_NAMED);
        $where = "deleted = 0 AND mnethostid = :host AND id <> :guest
                  AND (username $usernames OR LOWER(email) $emails OR LOWER(idnumber) $idnumbers)";
        $params += $emailparams + $idparams + ['host' => $CFG->mnet_localhost_id, 'guest' => $CFG->siteguest];
        foreach ($DB->get_records_select('user', $where, $params, 'id', 'id, username, email, idnumber') as $user) {
            $itsnames = array_map('core_text::strtolower', [$user->username, $user->email, $user->idnumber]);
            foreach (array_intersect(array_unique($itsnames), $lower) as $name) {
                $this->accounts[$name][] = (int) $user->id;
            }
        }
    }

    /**
     * The lines of a list.
     *
     * @param string $list as list() gives it
     * @return array[] user and role
     */
    private static function lines(string $list): array {
        return $list === '' ? [] : json_decode($list, true, 4, JSON_THROW_ON_ERROR);
    }
}
