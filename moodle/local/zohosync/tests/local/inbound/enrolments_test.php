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
 * Enrollments from Zoho become manual enrolments.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\inbound\enrolments
 * @covers \local_zohosync\local\inbound\manual_enrolments
 */
final class enrolments_test extends \advanced_testcase {
    /** @var \local_zohosync_generator Makes rows. */
    private \local_zohosync_generator $generator;

    /** @var array A student. */
    private array $student;

    /** @var array A class. */
    private array $class;

    /** @var int Her account. */
    private int $userid;

    /** @var int Its course. */
    private int $courseid;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->preventResetByRollback();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $this->student = $this->generator->student_row();
        $this->class = $this->generator->course_row();
        $this->userid = (new students([$this->student]))->upsert()[0]['moodleid'];
        $this->courseid = (new courses([$this->class]))->upsert()[0]['moodleid'];
    }

    /**
     * Enrolled as a student; again: nothing is written.
     */
    public function test_enrol(): void {
        global $DB;
        $row = $this->row();
        $result = $this->one($row);
        $this->assertSame(['created', $this->courseid], [$result['status'], $result['moodleid']]);
        $this->assertTrue($this->is_active());
        $roles = get_user_roles(\core\context\course::instance($this->courseid), $this->userid);
        $this->assertSame(['student'], array_values(array_column($roles, 'shortname')));
        $writes = $DB->perf_get_writes();
        $this->assertSame('unchanged', $this->one($row)['status']);
        $this->assertSame($writes, $DB->perf_get_writes());
    }

    /**
     * Before its student or class it waits, says for whom, and leaves no trace.
     */
    public function test_waiting(): void {
        global $DB;
        $row = $this->row(['studentid' => $this->generator->zohoid()]);
        $result = $this->one($row);
        $this->assertSame(['waiting', 'studentmissing'], [$result['status'], $result['errorcode']]);
        $this->assertStringContainsString($row['studentid'], $result['message']);
        $row = $this->row(['classid' => $this->generator->zohoid()]);
        $this->assertSame('coursemissing', $this->one($row)['errorcode']);
        $inactive = $this->generator->course_row(['create' => 0]);
        (new courses([$inactive]))->upsert();
        $row = $this->row(['classid' => $inactive['zohoid']]);
        $this->assertSame('coursemissing', $this->one($row)['errorcode']);
        $this->assertSame(0, $DB->count_records('local_zohosync_enrolment'));
        (new courses([['create' => 1] + $inactive]))->upsert();
        $this->assertSame('created', $this->one($row)['status']);
    }

    /**
     * Deleted: suspended, never unenrolled, even if nothing but the id is left. Restored: active again.
     */
    public function test_delete_and_restore(): void {
        global $DB;
        $row = $this->row();
        $this->one($row);
        $tombstone = array_map(fn($value) => is_int($value) ? $value : '', $row);
        $tombstone = ['zohoid' => $row['zohoid'], 'deleted' => 1, 'sourcetime' => 2000] + $tombstone;
        $this->assertSame('updated', $this->one($tombstone)['status']);
        $this->assertFalse($this->is_active());
        $this->assertSame(1, $DB->count_records('user_enrolments', ['userid' => $this->userid]));
        $this->assertSame('unchanged', $this->one($tombstone)['status']);
        $this->assertSame('stale', $this->one($row)['status']);
        $this->assertSame('updated', $this->one(['sourcetime' => 3000] + $row)['status']);
        $this->assertTrue($this->is_active());
        $this->assertSame('unchanged', $this->one(['zohoid' => $this->generator->zohoid()] + $tombstone)['status']);
    }

    /**
     * Ended: suspended. Never enrolled and ended already: not enrolled at all.
     */
    public function test_ended(): void {
        global $DB;
        $ended = $this->row(['enddate' => '2020-01-01']);
        $this->assertSame('updated', $this->one($ended)['status']);
        $this->assertSame(0, $DB->count_records('user_enrolments', ['userid' => $this->userid]));
        $row = $this->row(['enddate' => '2037-01-01']);
        $this->one($row);
        $this->assertTrue($this->is_active());
        $this->mock_clock_with_frozen(make_timestamp(2037, 1, 3));
        $this->assertSame('updated', $this->one($row)['status'], 'the day came although nothing changed in Zoho');
        $this->assertFalse($this->is_active());
    }

    /**
     * As long as another enrollment of the same student in the same class runs, she stays active.
     */
    public function test_two_enrollments_in_one_class(): void {
        $one = $this->row();
        $two = $this->row();
        $this->one($one);
        $this->one($two);
        $this->one(['deleted' => 1, 'sourcetime' => 2000] + $one);
        $this->assertTrue($this->is_active());
        $this->one(['deleted' => 1, 'sourcetime' => 2000] + $two);
        $this->assertFalse($this->is_active());
    }

    /**
     * Moved to another class: suspended there, enrolled here.
     */
    public function test_moved(): void {
        $row = $this->row();
        $this->one($row);
        $other = $this->generator->course_row();
        $otherid = (new courses([$other]))->upsert()[0]['moodleid'];
        $result = $this->one(['classid' => $other['zohoid'], 'changehash' => md5('moved'), 'sourcetime' => 2000] + $row);
        $this->assertSame(['created', $otherid], [$result['status'], $result['moodleid']]);
        $this->assertFalse($this->is_active());
        $this->assertTrue(is_enrolled(\core\context\course::instance($otherid), $this->userid, '', true));
    }

    /**
     * What was undone in Moodle is mended; a course without manual enrolment gets it.
     */
    public function test_drift_is_mended(): void {
        global $DB;
        $row = $this->row();
        $this->one($row);
        $DB->set_field('user_enrolments', 'status', ENROL_USER_SUSPENDED, ['userid' => $this->userid]);
        $this->assertSame('updated', $this->one($row)['status']);
        $this->assertTrue($this->is_active());
        role_unassign_all(['userid' => $this->userid]);
        $this->assertSame('updated', $this->one($row)['status']);
        $this->assertCount(1, get_user_roles(\core\context\course::instance($this->courseid), $this->userid));
        $instance = $DB->get_record('enrol', ['courseid' => $this->courseid, 'enrol' => 'manual']);
        enrol_get_plugin('manual')->delete_instance($instance);
        $this->assertSame('created', $this->one($row)['status']);
        $this->assertTrue($this->is_active());
    }

    /**
     * Start and end bound the enrolment.
     */
    public function test_dates(): void {
        global $DB;
        $this->setTimezone('Asia/Amman');
        $this->one($this->row(['startdate' => '2026-03-01', 'enddate' => '2037-03-31']));
        $enrolment = $DB->get_record('user_enrolments', ['userid' => $this->userid]);
        $this->assertSame('2026-03-01 00:00', userdate($enrolment->timestart, '%Y-%m-%d %H:%M', 99, false));
        $this->assertSame('2037-03-31 23:59', userdate($enrolment->timeend, '%Y-%m-%d %H:%M', 99, false));
    }

    /**
     * Of two enrollments that both run the newer one says until when, whoever comes last; then neither is written again.
     */
    public function test_two_running_enrollments(): void {
        $older = $this->row(['enddate' => '2037-01-31']);
        $newer = $this->row(['enddate' => '2037-06-30']);
        foreach ([$newer, $older] as $row) {
            $this->one($row);
        }
        $this->assertSame('2037-06-30', $this->end());
        $this->assertSame(['unchanged', 'unchanged'], array_column((new enrolments([$newer, $older]))->upsert(), 'status'));
        $this->assertSame(['', ''], $this->differing());
    }

    /**
     * What differs is named exactly where the same row again would write something, with a few queries for any number.
     */
    public function test_differing(): void {
        global $DB;
        $row = $this->row(['startdate' => '2026-03-01', 'enddate' => '2037-03-31']);
        $this->one($row);
        $ended = $this->row(['enddate' => '2020-01-01', 'withdrawal' => 'unenrol']);
        $this->one($ended);
        $this->assertSame(['', ''], $this->differing());
        $enrolment = ['userid' => $this->userid];
        $DB->set_field('user_enrolments', 'status', ENROL_USER_SUSPENDED, $enrolment);
        $this->assertSame('status', $this->differing()[0]);
        $DB->set_field('user_enrolments', 'timestart', 0, $enrolment);
        $DB->set_field('user_enrolments', 'timeend', 5, $enrolment);
        role_unassign_all($enrolment);
        $this->assertSame(['status startdate enddate role', ''], $this->differing());
        $this->assertSame('updated', $this->one($row)['status']);
        $this->assertSame(['', ''], $this->differing());
        $DB->set_field('local_zohosync_enrolment', 'deleted', 1, ['zohoid' => $row['zohoid']]);
        $this->assertSame(['', 'ended'], $this->differing(), 'the ended one has nobody to give way to');
        $DB->set_field('local_zohosync_enrolment', 'deleted', 0, ['zohoid' => $row['zohoid']]);
        $DB->set_field('course', 'id', 99999, ['id' => $this->courseid]);
        delete_user(\core_user::get_user($this->userid));
        $this->assertSame(['student course', 'student course'], $this->differing());
    }

    /**
     * What the calendar ended, by the server's day, is told apart from what a person changed.
     */
    public function test_ended_by_the_calendar(): void {
        global $DB;
        $this->setTimezone('Asia/Amman');
        $this->mock_clock_with_frozen(strtotime('2026-11-20 12:00 UTC'));
        $row = $this->row(['enddate' => '2026-11-22']);
        $this->one($row);
        $this->mock_clock_with_frozen(strtotime('2026-11-22 20:59 UTC'));
        $this->assertSame([''], $this->differing(), 'the last minute of the last day');
        $this->mock_clock_with_frozen(strtotime('2026-11-22 21:01 UTC'));
        $this->assertSame(['ended'], $this->differing(), 'the next day has begun there');
        $DB->set_field('user_enrolments', 'timestart', 7, ['userid' => $this->userid]);
        $DB->set_field('user_enrolments', 'timeend', 8, ['userid' => $this->userid]);
        $this->assertSame(['ended startdate enddate'], $this->differing());
        $this->assertSame('updated', $this->one($row)['status']);
        $this->assertSame([''], $this->differing());
    }

    /**
     * The queries do not grow with the number of rows.
     */
    public function test_differing_takes_a_handful_of_queries(): void {
        global $DB;
        $this->one($this->row(['enddate' => '2037-03-31']));
        $before = $DB->perf_get_queries();
        $this->differing();
        $few = $DB->perf_get_queries() - $before;
        for ($n = 0; $n < 5; $n++) {
            $student = $this->generator->student_row();
            (new students([$student]))->upsert();
            $this->one($this->row(['studentid' => $student['zohoid']]));
            $this->one($this->row(['studentid' => $student['zohoid'], 'enddate' => '2020-01-01']));
        }
        $DB->set_field('user_enrolments', 'timestart', 7, []);
        $before = $DB->perf_get_queries();
        $this->differing();
        $this->assertLessThanOrEqual($few + 1, $DB->perf_get_queries() - $before);
    }

    /**
     * What becomes of an enrolment that was deleted in Zoho, or has ended, by the setting of the agent.
     *
     * @return array[] setting, whether she is still enrolled, whether she is active, by the two ways to end
     */
    public static function withdrawals(): array {
        return [
            'suspend' => ['suspend', true, false, false],
            'unenrol' => ['unenrol', false, false, false],
            // Moodle itself lets nobody in after the end date.
            'keep' => ['keep', true, true, false],
        ];
    }

    /**
     * Deleted in Zoho, then restored.
     *
     * @param string $withdrawal
     * @param bool $enrolled
     * @param bool $active
     * @dataProvider withdrawals
     */
    public function test_withdrawal_by_deletion(string $withdrawal, bool $enrolled, bool $active): void {
        $row = $this->row(['withdrawal' => $withdrawal]);
        $this->one($row);
        $tombstone = ['sourcetime' => 2000, 'deleted' => 1, 'withdrawal' => '', 'role' => '', 'changehash' => ''] + $row;
        $this->assertSame('updated', $this->one($tombstone)['status']);
        $this->assertSame([$enrolled, $active], [$this->is_enrolled(), $this->is_active()]);
        $this->assertSame('unchanged', $this->one($tombstone)['status']);
        $status = $this->one(['sourcetime' => 3000] + $row)['status'];
        $this->assertSame($enrolled ? 'updated' : 'created', $status);
        $this->assertTrue($this->is_active());
    }

    /**
     * Ended by its date: with Zoho's dates, and once only.
     *
     * @param string $withdrawal
     * @param bool $enrolled
     * @param bool $active unused: what a deletion leaves
     * @param bool $lets whether she can still enter
     * @dataProvider withdrawals
     */
    public function test_withdrawal_by_date(string $withdrawal, bool $enrolled, bool $active, bool $lets): void {
        global $DB;
        $row = $this->row(['withdrawal' => $withdrawal]);
        $this->one($row);
        $ended = ['enddate' => '2020-01-31', 'sourcetime' => 2000, 'changehash' => md5('ended')] + $row;
        $this->assertSame('updated', $this->one($ended)['status']);
        $this->assertSame([$enrolled, $lets], [$this->is_enrolled(), $this->is_active()]);
        $status = $DB->get_field('user_enrolments', 'status', ['userid' => $this->userid]);
        $expected = ['suspend' => ENROL_USER_SUSPENDED, 'unenrol' => false, 'keep' => ENROL_USER_ACTIVE];
        $this->assertEquals($expected[$withdrawal], $status);
        $end = $DB->get_field('user_enrolments', 'timeend', ['userid' => $this->userid]);
        $this->assertSame($enrolled ? '2020-01-31' : false, $end ? userdate($end, '%Y-%m-%d', 99, false) : false);
        $writes = $DB->perf_get_writes();
        $this->assertSame('unchanged', $this->one($ended)['status']);
        $this->assertSame($writes, $DB->perf_get_writes());
    }

    /**
     * Another setting acts on what has ended already; a word that is none costs the row.
     */
    public function test_withdrawal_changes(): void {
        $row = $this->row(['enddate' => '2037-01-01']);
        $this->one($row);
        $this->mock_clock_with_frozen(make_timestamp(2037, 1, 3));
        $this->one($row);
        $this->assertTrue($this->is_enrolled());
        $this->assertSame('updated', $this->one(['withdrawal' => 'unenrol'] + $row)['status']);
        $this->assertFalse($this->is_enrolled());
        $result = $this->one(['withdrawal' => 'expel'] + $row);
        $this->assertSame(['error', 'withdrawalinvalid'], [$result['status'], $result['errorcode']]);
    }

    /**
     * Submission and marks outlive an unenrolment; the gradebook, which Moodle clears, has the grade again with the next one.
     */
    public function test_unenrolment_keeps_submissions_and_grades(): void {
        global $CFG, $DB;
        require_once($CFG->libdir . '/gradelib.php');
        $this->assertEmpty($CFG->recovergradesdefault, 'the site would recover nothing by itself');
        $row = $this->row(['withdrawal' => 'unenrol']);
        $this->one($row);
        $assign = $this->getDataGenerator()->create_module('assign', [
            'course' => $this->courseid,
            'assignsubmission_onlinetext_enabled' => 1,
        ]);
        $this->getDataGenerator()->get_plugin_generator('mod_assign')->create_submission([
            'userid' => $this->userid,
            'cmid' => $assign->cmid,
            'onlinetext' => 'My work',
        ]);
        $item = \grade_item::fetch(['itemtype' => 'mod', 'itemmodule' => 'assign', 'iteminstance' => $assign->id]);
        $item->update_final_grade($this->userid, 71);
        $grade = ['itemid' => $item->id, 'userid' => $this->userid];
        $submission = ['assignment' => $assign->id, 'userid' => $this->userid];
        $this->one(['deleted' => 1, 'sourcetime' => 2000] + $row);
        $this->assertFalse($DB->record_exists('grade_grades', $grade));
        $this->assertTrue($DB->record_exists('assign_submission', $submission));
        $this->assertSame('created', $this->one(['sourcetime' => 3000] + $row)['status']);
        $this->assertEquals(71, $DB->get_field('grade_grades', 'finalgrade', $grade));
        $this->assertSame(1, $DB->count_records('assign_submission', $submission));
    }

    /**
     * The row's role is given, and replaces the one of an earlier setting; one that does not exist costs the row.
     */
    public function test_role(): void {
        $row = $this->row(['role' => 'learner']);
        $result = $this->one($row);
        $this->assertSame(['error', 'rolemissing'], [$result['status'], $result['errorcode']]);
        $this->getDataGenerator()->create_role(['shortname' => 'learner']);
        $this->assertSame('created', $this->one($row)['status']);
        $this->assertSame(['learner'], $this->roles());
        $this->getDataGenerator()->role_assign('teacher', $this->userid, \core\context\course::instance($this->courseid)->id);
        $this->assertSame('updated', $this->one(['role' => 'student'] + $row)['status']);
        $this->assertSame(['student', 'teacher'], $this->roles());
        $this->assertSame('unchanged', $this->one(['role' => 'student'] + $row)['status']);
    }

    /**
     * The newer of two running enrollments is deleted: the older one keeps her in, and says again until when.
     */
    public function test_newer_of_two_deleted(): void {
        [$older, $newer] = [$this->row(['enddate' => '2037-01-31']), $this->row(['enddate' => '2037-06-30'])];
        $this->one($older);
        $this->one($newer);
        $this->one(['deleted' => 1, 'sourcetime' => 2000] + $newer);
        $this->assertTrue($this->is_active());
        $this->assertSame('2037-01-31', $this->end());
        $this->assertSame(['', ''], $this->differing());
    }

    /**
     * What two ended enrollments say is what the newer one says, whoever comes last; and then what the one that is left says.
     */
    public function test_two_ended_enrollments(): void {
        [$first, $older, $newer] = [$this->row(), $this->row(['enddate' => '2020-01-31']), $this->row(['enddate' => '2020-06-30'])];
        $this->one($first);
        $this->one($newer);
        $this->one($older);
        $this->one(['deleted' => 1, 'sourcetime' => 2000] + $first);
        $this->assertFalse($this->is_active());
        $this->assertSame('2020-06-30', $this->end());
        $this->assertSame(['', '', ''], $this->differing());
        $this->assertSame('unchanged', $this->one($older)['status']);
        $this->one(['deleted' => 1, 'sourcetime' => 2000] + $newer);
        $this->assertSame('2020-01-31', $this->end());
        $this->assertSame(['', '', ''], $this->differing());
    }

    /**
     * One batch ends an enrollment and begins another of the same student in the same class.
     */
    public function test_one_for_another_in_one_batch(): void {
        $old = $this->row(['withdrawal' => 'unenrol']);
        $this->one($old);
        $new = $this->row(['withdrawal' => 'unenrol']);
        $results = (new enrolments([['deleted' => 1, 'sourcetime' => 2000] + $old, $new]))->upsert();
        $this->assertSame(['updated', 'created'], array_column($results, 'status'));
        $this->assertTrue($this->is_active());
        $this->assertSame(['', ''], $this->differing());
    }

    /**
     * Another setting is kept although nothing changed in Zoho: a deletion, which says nothing of settings, acts by it.
     */
    public function test_setting_is_kept(): void {
        $row = $this->row();
        $this->one($row);
        $this->assertSame('updated', $this->one(['withdrawal' => 'unenrol'] + $row)['status']);
        $this->one(['deleted' => 1, 'sourcetime' => 2000, 'withdrawal' => '', 'role' => '', 'changehash' => ''] + $row);
        $this->assertFalse($this->is_enrolled());
    }

    /**
     * Moved to another class with another role: what she has there by hand stays.
     */
    public function test_moved_with_another_role(): void {
        $this->getDataGenerator()->create_role(['shortname' => 'learner']);
        $row = $this->row();
        $this->one($row);
        $other = $this->generator->course_row();
        $this->courseid = (new courses([$other]))->upsert()[0]['moodleid'];
        $this->getDataGenerator()->role_assign('student', $this->userid, \core\context\course::instance($this->courseid)->id);
        $this->one(['classid' => $other['zohoid'], 'role' => 'learner', 'changehash' => md5('moved')] + $row);
        $this->assertSame(['learner', 'student'], $this->roles());
    }

    /**
     * A role that the site has no longer does not stand in the way of the one that takes its place; one that it does not have
     * is said also where nobody would get it.
     */
    public function test_role_is_gone(): void {
        $roleid = $this->getDataGenerator()->create_role(['shortname' => 'learner']);
        $row = $this->row(['role' => 'learner']);
        $this->one($row);
        delete_role($roleid);
        $this->assertSame('updated', $this->one(['role' => 'student'] + $row)['status']);
        $this->assertSame(['student'], $this->roles());
        $result = $this->one($this->row(['role' => 'learner', 'enddate' => '2020-01-01']));
        $this->assertSame(['error', 'rolemissing'], [$result['status'], $result['errorcode']]);
    }

    /**
     * A stored row that is linked to another account or course than its student and class now are is told.
     */
    public function test_linked_elsewhere(): void {
        global $DB;
        $row = $this->row();
        $this->one($row);
        $user = $this->getDataGenerator()->create_user();
        $DB->set_field('local_zohosync_student', 'userid', $user->id, ['zohoid' => $row['studentid']]);
        $this->assertSame(['student'], $this->differing());
        $course = $this->getDataGenerator()->create_course();
        $DB->set_field('local_zohosync_course', 'courseid', $course->id, ['zohoid' => $row['classid']]);
        $this->assertSame(['student course'], $this->differing());
        $this->assertSame(['created', (int) $course->id], array_values(array_intersect_key(
            $this->one($row),
            ['status' => 1, 'moodleid' => 1]
        )));
        $this->assertTrue(is_enrolled(\core\context\course::instance($course->id), $user->id, '', true));
        $this->assertFalse($this->is_active(), 'what it stood for before has ended');
    }

    /**
     * A manual enrolment that the site disabled is enabled; of several the enabled one is taken.
     */
    public function test_instances(): void {
        global $DB;
        $plugin = enrol_get_plugin('manual');
        $manual = ['courseid' => $this->courseid, 'enrol' => 'manual'];
        $first = $DB->get_record('enrol', $manual, '*', MUST_EXIST);
        $plugin->update_status($first, ENROL_INSTANCE_DISABLED);
        $this->one($this->row());
        $this->assertTrue($this->is_active());
        $this->assertEquals(ENROL_INSTANCE_ENABLED, $DB->get_field('enrol', 'status', ['id' => $first->id]));

        $second = (array) $first;
        unset($second['id']);
        $second = $DB->insert_record('enrol', ['sortorder' => 99, 'status' => ENROL_INSTANCE_ENABLED] + $second);
        $DB->set_field('enrol', 'status', ENROL_INSTANCE_DISABLED, ['id' => $first->id]);
        $this->assertEquals($second, manual_enrolments::instance($this->courseid)->id);
    }

    /**
     * Moodle complains when grades are to be recovered that are there, or where it keeps no history: nothing is asked then.
     */
    public function test_nothing_to_recover(): void {
        global $CFG, $DB;
        require_once($CFG->libdir . '/gradelib.php');
        $self = enrol_get_plugin('self');
        $id = $self->add_instance(get_course($this->courseid), ['status' => ENROL_INSTANCE_ENABLED]);
        $self->enrol_user($DB->get_record('enrol', ['id' => $id]), $this->userid);
        $assign = $this->getDataGenerator()->create_module('assign', ['course' => $this->courseid]);
        $item = \grade_item::fetch(['itemtype' => 'mod', 'itemmodule' => 'assign', 'iteminstance' => $assign->id]);
        $item->update_final_grade($this->userid, 71);
        $row = $this->row(['withdrawal' => 'unenrol']);
        $this->assertSame('created', $this->one($row)['status'], 'she was there by herself, with a grade');
        $self->unenrol_user($DB->get_record('enrol', ['id' => $id]), $this->userid);
        $this->one(['deleted' => 1, 'sourcetime' => 2000] + $row);
        $CFG->disablegradehistory = 1;
        $this->assertSame('created', $this->one(['sourcetime' => 3000] + $row)['status']);
        $this->assertDebuggingNotCalled();
    }

    /**
     * A student whose account was deleted in Moodle waits for a new one.
     */
    public function test_deleted_account(): void {
        global $DB;
        delete_user(\core_user::get_user($this->userid));
        $this->assertSame('studentmissing', $this->one($this->row())['errorcode']);
        $this->assertSame(0, $DB->count_records('user_enrolments', ['userid' => $this->userid]));
    }

    /**
     * An enrollment of the student in the class.
     *
     * @param array $fields that differ
     * @return array
     */
    private function row(array $fields = []): array {
        return $this->generator->enrolment_row($fields + [
            'studentid' => $this->student['zohoid'],
            'classid' => $this->class['zohoid'],
        ]);
    }

    /**
     * Carry out one row.
     *
     * @param array $row
     * @return array its result
     */
    private function one(array $row): array {
        return (new enrolments([$row]))->upsert()[0];
    }

    /**
     * Is the student active in the class?
     *
     * @return bool
     */
    private function is_active(): bool {
        return is_enrolled(\core\context\course::instance($this->courseid), $this->userid, '', true);
    }

    /**
     * The day on which her enrolment ends.
     *
     * @return string
     */
    private function end(): string {
        global $DB;
        $end = $DB->get_field('user_enrolments', 'timeend', ['userid' => $this->userid]);
        return userdate($end, '%Y-%m-%d', 99, false);
    }

    /**
     * What differs from all stored rows.
     *
     * @return string[] in the order of their making
     */
    private function differing(): array {
        global $DB;
        return array_values(enrolments::differing($DB->get_records('local_zohosync_enrolment', [], 'id')));
    }

    /**
     * Is she enrolled, suspended or not?
     *
     * @return bool
     */
    private function is_enrolled(): bool {
        return is_enrolled(\core\context\course::instance($this->courseid), $this->userid);
    }

    /**
     * Short names of her roles in the class.
     *
     * @return string[]
     */
    private function roles(): array {
        $roles = get_user_roles(\core\context\course::instance($this->courseid), $this->userid, false);
        $names = array_column($roles, 'shortname');
        sort($names);
        return $names;
    }
}
