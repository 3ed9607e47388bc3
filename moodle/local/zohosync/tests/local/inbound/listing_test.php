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

use core_external\external_api;
use local_zohosync\external\list_records;

/**
 * What Moodle holds is listed page by page, with what an upsert of the same would mend.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\inbound\listing
 * @covers \local_zohosync\external\list_records
 * @covers \local_zohosync\local\inbound\accounts
 * @covers \local_zohosync\local\inbound\programs
 * @covers \local_zohosync\local\inbound\teachers
 */
final class listing_test extends \advanced_testcase {
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
     * Pages follow each other by number, without a gap and without a repeat; deleted records are among them.
     */
    public function test_pages(): void {
        $rows = array_map(fn() => $this->generator->record_row('payment'), range(1, 5));
        $payments = fn($rows) => (new records(record_kind::of('payment'), $rows))->upsert();
        $ids = array_column($payments($rows), 'moodleid');
        $payments([['deleted' => 1, 'sourcetime' => 1001] + $rows[2]]);
        $list = fn($after, $limit) => $this->listed('payment', $after, $limit);
        $pages = [...$list(0, 2), ...$list($ids[1], 2), ...$list($ids[3], 2)];
        $this->assertSame($ids, array_column($pages, 'id'));
        $this->assertSame($ids, array_column($pages, 'moodleid'));
        $this->assertSame([], $list($ids[4], 2));
        $this->assertSame(
            ['id' => $ids[2], 'zohoid' => $rows[2]['zohoid'], 'moodleid' => $ids[2], 'changehash' => $rows[2]['changehash'],
                'sourcetime' => 1001, 'deleted' => 1, 'differs' => ''],
            $pages[2]
        );
    }

    /**
     * Every entity can be listed; what is none, and a page without measure, are refused.
     */
    public function test_entities(): void {
        $entities = [
            'program', 'teacher', 'student', 'class', 'enrollment', 'unit', 'registration', 'payment', 'finance', 'result',
            'request',
        ];
        $this->assertSame($entities, listing::entities());
        foreach ($entities as $entity) {
            $this->assertSame([], $this->listed($entity, 0, 10));
        }
        foreach ([['grade', 0, 10], ['payment', 0, 0], ['payment', 0, 1001]] as $params) {
            try {
                list_records::execute(...$params);
                $this->fail('accepted');
            } catch (\invalid_parameter_exception $e) {
                $this->assertMatchesRegularExpression('/grade|limit/', $e->debuginfo);
            }
        }
    }

    /**
     * A request that Zoho does not have yet is no record of Zoho's.
     */
    public function test_raised_requests_are_not_listed(): void {
        global $DB;
        $request = ['studentid' => '', 'number' => '', 'type' => '', 'status' => '', 'currency' => '', 'changehash' => ''];
        $DB->insert_record(mirror::REQUEST, $request + ['zohoid' => '', 'raised' => 1]);
        $DB->insert_record(mirror::REQUEST, $request + ['zohoid' => '5725767000000999001']);
        $this->assertSame(['5725767000000999001'], array_column($this->listed('request', 0, 10), 'zohoid'));
    }

    /**
     * What somebody changed of a student's or a teacher's account differs, and is exactly what the same row mends.
     *
     * @return array[]
     */
    public static function people(): array {
        $cases = [];
        foreach (['student', 'teacher'] as $entity) {
            $cases["$entity, as it should be"] = [$entity, [], [], ''];
            $cases["$entity, e-mail"] = [$entity, [], ['email' => 'other@college.example'], 'email'];
            $cases["$entity, names and idnumber"] = [
                $entity, [], ['firstname' => 'X', 'lastname' => 'Y', 'idnumber' => ''], 'firstname lastname idnumber',
            ];
            $cases["$entity, idnumber of her own"] = [$entity, [], ['idnumber' => 'hers'], ''];
            $cases["$entity, suspended by an administrator"] = [$entity, [], ['suspended' => 1], ''];
            $cases["$entity, to be suspended"] = [$entity, ['suspended' => 1], ['suspended' => 0], 'suspended'];
            $cases["$entity, account gone"] = [$entity, [], ['deleted' => 1], 'user'];
            $cases["$entity, deleted in Zoho"] = [$entity, ['deleted' => 1], [], ''];
            $cases["$entity, deleted in Zoho and let in again"] = [$entity, ['deleted' => 1], ['suspended' => 0], 'suspended'];
        }
        $cases['student, city and country'] = ['student', [], ['city' => 'X', 'country' => 'FR'], 'city country'];
        return $cases;
    }

    /**
     * Accounts.
     *
     * @param string $entity
     * @param array $fields of Zoho's record
     * @param array $edit columns of the account that somebody changed
     * @param string $differs
     * @dataProvider people
     */
    public function test_accounts(string $entity, array $fields, array $edit, string $differs): void {
        global $DB;
        $row = $this->generator->{"{$entity}_row"}(['deleted' => 0] + $fields);
        $upsert = fn($row) => ($entity === 'student' ? new students([$row]) : new teachers([$row]))->upsert()[0];
        $userid = $upsert($row)['moodleid'];
        if (!empty($fields['deleted'])) {
            $row['deleted'] = 1;
            $upsert($row);
        }
        if (isset($edit['deleted'])) {
            delete_user(\core_user::get_user($userid));
        } else if ($edit) {
            $DB->update_record('user', (object) (['id' => $userid] + $edit));
        }
        $this->assert_mended_by($entity, $row['zohoid'], $differs, fn() => $upsert($row)['status']);
    }

    /**
     * A category that is gone differs; one that an administrator renamed and hid does not.
     */
    public function test_programs(): void {
        global $DB;
        $row = $this->generator->program_row();
        $upsert = fn() => (new programs([$row]))->upsert()[0];
        $id = $upsert()['moodleid'];
        $DB->update_record('course_categories', (object) ['id' => $id, 'name' => 'Mine', 'visible' => 0]);
        $this->assert_mended_by('program', $row['zohoid'], '', fn() => $upsert()['status']);
        $DB->delete_records('course_categories', ['id' => $id]);
        \cache_helper::purge_by_event('changesincoursecat');
        $this->assert_mended_by('program', $row['zohoid'], 'category', fn() => $upsert()['status']);
    }

    /**
     * A class that waits for its teacher makes her differ; one whose course is gone does not.
     */
    public function test_classes_of_a_teacher(): void {
        global $DB;
        $teacher = $this->generator->teacher_row();
        $upsert = fn() => (new teachers([$teacher]))->upsert()[0];
        $upsert();
        $class = $this->generator->course_row(['teacherid' => $teacher['zohoid']]);
        $courseid = (new courses([$class]))->upsert()[0]['moodleid'];
        $this->assert_mended_by('teacher', $teacher['zohoid'], '', fn() => $upsert()['status']);
        $nobody = 'teacheruserid = 0, teacherroleid = 0, teacherenrolid = 0';
        $forget = fn() => $DB->execute('UPDATE {' . mirror::COURSE . "} SET $nobody");
        $forget();
        $this->assert_mended_by('teacher', $teacher['zohoid'], 'classes', fn() => $upsert()['status']);
        $forget();
        $DB->delete_records('course', ['id' => $courseid]);
        $this->assert_mended_by('teacher', $teacher['zohoid'], '', fn() => $upsert()['status']);
    }

    /**
     * A page costs the same few queries however many records it has.
     */
    public function test_cost(): void {
        global $DB;
        $cost = function (string $entity) use ($DB): int {
            $reads = $DB->perf_get_reads();
            listing::page($entity, 0, 1000);
            return $DB->perf_get_reads() - $reads;
        };
        $one = [];
        foreach ([1, 4] as $count) {
            foreach (range(1, $count) as $unused) {
                $program = $this->generator->program_row();
                $teacher = $this->generator->teacher_row();
                $student = $this->generator->student_row();
                $class = $this->generator->course_row(['programid' => $program['zohoid'], 'teacherid' => $teacher['zohoid']]);
                (new programs([$program]))->upsert();
                (new teachers([$teacher]))->upsert();
                (new students([$student]))->upsert();
                (new courses([$class]))->upsert();
                (new enrolments([$this->generator->enrolment_row([
                    'studentid' => $student['zohoid'], 'classid' => $class['zohoid'],
                ])]))->upsert();
                (new records(record_kind::of('registration'), [$this->generator->record_row('registration')]))->upsert();
            }
            foreach (['program', 'teacher', 'student', 'class', 'enrollment', 'registration'] as $entity) {
                $cost($entity);
                $one[$entity] ??= $cost($entity);
                $this->assertSame($one[$entity], $cost($entity), $entity);
                $this->assertLessThanOrEqual(10, $one[$entity], $entity);
            }
        }
    }

    /**
     * What is said to differ is what the same row mends, and nothing else.
     *
     * @param string $entity
     * @param string $zohoid
     * @param string $differs
     * @param callable $upsert sends the same row again, gives its status
     */
    private function assert_mended_by(string $entity, string $zohoid, string $differs, callable $upsert): void {
        $told = fn() => array_column($this->listed($entity, 0, 1000), 'differs', 'zohoid')[$zohoid];
        $this->assertSame($differs, $told());
        $this->assertContains($upsert(), $differs === '' ? ['unchanged'] : ['updated', 'created']);
        $this->assertSame('', $told());
    }

    /**
     * A page.
     *
     * @param string $entity
     * @param int $after
     * @param int $limit
     * @return array[] records
     */
    private function listed(string $entity, int $after, int $limit): array {
        $answer = list_records::execute($entity, $after, $limit);
        return external_api::clean_returnvalue(list_records::execute_returns(), $answer)['records'];
    }
}
