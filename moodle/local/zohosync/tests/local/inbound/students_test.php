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
 * Students from Zoho become accounts.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\inbound\accounts
 * @covers \local_zohosync\local\inbound\students
 * @covers \local_zohosync\local\inbound\account_finder
 * @covers \local_zohosync\local\inbound\record_cleaner
 * @covers \local_zohosync\local\inbound\mirror
 * @covers \local_zohosync\local\inbound\country
 */
final class students_test extends \advanced_testcase {
    /** @var \local_zohosync_generator Makes rows. */
    private \local_zohosync_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        // Rows are rolled back one by one, which the test's own transaction would not survive.
        $this->preventResetByRollback();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
    }

    /**
     * A new student gets an account with everything that Zoho says, by core's API.
     */
    public function test_create(): void {
        global $DB;
        $sink = $this->redirectEvents();
        $row = $this->generator->student_row([
            'firstname' => str_repeat('م', 100), 'lastname' => "O'Brien 😀", 'country' => 'Jordan', 'phone' => '+962 7',
            'username' => 'NEW@college.example', 'email' => 'New@college.example',
        ]);
        $result = $this->one($row);
        $this->assertSame(['created', ''], [$result['status'], $result['errorcode']]);
        $user = $DB->get_record('user', ['id' => $result['moodleid']], '*', MUST_EXIST);
        $this->assertSame(str_repeat('م', 100), $user->firstname);
        $this->assertSame("O'Brien 😀", $user->lastname);
        $this->assertSame(['new@college.example', 'New@college.example'], [$user->username, $user->email]);
        $this->assertSame(['JO', 'Amman', 'manual', $row['zohoid']], [$user->country, $user->city, $user->auth, $user->idnumber]);
        $this->assertSame(['0', '1'], [$user->suspended, $user->confirmed]);
        $this->assertSame('1', get_user_preferences('create_password', null, $user->id));
        $mirror = $DB->get_record('local_zohosync_student', ['zohoid' => $row['zohoid']], '*', MUST_EXIST);
        $this->assertSame($user->id, $mirror->userid);
        foreach (array_diff_key($row, ['username' => 1]) as $field => $value) {
            $this->assertSame((string) $value, $mirror->$field, $field);
        }
        $created = array_filter($sink->get_events(), fn($event) => $event instanceof \core\event\user_created);
        $this->assertCount(1, $created);
    }

    /**
     * Accounts that sign in elsewhere get no password from Moodle.
     */
    public function test_create_with_external_authentication(): void {
        global $DB;
        set_config('userauth', 'oauth2', 'local_zohosync');
        $id = $this->one($this->generator->student_row())['moodleid'];
        $user = $DB->get_record('user', ['id' => $id]);
        $this->assertSame(['oauth2', AUTH_PASSWORD_NOT_CACHED], [$user->auth, $user->password]);
        $this->assertNull(get_user_preferences('create_password', null, $id));
    }

    /**
     * A second identical batch writes nothing, and asks little.
     */
    public function test_second_batch_writes_nothing(): void {
        global $DB;
        $rows = array_map(fn() => $this->generator->student_row(), range(1, 50));
        $this->assertSame(array_fill(0, 50, 'created'), $this->statuses($rows));
        $writes = $DB->perf_get_writes();
        $reads = $DB->perf_get_reads();
        $this->assertSame(array_fill(0, 50, 'unchanged'), $this->statuses($rows));
        $this->assertSame($writes, $DB->perf_get_writes());
        $this->assertLessThanOrEqual(4, $DB->perf_get_reads() - $reads);
    }

    /**
     * A change in Zoho reaches the account; a value cleared in Zoho is cleared.
     */
    public function test_update(): void {
        $row = $this->generator->student_row();
        $id = $this->one($row)['moodleid'];
        $new = ['firstname' => 'Other', 'city' => '', 'email' => 'other@college.example', 'sourcetime' => 2000];
        $new['changehash'] = md5('2');
        $result = $this->one($new + $row);
        $this->assertSame(['updated', $id], [$result['status'], $result['moodleid']]);
        $user = \core_user::get_user($id);
        $this->assertSame(['Other', '', 'other@college.example'], [$user->firstname, $user->city, $user->email]);
        $this->assertSame($row['username'], $user->username);
    }

    /**
     * An edit in Moodle of what Zoho owns is mended although Zoho's record did not change; everything else is left alone.
     */
    public function test_drift_is_mended(): void {
        global $DB;
        $row = $this->generator->student_row();
        $id = $this->one($row)['moodleid'];
        $DB->update_record('user', (object) ['id' => $id, 'lastname' => 'Edited', 'description' => 'Mine', 'username' => 'mine']);
        $this->assertSame('updated', $this->one($row)['status']);
        $user = $DB->get_record('user', ['id' => $id]);
        $this->assertSame([$row['lastname'], 'Mine', 'mine'], [$user->lastname, $user->description, $user->username]);
        $this->assertSame('unchanged', $this->one($row)['status']);
    }

    /**
     * What is older than what is stored changes nothing.
     */
    public function test_stale(): void {
        $row = $this->generator->student_row(['sourcetime' => 2000]);
        $id = $this->one($row)['moodleid'];
        $result = $this->one(['firstname' => 'Old', 'sourcetime' => 1999, 'changehash' => md5('old')] + $row);
        $this->assertSame(['stale', $id], [$result['status'], $result['moodleid']]);
        $this->assertSame($row['firstname'], \core_user::get_user($id)->firstname);
    }

    /**
     * Deleted in Zoho: suspended, never deleted; her fields stay. Restored in Zoho: back.
     */
    public function test_delete_and_restore(): void {
        global $DB;
        $row = $this->generator->student_row();
        $id = $this->one($row)['moodleid'];
        $blank = array_map(fn($value) => is_int($value) ? $value : '', $row);
        $tombstone = ['zohoid' => $row['zohoid'], 'deleted' => 1, 'sourcetime' => 2000] + $blank;
        $this->assertSame('updated', $this->one($tombstone)['status']);
        $user = $DB->get_record('user', ['id' => $id]);
        $this->assertSame(['1', '0', $row['email']], [$user->suspended, $user->deleted, $user->email]);
        $mirror = $DB->get_record('local_zohosync_student', ['zohoid' => $row['zohoid']]);
        $this->assertSame(['1', $row['email']], [$mirror->deleted, $mirror->email]);
        $this->assertSame('unchanged', $this->one($tombstone)['status']);
        $this->assertSame('updated', $this->one(['sourcetime' => 3000] + $row)['status']);
        $this->assertSame('0', $DB->get_field('user', 'suspended', ['id' => $id]));
        $this->assertSame('0', $DB->get_field('local_zohosync_student', 'deleted', ['zohoid' => $row['zohoid']]));
        // A record that was deleted before it was ever seen is nothing.
        $this->assertSame('unchanged', $this->one(['zohoid' => $this->generator->zohoid()] + $tombstone)['status']);
    }

    /**
     * What an administrator suspended is not activated by the sync.
     */
    public function test_suspension_by_an_administrator_stays(): void {
        global $DB;
        $row = $this->generator->student_row();
        $id = $this->one($row)['moodleid'];
        $DB->set_field('user', 'suspended', 1, ['id' => $id]);
        $this->one(['firstname' => 'New', 'changehash' => md5('new')] + $row);
        $this->assertSame(['New', '1'], array_values((array) $DB->get_record('user', ['id' => $id], 'firstname, suspended')));
    }

    /**
     * How an account that exists is recognised.
     *
     * @return array[]
     */
    public static function tiers(): array {
        return [
            'idnumber' => [['idnumber' => '5725767000000999999', 'email' => 'a@x.example', 'username' => 'a']],
            'e-mail in other letters' => [['email' => 'STUDENT@College.example', 'username' => 'a']],
            'username' => [['email' => 'a@x.example', 'username' => 'student@college.example']],
        ];
    }

    /**
     * An account that exists is adopted; its own idnumber is not overwritten.
     *
     * @param array $existing
     * @dataProvider tiers
     */
    public function test_adopt(array $existing): void {
        $user = $this->getDataGenerator()->create_user($existing);
        $result = $this->one($this->student());
        $this->assertSame(['updated', (int) $user->id], [$result['status'], $result['moodleid']]);
        $this->assertSame('5725767000000999999', \core_user::get_user($user->id)->idnumber);
        $this->assertSame('student@college.example', \core_user::get_user($user->id)->email);
        $this->assertSame('unchanged', $this->one($this->student())['status']);
    }

    /**
     * An idnumber that the college gave is kept.
     */
    public function test_foreign_idnumber_is_kept(): void {
        $user = $this->getDataGenerator()->create_user(['email' => 'student@college.example', 'idnumber' => 'R-17']);
        $this->assertSame('updated', $this->one($this->student())['status']);
        $this->assertSame('R-17', \core_user::get_user($user->id)->idnumber);
        $this->assertSame('unchanged', $this->one($this->student())['status']);
    }

    /**
     * Two accounts with one e-mail address: refused, both named, nothing guessed.
     */
    public function test_ambiguous(): void {
        global $DB;
        $one = $this->getDataGenerator()->create_user(['username' => 'one', 'email' => 'student@college.example']);
        $two = $this->getDataGenerator()->create_user(['username' => 'two', 'email' => 'STUDENT@college.example']);
        $result = $this->one($this->student());
        $this->assertSame(['refused', 'usersambiguous', 0], [$result['status'], $result['errorcode'], $result['moodleid']]);
        foreach ([$one, $two] as $user) {
            $this->assertStringContainsString("{$user->username} (id {$user->id})", $result['message']);
        }
        $this->assertSame(0, $DB->count_records('local_zohosync_student'));
        // A better tier decides before it.
        $three = $this->getDataGenerator()->create_user(['idnumber' => '5725767000000999999']);
        $this->assertSame((int) $three->id, 0 + $DB->get_field('user', 'id', ['idnumber' => '5725767000000999999']));
        $this->assertSame('updated', $this->one(['email' => 'third@college.example'] + $this->student())['status']);
    }

    /**
     * An account belongs to one student only: within a batch and later.
     */
    public function test_linked_elsewhere(): void {
        $first = $this->generator->student_row(['email' => 'same@college.example', 'username' => 'first']);
        $second = $this->generator->student_row(['email' => 'SAME@college.example', 'username' => 'second']);
        $results = (new students([$first, $second]))->upsert();
        $this->assertSame(['created', 'refused'], array_column($results, 'status'));
        $this->assertSame('userlinkedelsewhere', $results[1]['errorcode']);
        $this->assertStringContainsString($first['zohoid'], $results[1]['message']);
        $third = $this->generator->student_row(['username' => 'first']);
        $this->assertSame('userlinkedelsewhere', $this->one($third)['errorcode']);
    }

    /**
     * A new e-mail address that another account has is refused, not doubled.
     */
    public function test_email_taken(): void {
        $row = $this->generator->student_row();
        $id = $this->one($row)['moodleid'];
        $this->getDataGenerator()->create_user(['username' => 'holder', 'email' => 'taken@college.example']);
        $result = $this->one(['email' => 'Taken@college.example', 'changehash' => md5('x')] + $row);
        $this->assertSame(['refused', 'emailtaken'], [$result['status'], $result['errorcode']]);
        $this->assertStringContainsString('holder', $result['message']);
        $this->assertSame($row['email'], \core_user::get_user($id)->email);
    }

    /**
     * Administrators, the guest and the agent's account are never matched.
     */
    public function test_protected(): void {
        global $DB;
        $agent = $this->getDataGenerator()->create_user();
        set_config('serviceuserid', $agent->id, 'local_zohosync');
        foreach ([get_admin(), guest_user(), $agent] as $user) {
            $before = $DB->get_record('user', ['id' => $user->id]);
            $result = $this->one($this->generator->student_row(['username' => $user->username]));
            $this->assertSame(['refused', 'userprotected'], [$result['status'], $result['errorcode']], $user->username);
            $this->assertEquals($before, $DB->get_record('user', ['id' => $user->id]));
        }
    }

    /**
     * An account that somebody deleted in Moodle is made anew.
     */
    public function test_account_deleted_in_moodle(): void {
        $row = $this->generator->student_row();
        $id = $this->one($row)['moodleid'];
        delete_user(\core_user::get_user($id));
        $result = $this->one($row);
        $this->assertSame('created', $result['status']);
        $this->assertNotSame($id, $result['moodleid']);
    }

    /**
     * Rows that cannot be written, and why.
     *
     * @return array[]
     */
    public static function bad_rows(): array {
        return [
            'no e-mail' => [['email' => ''], 'fieldmissing'],
            'no name' => [['firstname' => ' '], 'fieldmissing'],
            'markup only' => [['lastname' => '<b></b>'], 'fieldmissing'],
            'no e-mail address' => [['email' => 'nobody'], 'emailinvalid'],
            'username' => [['username' => 'a b'], 'usernameinvalid'],
            'date' => [['birthdate' => '2001-02-30'], 'dateinvalid'],
            'long name' => [['firstname' => str_repeat('x', 101)], 'valuetoolong'],
            'long text' => [['major' => str_repeat('x', 256)], 'valuetoolong'],
            'record id' => [['zohoid' => '12'], 'idinvalid'],
            'hash' => [['changehash' => 'x'], 'hashinvalid'],
        ];
    }

    /**
     * A bad row costs itself only.
     *
     * @param array $fields
     * @param string $errorcode
     * @dataProvider bad_rows
     */
    public function test_bad_row(array $fields, string $errorcode): void {
        global $DB;
        $rows = [$this->generator->student_row(), $fields + $this->generator->student_row(), $this->generator->student_row()];
        $results = (new students($rows))->upsert();
        $this->assertSame(['created', 'error', 'created'], array_column($results, 'status'));
        $this->assertSame(['', $errorcode, ''], array_column($results, 'errorcode'));
        $this->assertSame(array_column($rows, 'zohoid'), array_column($results, 'zohoid'));
        $this->assertNotSame('', $results[1]['message']);
        $this->assertSame(2, $DB->count_records('local_zohosync_student'));
    }

    /**
     * A row that fails half-way leaves nothing behind, and the next one goes on.
     */
    public function test_half_a_row_is_rolled_back(): void {
        global $DB;
        $rows = [$this->generator->student_row(), $this->generator->student_row()];
        // The mirror cannot take the first row after its account was made: another row has its key.
        $thief = $this->generator->student_row();
        $DB->insert_record('local_zohosync_student', (object) (['userid' => $this->next_user_id()] + $thief));
        $results = (new students($rows))->upsert();
        $this->assertSame(['error', 'created'], array_column($results, 'status'));
        $this->assertFalse($DB->record_exists('user', ['username' => $rows[0]['username']]));
        $this->assertDebuggingCalled();
    }

    /**
     * Values from Zoho are text: markup does not get in.
     */
    public function test_markup_is_removed(): void {
        global $DB;
        $row = $this->generator->student_row(['firstname' => '<script>alert(1)</script>Ann', 'address' => '<i>Street</i> 1']);
        $id = $this->one($row)['moodleid'];
        $this->assertSame('alert(1)Ann', \core_user::get_user($id)->firstname);
        $this->assertSame('Street 1', $DB->get_field('local_zohosync_student', 'address', ['userid' => $id]));
    }

    /**
     * The id that the database will give to the next user.
     *
     * @return int
     */
    private function next_user_id(): int {
        return (int) $this->getDataGenerator()->create_user()->id + 1;
    }

    /**
     * The student whom the tests of matching are about.
     *
     * @return array
     */
    private function student(): array {
        return $this->generator->student_row([
            'zohoid' => '5725767000000999999',
            'email' => 'student@college.example',
            'username' => 'student@college.example',
        ]);
    }

    /**
     * Carry out one row.
     *
     * @param array $row
     * @return array its result
     */
    private function one(array $row): array {
        return (new students([$row]))->upsert()[0];
    }

    /**
     * Carry out a batch.
     *
     * @param array[] $rows
     * @return string[] statuses
     */
    private function statuses(array $rows): array {
        return array_column((new students($rows))->upsert(), 'status');
    }
}
