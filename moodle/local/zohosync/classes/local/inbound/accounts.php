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
 * Brings people from Zoho to Moodle: one account and one mirror row each, by the same rules whoever they are.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class accounts {
    /** @var string Mirror table of these people: one of mirror's constants. */
    protected const TABLE = '';

    /** @var string[] Fields that are calendar dates. */
    protected const DATES = [];

    /** @var array<string, int> Lengths that Moodle's user table sets; the address has no limit. */
    private const LENGTHS = [
        'username' => 100,
        'email' => 100,
        'firstname' => 100,
        'lastname' => 100,
        'address' => 0,
    ];

    /** @var mirror People who are known. */
    private mirror $mirror;

    /** @var account_finder Accounts of the batch. */
    private account_finder $accounts;

    /**
     * Take a batch.
     *
     * @param array[] $rows people as received
     */
    public function __construct(
        /** @var array[] people as received */
        protected readonly array $rows
    ) {
    }

    /**
     * Carry out the batch.
     *
     * Most batches bring nothing new: they are settled with two queries and no lock. What is left is locked, read again as
     * a whole (another request may just have written it), and then written row by row.
     *
     * @return array[] one result per row, in order
     */
    public function upsert(): array {
        $results = [];
        $work = [];
        foreach ($this->rows as $index => $row) {
            $results[$index] = row_runner::run($row['zohoid'], function () use ($row, $index, &$work): array {
                $work[$index] = self::cleaned($row);
                return [];
            });
        }
        $this->read($work);
        foreach ($work as $index => $row) {
            $results[$index] = $this->settled($row);
        }
        $work = array_filter($work, fn($index) => !$results[$index], ARRAY_FILTER_USE_KEY);
        return $work ? array_replace($results, $this->write_all($work)) : $results;
    }

    /**
     * Write the rows that need it.
     *
     * @param array[] $work cleaned rows, by their place in the batch
     * @return array[] results, by place in the batch
     */
    private function write_all(array $work): array {
        $locks = [];
        foreach ($work as $row) {
            $locks[] = account_finder::KINDS[static::TABLE] . ':' . $row['zohoid'];
            // Students and teachers share these: nobody else may match or make the same account meanwhile.
            $locks[] = 'account:' . \core_text::strtolower($row['email']);
            $locks[] = 'account:' . $row['username'];
        }
        try {
            return row_runner::locked($locks, function () use ($work): array {
                $this->read($work);
                return array_map(
                    fn($row) => row_runner::run($row['zohoid'], fn() => $this->settled($row) ?? $this->write($row)),
                    $work
                );
            });
        } catch (row_exception $e) {
            return array_map(
                fn($row) => result::row($row['zohoid'], $e->status, 0, $e->code(), $e->getMessage()),
                $work
            );
        }
    }

    /**
     * Read what is stored of the rows, and every account that may belong to them.
     *
     * @param array[] $rows cleaned rows
     */
    private function read(array $rows): void {
        $this->mirror = new mirror(static::TABLE, array_column($rows, 'zohoid'));
        $this->accounts = new account_finder(static::TABLE, $this->mirror->all());
        $this->accounts->load_candidates(array_filter(
            $rows,
            fn($row) => !$row['deleted'] && !$this->accounts->holds_email($this->mirror->get($row['zohoid']), $row['email'])
        ));
    }

    /**
     * Clean and check a row.
     *
     * @param array $row as received
     * @return array
     * @throws row_exception
     */
    private static function cleaned(array $row): array {
        $row = record_cleaner::clean($row, static::DATES, self::LENGTHS);
        $row['username'] = \core_text::strtolower($row['username']);
        return $row;
    }

    /**
     * The result of a row that is as it should be, because nothing but Zoho's time has to be written.
     *
     * @param array $row
     * @return array|null null when there is work
     */
    private function settled(array $row): ?array {
        $known = $this->mirror->get($row['zohoid']);
        if (!$known) {
            return $row['deleted'] ? result::row($row['zohoid'], result::UNCHANGED) : null;
        }
        $userid = (int) $known->userid;
        if ((int) $known->sourcetime > $row['sourcetime']) {
            return result::row($row['zohoid'], result::STALE, $userid);
        }
        $same = $row['deleted'] ? $known->deleted : !$known->deleted && $known->changehash === $row['changehash'];
        if (!$same || self::lacking($known, $this->accounts->linked($known), $row)) {
            return null;
        }
        $this->mirror->touch($known, $row['sourcetime']);
        return result::row($row['zohoid'], result::UNCHANGED, $userid);
    }

    /**
     * Which stored people have not the account that they say.
     *
     * @param \stdClass[] $rows mirror rows
     * @return string[] what of the account differs (names, separated by spaces), by the row's id; rows without a difference
     *     are absent
     */
    public static function differing(array $rows): array {
        $accounts = new account_finder(static::TABLE, $rows);
        $differing = [];
        foreach ($rows as $row) {
            if ($names = self::lacking($row, $accounts->linked($row), (array) $row)) {
                $differing[(int) $row->id] = implode(' ', $names);
            }
        }
        return $differing;
    }

    /**
     * What of an account is not as the stored row says?
     *
     * @param \stdClass $known the stored row
     * @param \stdClass|null $user the linked account, null when it is gone
     * @param array $row the same person as Zoho says
     * @return string[] columns of the account, or "user" when it is gone
     */
    private static function lacking(\stdClass $known, ?\stdClass $user, array $row): array {
        if ($known->deleted) {
            return $user && !$user->suspended ? ['suspended'] : [];
        }
        return $user ? array_keys(self::differences($user, $row, $known)) : ['user'];
    }

    /**
     * Create or update the account, then the mirror. Runs under the batch's locks.
     *
     * @param array $row
     * @return array its result
     */
    private function write(array $row): array {
        $known = $this->mirror->get($row['zohoid']);
        if ($row['deleted']) {
            return row_runner::atomic(fn() => $this->retire($row, $known));
        }
        self::require_account_fields($row);
        $user = $this->accounts->linked($known) ?? $this->accounts->match($row);
        return row_runner::atomic(fn() => $user ? $this->update($user, $row, $known) : $this->create($row));
    }

    /**
     * Make an account and link it.
     *
     * @param array $row
     * @return array its result
     */
    private function create(array $row): array {
        global $CFG, $DB;
        require_once($CFG->dirroot . '/user/lib.php');

        $auth = config::user_auth();
        $internal = get_auth_plugin($auth)->is_internal();
        $user = (object) (static::owned($row) + [
            'username' => $row['username'],
            'idnumber' => $row['zohoid'],
            'suspended' => (string) $row['suspended'],
            'auth' => $auth,
            'confirmed' => 1,
            'deleted' => '0',
            'mnethostid' => $CFG->mnet_localhost_id,
            // No password is set here: core mails one to accounts with the preference "create_password".
            'password' => $internal ? 'to be generated' : AUTH_PASSWORD_NOT_CACHED,
        ]);
        $user->id = user_create_user(clone $user, false);
        if ($internal) {
            // Nobody can have read the preferences of an account that is this new: the API's cache flags are not needed.
            $DB->insert_record('user_preferences', ['userid' => $user->id, 'name' => 'create_password', 'value' => '1'], false);
        }
        $this->mirror->save($row, ['userid' => $user->id]);
        $this->accounts->note($user, $row['zohoid']);
        return result::row($row['zohoid'], result::CREATED, (int) $user->id);
    }

    /**
     * Bring an account to what Zoho says, and link it.
     *
     * @param \stdClass $user
     * @param array $row
     * @param \stdClass|null $known the person's stored row
     * @return array its result
     */
    private function update(\stdClass $user, array $row, ?\stdClass $known): array {
        global $CFG;
        require_once($CFG->dirroot . '/user/lib.php');

        $this->accounts->require_free($user, $row['zohoid']);
        $changes = self::differences($user, $row, $known);
        if (isset($changes['email'])) {
            $this->accounts->require_email_free($user, $row['email']);
        }
        if ($changes) {
            user_update_user((object) (['id' => $user->id] + $changes), false);
            if (!empty($changes['suspended'])) {
                \core\session\manager::destroy_user_sessions($user->id);
            }
        }
        $this->mirror->save($row, ['userid' => $user->id]);
        $this->accounts->note((object) array_merge((array) $user, $changes), $row['zohoid']);
        return result::row($row['zohoid'], result::UPDATED, (int) $user->id);
    }

    /**
     * Suspend the account of somebody who was deleted in Zoho. Her fields stay as they were last known.
     *
     * @param array $row
     * @param \stdClass $known the person's stored row
     * @return array its result
     */
    private function retire(array $row, \stdClass $known): array {
        global $CFG;
        require_once($CFG->dirroot . '/user/lib.php');

        $user = $this->accounts->linked($known);
        if ($user && !$user->suspended) {
            $this->accounts->require_free($user, $row['zohoid']);
            user_update_user((object) ['id' => $user->id, 'suspended' => '1'], false);
            \core\session\manager::destroy_user_sessions($user->id);
            $user->suspended = '1';
        }
        $this->mirror->save(array_intersect_key($row, array_flip(['zohoid', 'sourcetime', 'deleted'])), []);
        return result::row($row['zohoid'], result::UPDATED, (int) $known->userid);
    }

    /**
     * What has to be written to an account.
     *
     * An idnumber is only given to accounts that have none. A suspension is only lifted if the sync made it: what an
     * administrator suspended stays so.
     *
     * @param \stdClass $user the account as it is
     * @param array $row the person as Zoho says
     * @param \stdClass|null $known the person's stored row
     * @return array<string, string> values by column
     */
    private static function differences(\stdClass $user, array $row, ?\stdClass $known): array {
        $wanted = static::owned($row);
        if ($user->idnumber === '') {
            $wanted['idnumber'] = $row['zohoid'];
        }
        if ($row['suspended']) {
            $wanted['suspended'] = '1';
        } else if ($known && ($known->suspended || $known->deleted)) {
            $wanted['suspended'] = '0';
        }
        return array_filter($wanted, fn($value, $column) => (string) $user->$column !== $value, ARRAY_FILTER_USE_BOTH);
    }

    /**
     * The columns of an account that Zoho owns.
     *
     * @param array $row
     * @return array<string, string> values by column
     */
    protected static function owned(array $row): array {
        return [
            'email' => $row['email'],
            'firstname' => \core_user::clean_field($row['firstname'], 'firstname'),
            'lastname' => \core_user::clean_field($row['lastname'], 'lastname'),
        ];
    }

    /**
     * Refuse a row from which no account can be made.
     *
     * @param array $row
     * @throws row_exception fieldmissing, emailinvalid, usernameinvalid
     */
    private static function require_account_fields(array $row): void {
        foreach (['username', 'email', 'firstname', 'lastname'] as $field) {
            if ($row[$field] === '') {
                throw new row_exception(result::ERROR, 'fieldmissing', $field);
            }
        }
        if (!validate_email($row['email'])) {
            throw new row_exception(result::ERROR, 'emailinvalid', $row['email']);
        }
        if (\core_user::clean_field($row['username'], 'username') !== $row['username']) {
            throw new row_exception(result::ERROR, 'usernameinvalid', $row['username']);
        }
    }
}
