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
 * Accounts that became more than a student's, and what a suspension means at once.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\inbound\accounts
 * @covers \local_zohosync\local\inbound\account_finder
 */
final class account_protection_test extends \advanced_testcase {
    /** @var \local_zohosync_generator Makes rows. */
    private \local_zohosync_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->preventResetByRollback();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
    }

    /**
     * A student who has become an administrator of the site is beyond Zoho's reach: no address, no name, no suspension.
     */
    public function test_became_administrator(): void {
        global $CFG;
        $row = $this->generator->student_row();
        $userid = $this->one($row)['moodleid'];
        $before = \core_user::get_user($userid);
        set_config('siteadmins', "{$CFG->siteadmins},$userid");
        foreach ([['email' => 'thief@college.example'], ['suspended' => 1], ['deleted' => 1]] as $change) {
            $result = $this->one($change + ['sourcetime' => 2000, 'changehash' => md5(json_encode($change))] + $row);
            $this->assertSame(['refused', 'userprotected'], [$result['status'], $result['errorcode']], json_encode($change));
            $this->assertEquals($before, \core_user::get_user($userid));
        }
    }

    /**
     * Whoever is suspended or deleted in Zoho is out at once, in all her sessions; everybody else stays.
     *
     * @param array $change
     * @dataProvider ends
     */
    public function test_sessions_end(array $change): void {
        global $DB;
        [$row, $other] = [$this->generator->student_row(), $this->generator->student_row()];
        [$userid, $otherid] = [$this->one($row)['moodleid'], $this->one($other)['moodleid']];
        foreach ([$userid, $userid, $otherid] as $number => $owner) {
            $DB->insert_record('sessions', (object) [
                'state' => 0, 'sid' => md5((string) $number), 'userid' => $owner, 'timecreated' => time(), 'timemodified' => time(),
            ]);
        }
        $this->assertSame('updated', $this->one($change + ['sourcetime' => 2000, 'changehash' => md5('ended')] + $row)['status']);
        $this->assertSame(0, $DB->count_records('sessions', ['userid' => $userid]));
        $this->assertSame(1, $DB->count_records('sessions', ['userid' => $otherid]));
    }

    /**
     * The two ways out.
     *
     * @return array[]
     */
    public static function ends(): array {
        return ['suspended' => [['suspended' => 1]], 'deleted' => [['deleted' => 1]]];
    }

    /**
     * Suspended by Zoho's status, then no longer: she may come in again.
     */
    public function test_suspended_and_back(): void {
        $never = $this->one($this->generator->student_row(['suspended' => 1]));
        $this->assertSame(['created', '1'], [$never['status'], \core_user::get_user($never['moodleid'])->suspended]);
        $row = $this->generator->student_row();
        $userid = $this->one($row)['moodleid'];
        $this->one(['suspended' => 1, 'sourcetime' => 2000, 'changehash' => md5('out')] + $row);
        $this->assertSame('1', \core_user::get_user($userid)->suspended);
        $this->one(['suspended' => 0, 'sourcetime' => 3000, 'changehash' => md5('in')] + $row);
        $this->assertSame('0', \core_user::get_user($userid)->suspended);
    }

    /**
     * Two people of one batch who claim one address: the first has it, the second is refused with both names.
     */
    public function test_one_address_in_one_batch(): void {
        global $DB;
        $one = $this->generator->student_row(['email' => 'Same@college.example']);
        $two = $this->generator->student_row(['email' => 'same@COLLEGE.example']);
        $results = (new students([$one, $two]))->upsert();
        $this->assertSame(['created', 'refused'], array_column($results, 'status'));
        $this->assertSame('userlinkedelsewhere', $results[1]['errorcode']);
        $this->assertStringContainsString($one['zohoid'], $results[1]['message']);
        $this->assertSame(1, $DB->count_records('local_zohosync_student'));
    }

    /**
     * The idnumber goes before the address: whose it is, is said, when both belong to different accounts.
     */
    public function test_idnumber_goes_first(): void {
        $row = $this->generator->student_row();
        $hers = $this->getDataGenerator()->create_user(['idnumber' => $row['zohoid'], 'username' => 'hers']);
        $this->getDataGenerator()->create_user(['email' => $row['email'], 'username' => 'holder']);
        $result = $this->one($row);
        $this->assertSame(['refused', 'emailtaken'], [$result['status'], $result['errorcode']]);
        $this->assertStringContainsString("hers (id {$hers->id})", $result['message']);
        $this->assertStringContainsString('holder', $result['message']);
    }

    /**
     * An account of another site of the network is nobody here.
     */
    public function test_other_site(): void {
        global $DB;
        $row = $this->generator->student_row();
        $user = $this->getDataGenerator()->create_user(['email' => $row['email']]);
        $DB->set_field('user', 'mnethostid', 99, ['id' => $user->id]);
        $result = $this->one($row);
        $this->assertSame('created', $result['status'], $result['message']);
        $this->assertNotEquals($user->id, $result['moodleid']);
    }

    /**
     * An address that one of a batch gives up is free for the next of the same batch.
     */
    public function test_address_given_up_in_one_batch(): void {
        $one = $this->generator->student_row(['email' => 'desk@college.example']);
        $userid = $this->one($one)['moodleid'];
        $moved = ['email' => 'own@college.example', 'sourcetime' => 2000, 'changehash' => md5('moved')] + $one;
        $results = (new students([$moved, $this->generator->student_row(['email' => 'desk@college.example'])]))->upsert();
        $this->assertSame(['updated', 'created'], array_column($results, 'status'), $results[1]['message']);
        $this->assertNotSame($userid, $results[1]['moodleid']);
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
}
