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

namespace local_zohosync\local\outcome;

use local_zohosync\local\agent_settings;
use local_zohosync\local\inbound\mirror;
use local_zohosync\outcome_testcase;

defined('MOODLE_INTERNAL') || die();
require_once(__DIR__ . '/../../outcome_testcase.php');

/**
 * Letters that are generated where a student submitted nothing.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\outcome\generator
 * @covers \local_zohosync\local\outcome\outcomes
 * @covers \local_zohosync\local\outcome\dates
 * @covers \local_zohosync\local\outcome\roster
 * @covers \local_zohosync\local\outcome\work
 * @covers \local_zohosync\local\outcome\access
 */
final class generator_test extends outcome_testcase {
    /**
     * Situations in which nothing is marked: settings of the assignment, what happens, and the letter on the third day.
     *
     * @return array[]
     */
    public static function without_mark(): array {
        $generated = fn(array $setting) => agent_settings::put('grading.generated', json_encode($setting + ['enabled' => true]));
        return [
            'nothing submitted' => ['F'],
            'submitted' => ['', [], fn(self $t) => $t->submit()],
            'draft that was never submitted' => ['F', ['submissiondrafts' => 1], fn(self $t) => $t->save()],
            'draft where there is no button' => ['', ['submissiondrafts' => 1], function (self $t): void {
                $t->save();
                $t->set(['submissiondrafts' => 0]);
            }],
            'feedback without a mark' => ['F', [], fn(self $t) =>
                $t->mark('', ['text' => 'Where is it?', 'format' => FORMAT_HTML])],
            'marked' => ['', [], fn(self $t) => $t->mark('0')],
            'marked, not released' => ['', ['markingworkflow' => 1], fn(self $t) => $t->mark('0')],
            'graded in the gradebook' => ['', [], fn(self $t) =>
                $t->assign->get_grade_item()->update_final_grade($t->linked->user->id, 0, 'gradebook')],

            'not due yet' => ['', ['duedate' => self::now() + self::RUN]],
            'without a due date' => ['', ['duedate' => 0]],
            'due before the day of switching on' => ['', ['duedate' => strtotime('today', self::now()) - 1]],
            'due before it, but a day is set' => ['F', ['duedate' => self::now() - 3 * DAYSECS], function (self $t) use (
                $generated
            ): void {
                $generated(['since' => date('Y-m-d', self::now() - 10 * DAYSECS)]);
                $t->enrolment(['timestart' => self::now() - 20 * DAYSECS]);
            }],
            'due before the day that is set' => ['', [], fn() =>
                $generated(['since' => date('Y-m-d', self::now() + 2 * DAYSECS)])],
            'switched off' => ['', [], fn() => $generated(['enabled' => false])],
            'late work still possible' => ['', ['cutoffdate' => self::now() + self::RUN + 1]],
            'late work no longer possible' => ['F', ['cutoffdate' => self::now() + self::RUN - 1]],
            'opens later' => ['', ['allowsubmissionsfromdate' => self::now() + self::RUN + 1]],

            'extension runs' => ['', [], fn(self $t) => $t->extend(self::RUN + 1)],
            'extension is over' => ['F', [], fn(self $t) => $t->extend(self::RUN - 1)],
            'extension goes beyond the cut-off' => ['', ['cutoffdate' => self::now() + 2 * DAYSECS], fn(self $t) =>
                $t->extend(self::RUN + 1)],
            'cut-off goes beyond the extension' => ['', ['cutoffdate' => self::now() + self::RUN + 1], fn(self $t) =>
                $t->extend(2 * DAYSECS)],
            'extension, and an override that is over' => ['', [], function (self $t): void {
                $t->extend(self::RUN + 1);
                $t->override(['duedate' => self::now() + DAYSECS / 2]);
            }],
            'override runs' => ['', [], fn(self $t) => $t->override(['duedate' => self::now() + self::RUN + 1])],
            'override is over' => ['F', [], fn(self $t) => $t->override(['duedate' => self::now() + self::RUN - 1])],
            'override brings the date forward' => ['F', ['duedate' => self::now() + self::RUN + 1], fn(self $t) =>
                $t->override(['duedate' => self::now() + self::DUE])],
            'override takes the due date away' => ['', [], fn(self $t) => $t->override(['duedate' => 0])],
            'override takes it away, her group has one' => ['', [], function (self $t): void {
                $t->override(['duedate' => 0]);
                $t->override(['duedate' => self::now() + self::DUE, 'groupid' => $t->group()]);
            }],
            'override of the cut-off runs' => ['', [], fn(self $t) =>
                $t->override(['cutoffdate' => self::now() + self::RUN + 1])],
            'override of the cut-off is over' => ['F', [], fn(self $t) =>
                $t->override(['cutoffdate' => self::now() + self::RUN - 1])],
            'override opens later' => ['', [], fn(self $t) =>
                $t->override(['allowsubmissionsfromdate' => self::now() + self::RUN + 1])],
            'override of somebody else' => ['F', [], fn(self $t) =>
                $t->override(['duedate' => self::now() + self::RUN + 1, 'userid' => $t->teacher->id])],
            'override of her group runs' => ['', [], fn(self $t) =>
                $t->override(['duedate' => self::now() + self::RUN + 1, 'groupid' => $t->group()])],
            'override of her group is over' => ['F', [], fn(self $t) =>
                $t->override(['duedate' => self::now() + self::RUN - 1, 'groupid' => $t->group()])],
            'override of another group' => ['F', [], fn(self $t) =>
                $t->override(['duedate' => self::now() + self::RUN + 1, 'groupid' => $t->group(false)])],
            'her override is over, her group\'s runs' => ['', [], function (self $t): void {
                $t->override(['duedate' => self::now() + 2 * DAYSECS]);
                $t->override(['duedate' => self::now() + self::RUN + 1, 'groupid' => $t->group()]);
            }],

            'no submission type' => ['', ['assignsubmission_onlinetext_enabled' => 0]],
            'not graded' => ['', ['grade' => 0]],
            'hidden' => ['', ['visible' => 0]],
            'in a hidden section' => ['', [], fn(self $t) => set_section_visible($t->linked->course->id, 0, 0)],
            'in a hidden course' => ['', [], fn(self $t) => course_change_visibility($t->linked->course->id, false)],
            'not available before a day' => ['', ['availability' => self::restricted(
                ['type' => 'date', 'd' => '>=', 't' => 2000000000]
            )]],
            'available since a day' => ['F', ['availability' => self::restricted(
                ['type' => 'date', 'd' => '>=', 't' => 1000000000]
            )]],
            'available to groups, and she is in none' => ['', ['availability' => self::restricted(['type' => 'group'])]],
            'available to groups, and she is in one' => ['F', ['availability' => self::restricted(['type' => 'group'])],
                fn(self $t) => $t->group()],

            'enrolled after the due date' => ['', [], fn(self $t) => $t->enrolment(['timecreated' => self::now() + self::DUE + 1])],
            'enrolled again, from an earlier day' => ['F', [], fn(self $t) =>
                $t->enrolment(['timecreated' => self::now() + self::DUE + 1, 'timestart' => self::now() - 1])],
            'enrolment begins after the due date' => ['', [], fn(self $t) =>
                $t->enrolment(['timestart' => self::now() + self::DUE + 1])],
            'enrolled between due date and cut-off' => ['', ['cutoffdate' => self::now() + 2 * DAYSECS], fn(self $t) =>
                $t->enrolment(['timestart' => self::now() + self::DUE + 1])],
            'enrolled between due date and extension' => ['F', [], function (self $t): void {
                $t->extend(2 * DAYSECS);
                $t->enrolment(['timestart' => self::now() + self::DUE + 1]);
            }],
            'enrolment has not begun' => ['', ['duedate' => self::now() + self::RUN - 1], fn(self $t) =>
                $t->enrolment(['timestart' => self::now() + self::RUN + 1])],
            'enrolment has ended' => ['', [], fn(self $t) => $t->enrolment(['timeend' => self::now() + self::RUN - 1])],
            'enrolment suspended' => ['', [], fn(self $t) => $t->enrolment(['status' => ENROL_USER_SUSPENDED])],
            'not enrolled' => ['', [], fn(self $t) => $t->unenrol()],
            'method of enrolment switched off' => ['', [], fn(self $t) => $t->set(['status' => 1], 'enrol', 'courseid')],
            'account suspended' => ['', [], fn(self $t) => $t->suspend_account()],
            'may not submit' => ['', [], function (self $t): void {
                role_change_permission($t->role()->id, $t->assign->get_context(), 'mod/assign:submit', CAP_PROHIBIT);
            }],
            'student not linked' => ['', [], fn(self $t) => $t->mirrored(mirror::STUDENT, ['userid' => 0])],
            'student deleted in Zoho' => ['', [], fn(self $t) => $t->mirrored(mirror::STUDENT, ['deleted' => 1])],
            'class not linked' => ['', [], fn(self $t) => $t->mirrored(mirror::COURSE, ['courseid' => 0])],
            'class deleted in Zoho' => ['', [], fn(self $t) => $t->mirrored(mirror::COURSE, ['deleted' => 1])],

            'type Recording' => ['', [], fn(self $t) => $t->mirrored(mirror::ENROLMENT, ['enrollmenttype' => 'Recording'])],
            'type Self-Study' => ['', [], fn(self $t) =>
                $t->mirrored(mirror::ENROLMENT, ['enrollmenttype' => 'Self-Study'])],
            'type Not Graded' => ['', [], fn(self $t) =>
                $t->mirrored(mirror::ENROLMENT, ['enrollmenttype' => 'Not Graded'])],
            'type that is not excluded' => ['F', [], function (self $t) use ($generated): void {
                $generated(['excluded_types' => ['Not Graded']]);
                $t->mirrored(mirror::ENROLMENT, ['enrollmenttype' => 'Recording']);
            }],
            'a newer enrollment of another type' => ['', [], fn(self $t) => $t->second_enrollment('Recording', '')],
            'an enrollment of another type that has ended' => ['F', [], fn(self $t) =>
                $t->second_enrollment('Recording', '2026-01-31')],

            'team submitted' => ['', ['teamsubmission' => 1], function (self $t): void {
                $t->group();
                $t->submit();
            }],
            'team did not submit' => ['F', ['teamsubmission' => 1], fn(self $t) => $t->group()],
            'in no team, where one is needed' => ['', ['teamsubmission' => 1, 'preventsubmissionnotingroup' => 1]],
            'in two teams, where one is needed' => ['', ['teamsubmission' => 1, 'preventsubmissionnotingroup' => 1],
                function (self $t): void {
                    $t->group();
                    $t->group();
                }],
            'in one team, where one is needed' => ['F', ['teamsubmission' => 1, 'preventsubmissionnotingroup' => 1], fn(self $t) =>
                $t->group()],
        ];
    }

    /**
     * An unmarked student's letter.
     *
     * @param string $letter
     * @param array $settings
     * @param callable|null $happens
     * @dataProvider without_mark
     */
    public function test_without_mark(string $letter, array $settings = [], ?callable $happens = null): void {
        $this->assign($settings);
        if ($happens) {
            $happens($this);
        }
        $this->assertSame($letter, $this->letter_after_run());
    }

    /**
     * Situations in which the second attempt is open: the mark of the first, settings, what happens, and the letter.
     *
     * @return array[]
     */
    public static function second_open(): array {
        return [
            'nothing submitted' => ['RR'],
            'first attempt zero' => ['RR', '0'],
            'first attempt passed' => ['', '2'],
            'first attempt invalid' => ['', '1', [], fn(self $t) => $t->mark('1', ['text' => '01122', 'format' => FORMAT_HTML])],
            'first attempt not released' => ['', '1', ['markingworkflow' => 1]],
            'submitted, waiting for its mark' => ['', '1', [], fn(self $t) => $t->submit()],
            'draft that was never submitted' => ['RR', '1', ['submissiondrafts' => 1], fn(self $t) => $t->save()],
            'marked' => ['', '1', [], fn(self $t) => $t->mark('1', null, 1)],
            'grade set in the gradebook' => ['', '1', [], fn(self $t) =>
                $t->assign->get_grade_item()->update_final_grade($t->linked->user->id, 1, 'gradebook')],
            'opened after the due date' => ['', '1', [], fn(self $t) => $t->set(
                ['timecreated' => self::now() + self::DUE + 1],
                'assign_submission',
                'assignment'
            )],
            'extension runs' => ['', '1', [], fn(self $t) => $t->extend(self::RUN + 1)],
            'extension is over' => ['RR', '1', [], fn(self $t) => $t->extend(self::RUN - 1)],
            'override of the cut-off runs' => ['', '1', [], fn(self $t) =>
                $t->override(['cutoffdate' => self::now() + self::RUN + 1])],
            'type Recording' => ['', '1', [], fn(self $t) =>
                $t->mirrored(mirror::ENROLMENT, ['enrollmenttype' => 'Recording'])],
            'hidden' => ['', '1', [], fn(self $t) => set_coursemodule_visible($t->assign->get_course_module()->id, 0)],
            'enrolment suspended' => ['', '1', [], fn(self $t) => $t->enrolment(['status' => ENROL_USER_SUSPENDED])],
            'team did not submit' => ['RR', '1', ['teamsubmission' => 1]],
            'team submitted' => ['', '1', ['teamsubmission' => 1], fn(self $t) => $t->submit()],
        ];
    }

    /**
     * The letter of a student whose second attempt is open.
     *
     * @param string $letter
     * @param string $mark of the first attempt, of 4
     * @param array $settings
     * @param callable|null $happens
     * @dataProvider second_open
     */
    public function test_second_open(string $letter, string $mark = '1', array $settings = [], ?callable $happens = null): void {
        agent_settings::put('grading.attempts', '{"open_second":false}');
        $this->assign($settings + ['grade' => 4, 'attemptreopenmethod' => 'manual', 'maxattempts' => 2]);
        $this->submit();
        $this->mark($mark);
        $this->reopen();
        if ($happens) {
            $happens($this);
        }
        $this->assertSame($letter, $this->letter_after_run());
    }

    /**
     * A run needs as many queries for many students as for one.
     */
    public function test_queries(): void {
        global $DB;
        $this->assign();
        $this->run_at(self::now() + self::RUN);
        $count = function () use ($DB): int {
            $before = $DB->perf_get_queries();
            $this->run_at(self::now() + self::RUN);
            return $DB->perf_get_queries() - $before;
        };
        $one = $count();
        $generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        foreach (range(1, 5) as $ignored) {
            $other = $generator->linked_student()->user;
            $this->getDataGenerator()->enrol_user($other->id, $this->linked->course->id);
        }
        $this->run_at(self::now() + self::RUN);
        $this->assertSame(6, $DB->count_records(outcomes::TABLE));
        $this->assertSame($one, $count());
    }
}
