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
 * Teachers from Zoho become accounts, by the rules that hold for students.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\inbound\accounts
 * @covers \local_zohosync\local\inbound\teachers
 * @covers \local_zohosync\local\inbound\account_finder
 */
final class teachers_test extends \advanced_testcase {
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
     * A new teacher gets an account; the same batch again writes nothing.
     */
    public function test_create(): void {
        global $DB;
        $row = $this->generator->teacher_row(['phone' => '+962 7', 'displayname' => 'Dr. T.']);
        $result = $this->one($row);
        $this->assertSame(['created', ''], [$result['status'], $result['errorcode']]);
        $user = $DB->get_record('user', ['id' => $result['moodleid']], '*', MUST_EXIST);
        $this->assertSame(
            [$row['username'], $row['email'], $row['firstname'], $row['lastname'], $row['zohoid'], 'manual', '0'],
            [$user->username, $user->email, $user->firstname, $user->lastname, $user->idnumber, $user->auth, $user->suspended]
        );
        $mirror = $DB->get_record('local_zohosync_teacher', ['zohoid' => $row['zohoid']], '*', MUST_EXIST);
        $this->assertSame($user->id, $mirror->userid);
        foreach ($row as $field => $value) {
            $this->assertSame((string) $value, $mirror->$field, $field);
        }
        $writes = $DB->perf_get_writes();
        $this->assertSame('unchanged', $this->one($row)['status']);
        $this->assertSame($writes, $DB->perf_get_writes());
    }

    /**
     * What Zoho changes is written; city and country, which Zoho does not hold of teachers, are left alone.
     */
    public function test_update(): void {
        global $DB;
        $row = $this->generator->teacher_row();
        $id = $this->one($row)['moodleid'];
        $DB->update_record('user', (object) ['id' => $id, 'city' => 'Irbid', 'country' => 'JO']);
        $this->assertSame('unchanged', $this->one($row)['status']);
        $new = ['lastname' => 'Married', 'sourcetime' => 2000, 'changehash' => md5('2')] + $row;
        $this->assertSame('updated', $this->one($new)['status']);
        $user = \core_user::get_user($id);
        $this->assertSame(['Married', 'Irbid', 'JO'], [$user->lastname, $user->city, $user->country]);
        $this->assertSame('stale', $this->one($row)['status']);
    }

    /**
     * Deleted: suspended, kept. Restored: back. Suspended by Zoho: suspended.
     */
    public function test_suspension(): void {
        global $DB;
        $row = $this->generator->teacher_row();
        $id = $this->one($row)['moodleid'];
        $blank = array_map(fn($value) => is_int($value) ? $value : '', $row);
        $this->one(['zohoid' => $row['zohoid'], 'deleted' => 1, 'sourcetime' => 2000] + $blank);
        $this->assertEquals([1, 0], array_values((array) $DB->get_record('user', ['id' => $id], 'suspended, deleted')));
        $this->one(['sourcetime' => 3000] + $row);
        $this->assertEquals(0, $DB->get_field('user', 'suspended', ['id' => $id]));
        $this->one(['sourcetime' => 4000, 'suspended' => 1, 'changehash' => md5('s')] + $row);
        $this->assertEquals(1, $DB->get_field('user', 'suspended', ['id' => $id]));
    }

    /**
     * An account that exists is adopted by its address; two of them are refused.
     */
    public function test_matching(): void {
        $row = $this->generator->teacher_row(['email' => 'teacher@college.example']);
        $user = $this->getDataGenerator()->create_user(['email' => 'Teacher@College.example']);
        $result = $this->one($row);
        $this->assertSame(['updated', (int) $user->id], [$result['status'], $result['moodleid']]);
        $row = $this->generator->teacher_row(['email' => 'two@college.example']);
        $this->getDataGenerator()->create_user(['username' => 'one', 'email' => 'two@college.example']);
        $this->getDataGenerator()->create_user(['username' => 'two', 'email' => 'TWO@college.example']);
        $this->assertSame('usersambiguous', $this->one($row)['errorcode']);
        $this->assertSame('userprotected', $this->one($this->generator->teacher_row(['username' => 'admin']))['errorcode']);
        $this->assertSame('fieldmissing', $this->one($this->generator->teacher_row(['email' => '']))['errorcode']);
    }

    /**
     * An account belongs to one person in Zoho: a student's is no teacher's, and the other way round.
     */
    public function test_student_and_teacher(): void {
        global $DB;
        $student = $this->generator->student_row(['email' => 'both@college.example', 'username' => 'both']);
        (new students([$student]))->upsert();
        foreach ([['email' => 'BOTH@college.example'], ['username' => 'both']] as $same) {
            $result = $this->one($this->generator->teacher_row($same));
            $this->assertSame(['refused', 'userlinkedelsewhere', 0], [
                $result['status'], $result['errorcode'], $result['moodleid'],
            ]);
            $this->assertStringContainsString('student:' . $student['zohoid'], $result['message']);
        }
        $this->assertSame(0, $DB->count_records('local_zohosync_teacher'));
        $teacher = $this->generator->teacher_row();
        $this->one($teacher);
        $result = (new students([$this->generator->student_row(['email' => $teacher['email']])]))->upsert()[0];
        $this->assertSame(['refused', 'userlinkedelsewhere'], [$result['status'], $result['errorcode']]);
        $this->assertStringContainsString('teacher:' . $teacher['zohoid'], $result['message']);
        // Even a record of the same number.
        $result = (new students([$this->generator->student_row(['zohoid' => $teacher['zohoid']])]))->upsert()[0];
        $this->assertSame('userlinkedelsewhere', $result['errorcode']);
    }

    /**
     * Carry out one row.
     *
     * @param array $row
     * @return array its result
     */
    private function one(array $row): array {
        return (new teachers([$row]))->upsert()[0];
    }
}
