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

namespace local_zohosync\local\attempts;

use local_zohosync\grade_testcase;
use local_zohosync\local\agent_settings;
use local_zohosync\local\history_reader;

defined('MOODLE_INTERNAL') || die();
require_once(__DIR__ . '/../../grade_testcase.php');

/**
 * The second attempt that a referred student gets.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\attempts\opener
 * @covers \local_zohosync\local\attempts\reopened_assign
 * @covers \local_zohosync\task\open_attempt
 */
final class opener_test extends grade_testcase {
    /** @var array The form's fields of a feedback that carries the marker of an invalid submission. */
    private const INVALID = ['assignfeedbackcomments_editor' => ['text' => '01122', 'format' => FORMAT_HTML]];

    /** @var \mod_assign_testable_assign The assignment. */
    private \mod_assign_testable_assign $assign;

    /**
     * Marks and settings, and whether the second attempt is opened.
     *
     * @return array[] newest attempt after the tasks, mark, settings of the assignment, fields of the form
     */
    public static function marks(): array {
        return [
            'referred' => [1, '1'],
            'zero' => [1, '0'],
            'passed' => [0, '2'],
            'invalid submission' => [0, '1', [], self::INVALID],
            'marked without a mark' => [0, ''],
            'marked, not released' => [0, '1', ['markingworkflow' => 1], ['workflowstate' => 'readyforrelease']],
            'released' => [1, '1', ['markingworkflow' => 1], ['workflowstate' => 'released']],
            'until pass, with no mark to pass set' => [1, '1', ['attemptreopenmethod' => 'untilpass']],
            'Moodle opens it by itself' => [1, '1', ['attemptreopenmethod' => 'automatic']],
            'one attempt only' => [0, '1', ['maxattempts' => 1]],
            'any number of attempts' => [1, '1', ['maxattempts' => -1]],
        ];
    }

    /**
     * A released R, and nothing else, opens it.
     *
     * @param int $newest
     * @param string $mark of 4
     * @param array $settings
     * @param array $form
     * @dataProvider marks
     */
    public function test_marks(int $newest, string $mark, array $settings = [], array $form = []): void {
        $this->submitted($settings);
        $this->grade($this->assign, $mark, $form);
        // Opened by Moodle itself it is there at once; else whoever grades does not wait for it.
        $this->assertSame(($settings['attemptreopenmethod'] ?? '') === 'automatic' ? 1 : 0, $this->newest());
        $this->run_tasks();
        $this->assertSame($newest, $this->newest());
        $this->run_tasks();
        $this->assertSame($newest, $this->newest());
    }

    /**
     * It is opened as Moodle's own button does it, the mark stays as it was, and the agent is told.
     */
    public function test_as_moodle_does(): void {
        global $DB;
        $this->submitted();
        $this->grade($this->assign, '1');
        $this->take_events();
        $marks = $DB->get_records('assign_grades', ['assignment' => $this->assign->get_instance()->id]);
        $this->run_tasks();
        $this->assertEquals($marks, $DB->get_records('assign_grades', ['assignment' => $this->assign->get_instance()->id]));
        $this->assertEquals(1, $this->gradebook($this->assign)->finalgrade);
        $newest = $this->assign->get_user_submission($this->linked->user->id, false);
        $this->assertSame([ASSIGN_SUBMISSION_STATUS_REOPENED, '1'], [$newest->status, $newest->latest]);
        $this->assertTrue($this->assign->submissions_open($this->linked->user->id));
        [$event] = $this->take_events();
        $this->assertSame([0, 1], array_column($event->data->grade->attempts, 'attemptnumber'));
        $this->assertSame(['1.00000', ''], array_column($event->data->grade->attempts, 'grade'));
    }

    /**
     * Never a third one.
     */
    public function test_never_a_third(): void {
        $this->submitted(['maxattempts' => 5]);
        $this->grade($this->assign, '1');
        $this->run_tasks();
        $this->add_submission($this->linked->user, $this->assign);
        $this->setUser($this->teacher);
        $this->grade($this->assign, '1');
        $this->run_tasks();
        $this->assertSame(1, $this->newest());
        // A correction of the first attempt's mark, when the second is there, opens nothing either.
        $this->grade($this->assign, '0', ['attemptnumber' => 0]);
        $this->run_tasks();
        $this->assertSame(1, $this->newest());
    }

    /**
     * Switched off, or a mark that was corrected before the task ran: nothing is opened.
     */
    public function test_asked_again_when_it_runs(): void {
        $this->submitted();
        $this->grade($this->assign, '1');
        $this->grade($this->assign, '3');
        $this->run_tasks();
        $this->assertSame(0, $this->newest());
        agent_settings::put('grading.attempts', '{"open_second":false}');
        $this->grade($this->assign, '1');
        $this->run_tasks();
        $this->assertSame(0, $this->newest());
    }

    /**
     * A hidden R opens nothing before it is shown.
     */
    public function test_hidden(): void {
        history_reader::run();
        $this->submitted();
        $this->assign->get_grade_item()->set_hidden(1);
        $this->grade($this->assign, '1');
        $this->run_tasks();
        $this->assertSame(0, $this->newest());
        $this->assign->get_grade_item()->set_hidden(0, true);
        $this->run_tasks();
        $this->assertSame(1, $this->newest());
    }

    /**
     * A grade that was typed into the gradebook, where there is no attempt, is followed by none.
     */
    public function test_no_attempt(): void {
        $this->assign = $this->assignment(['grade' => 4, 'attemptreopenmethod' => 'manual', 'maxattempts' => 2]);
        $this->assign->get_grade_item()->update_final_grade($this->linked->user->id, 1, 'gradebook');
        $this->assertCount(1, $this->take_events());
        $this->assertSame([], \core\task\manager::get_adhoc_tasks('\local_zohosync\task\open_attempt'));
    }

    /**
     * A submission that the teacher locked is unlocked for the second attempt, as Moodle's own button does.
     */
    public function test_locked(): void {
        $this->submitted();
        $this->assign->lock_submission($this->linked->user->id);
        $this->grade($this->assign, '1');
        $this->run_tasks();
        $this->assertSame(1, $this->newest());
        $this->assertTrue($this->assign->submissions_open($this->linked->user->id));
    }

    /**
     * Who was marked R without having handed in may hand in a second time as well.
     */
    public function test_nothing_submitted(): void {
        $this->assign = $this->assignment(['grade' => 4, 'attemptreopenmethod' => 'manual', 'maxattempts' => 2]);
        $this->grade($this->assign, '1');
        $this->run_tasks();
        $this->assertSame(1, $this->newest());
    }

    /**
     * A team gets one second attempt, however many of its members were referred.
     */
    public function test_team(): void {
        global $DB;
        $group = $this->getDataGenerator()->create_group(['courseid' => $this->linked->course->id]);
        $mate = $this->getDataGenerator()->create_and_enrol($this->linked->course, 'student');
        groups_add_member($group, $this->linked->user);
        groups_add_member($group, $mate);
        $this->submitted(['teamsubmission' => 1, 'maxattempts' => -1]);
        $DB->set_field('local_zohosync_student', 'userid', $this->linked->user->id);
        $data = (object) [
            'grade' => '1', 'attemptnumber' => -1, 'applytoall' => 1, 'addattempt' => false,
            'assignfeedbackcomments_editor' => ['text' => '', 'format' => FORMAT_HTML],
        ];
        $this->assign->save_grade($this->linked->user->id, $data);
        $this->run_tasks();
        $this->run_tasks();
        $this->assertSame(['0', '1'], $DB->get_fieldset_select(
            'assign_submission',
            'attemptnumber',
            'assignment = ? AND userid = 0 AND groupid = ? ORDER BY attemptnumber',
            [$this->assign->get_instance()->id, $group->id]
        ));
    }

    /**
     * An assignment for which the student handed in.
     *
     * @param array $settings
     */
    private function submitted(array $settings = []): void {
        $this->assign = $this->assignment($settings + [
            'grade' => 4, 'submissiondrafts' => 0, 'attemptreopenmethod' => 'manual', 'maxattempts' => 2,
        ]);
        $this->add_submission($this->linked->user, $this->assign);
        $this->setUser($this->teacher);
    }

    /**
     * Run the adhoc tasks, as cron does.
     */
    private function run_tasks(): void {
        $this->setAdminUser();
        foreach (['\local_zohosync\task\look_at_item', '\local_zohosync\task\open_attempt'] as $class) {
            $this->runAdhocTasks($class);
        }
        $this->setUser($this->teacher);
    }

    /**
     * The newest attempt of the student, or of her team.
     *
     * @return int from 0
     */
    private function newest(): int {
        global $DB;
        return (int) $DB->get_field('assign_submission', 'MAX(attemptnumber)', ['assignment' => $this->assign->get_instance()->id]);
    }
}
