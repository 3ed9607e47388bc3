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
 * Finds the Moodle account that belongs to a person in Zoho, a student or a teacher, without ever guessing.
 *
 * Accounts of a whole batch are read with two queries; what a batch creates is added as it goes.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class account_finder {
    /** @var array<string, string> What the people of each mirror table are, as in record keys. */
    public const KINDS = [mirror::STUDENT => 'student', mirror::TEACHER => 'teacher'];

    /** @var string Columns of the user table that are compared, shown or written. */
    private const COLUMNS = 'id, username, email, idnumber, firstname, lastname, city, country, suspended, deleted';

    /** @var array<int, \stdClass> accounts that were read, by id */
    private array $users = [];

    /** @var array<string, array> ids of the accounts that hold a value, by column and lower-case value */
    private array $index = [];

    /** @var array<int, string> Record key (student:… or teacher:…) of every linked account that was read */
    private array $links = [];

    /** @var int[] accounts that are never matched */
    private readonly array $protected;

    /**
     * Prepare for a batch.
     *
     * @param string $table mirror table of the batch's people
     * @param \stdClass[] $mirrors their stored rows
     */
    public function __construct(
        /** @var string mirror table of the batch's people */
        private readonly string $table,
        array $mirrors
    ) {
        global $CFG, $DB;
        $admins = array_map('intval', explode(',', (string) $CFG->siteadmins));
        $this->protected = [...$admins, (int) $CFG->siteguest, config::service_user_id()];
        $ids = [];
        foreach ($mirrors as $mirror) {
            $ids[] = $mirror->userid;
            $this->links[(int) $mirror->userid] = $this->key($mirror->zohoid);
        }
        if ($ids) {
            $this->remember($DB->get_records_list('user', 'id', $ids, '', self::COLUMNS));
        }
    }

    /**
     * Read every account that could belong to these people, and who they are linked to.
     *
     * @param array[] $rows
     */
    public function load_candidates(array $rows): void {
        global $CFG, $DB;
        if (!$rows) {
            return;
        }
        $params = ['host' => $CFG->mnet_localhost_id];
        $tests = [];
        foreach (['idnumber' => 'zohoid', 'LOWER(email)' => 'email', 'username' => 'username'] as $column => $field) {
            $values = array_unique(array_map('core_text::strtolower', array_column($rows, $field)));
            [$test, $in] = $DB->get_in_or_equal($values, SQL_PARAMS_NAMED);
            $tests[] = "$column $test";
            $params += $in;
        }
        $where = 'deleted = 0 AND mnethostid = :host AND (' . implode(' OR ', $tests) . ')';
        $found = $DB->get_records_select('user', $where, $params, 'id', self::COLUMNS);
        $this->remember($found);
        if (!$found) {
            return;
        }
        foreach (self::KINDS as $table => $kind) {
            foreach ($DB->get_records_list($table, 'userid', array_keys($found), '', 'userid, zohoid') as $link) {
                $this->links[(int) $link->userid] = "$kind:{$link->zohoid}";
            }
        }
    }

    /**
     * The account that a stored link points to.
     *
     * @param \stdClass|null $mirror the person's stored row
     * @return \stdClass|null null when there is no link or the account has been deleted
     */
    public function linked(?\stdClass $mirror): ?\stdClass {
        $user = $mirror ? ($this->users[(int) $mirror->userid] ?? null) : null;
        return $user && !$user->deleted ? $user : null;
    }

    /**
     * Is the person linked to an account with this address already, so that no other one needs to be looked at?
     *
     * @param \stdClass|null $mirror the person's stored row
     * @param string $email
     * @return bool
     */
    public function holds_email(?\stdClass $mirror, string $email): bool {
        return $this->linked($mirror)?->email === $email;
    }

    /**
     * The one account that belongs to a person who is not linked yet.
     *
     * Tiers: idnumber, e-mail address (case-insensitive), username. The first tier with a match decides.
     *
     * @param array $row the person
     * @return \stdClass|null null when an account has to be made
     * @throws row_exception usersambiguous, userlinkedelsewhere, userprotected
     */
    public function match(array $row): ?\stdClass {
        foreach (['idnumber' => 'zohoid', 'email' => 'email', 'username' => 'username'] as $column => $field) {
            $matches = $this->holders($column, $row[$field]);
            if (count($matches) > 1) {
                throw new row_exception(result::REFUSED, 'usersambiguous', (object) [
                    'what' => $column,
                    'value' => $row[$field],
                    'users' => implode(', ', array_map([self::class, 'name'], $matches)),
                ]);
            }
            if ($matches) {
                $user = reset($matches);
                $this->require_free($user, $row['zohoid']);
                return $user;
            }
        }
        return null;
    }

    /**
     * Refuse a new e-mail address that another account has.
     *
     * @param \stdClass $user the person's account
     * @param string $email the address it shall get
     * @throws row_exception emailtaken
     */
    public function require_email_free(\stdClass $user, string $email): void {
        foreach ($this->holders('email', $email) as $holder) {
            if ($holder->id != $user->id) {
                throw new row_exception(result::REFUSED, 'emailtaken', (object) [
                    'email' => $email,
                    'user' => self::name($user),
                    'holder' => self::name($holder),
                ]);
            }
        }
    }

    /**
     * Refuse accounts that the sync must not touch.
     *
     * @param \stdClass $user
     * @param string $zohoid the person who would be linked
     * @throws row_exception userlinkedelsewhere, userprotected
     */
    public function require_free(\stdClass $user, string $zohoid): void {
        if (in_array((int) $user->id, $this->protected, true)) {
            throw new row_exception(result::REFUSED, 'userprotected', self::name($user));
        }
        $key = $this->key($zohoid);
        $link = $this->links[(int) $user->id] ?? $key;
        if ($link !== $key) {
            throw new row_exception(result::REFUSED, 'userlinkedelsewhere', (object) [
                'user' => self::name($user),
                'key' => $link,
            ]);
        }
    }

    /**
     * Take note of an account that was just made, changed or linked.
     *
     * @param \stdClass $user with all columns
     * @param string $zohoid
     */
    public function note(\stdClass $user, string $zohoid): void {
        $this->remember([$user]);
        $this->links[(int) $user->id] = $this->key($zohoid);
    }

    /**
     * Record key of one of the batch's people.
     *
     * @param string $zohoid
     * @return string
     */
    private function key(string $zohoid): string {
        return self::KINDS[$this->table] . ':' . $zohoid;
    }

    /**
     * Accounts that hold a value.
     *
     * @param string $column idnumber, email or username
     * @param string $value
     * @return \stdClass[]
     */
    private function holders(string $column, string $value): array {
        $ids = $value === '' ? [] : ($this->index[$column][\core_text::strtolower($value)] ?? []);
        return array_intersect_key($this->users, $ids);
    }

    /**
     * Keep accounts that were read or written.
     *
     * @param \stdClass[] $users
     */
    private function remember(array $users): void {
        foreach ($users as $user) {
            $old = $this->users[(int) $user->id] ?? null;
            foreach (['idnumber', 'email', 'username'] as $column) {
                if ($old) {
                    unset($this->index[$column][\core_text::strtolower($old->$column)][(int) $user->id]);
                }
                if (!$user->deleted) {
                    $this->index[$column][\core_text::strtolower($user->$column)][(int) $user->id] = true;
                }
            }
            $this->users[(int) $user->id] = $user;
        }
    }

    /**
     * How an account is named in messages to staff.
     *
     * @param \stdClass $user
     * @return string
     */
    private static function name(\stdClass $user): string {
        return "{$user->username} (id {$user->id})";
    }
}
