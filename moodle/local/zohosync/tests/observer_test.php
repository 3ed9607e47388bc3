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

namespace local_zohosync;

use local_zohosync\local\origin;

defined('MOODLE_INTERNAL') || die();
require_once(__DIR__ . '/grade_testcase.php');

/**
 * What the agent hears of grading.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\observer
 * @covers \local_zohosync\local\grade\listener
 * @covers \local_zohosync\local\outbox\emitter
 */
final class observer_test extends grade_testcase {
    /**
     * A first grade: one event, with the whole snapshot.
     */
    public function test_grade(): void {
        global $CFG, $DB;
        $assign = $this->assignment(['name' => 'Report']);
        $feedback = ['text' => '<p><b>Well</b> done</p>', 'format' => FORMAT_HTML];
        $this->grade($assign, '60', ['assignfeedbackcomments_editor' => $feedback]);

        $row = $DB->get_record('local_zohosync_outbox', [], '*', MUST_EXIST);
        $this->assertSame('grade:' . $this->key($assign), $row->objectkey);
        $this->assertSame('pending', $row->status);
        [$event] = $this->take_events();
        $this->assertSame('grade.updated', $event->type);
        $this->assertSame($CFG->wwwroot, $event->site);
        $this->assertMatchesRegularExpression('/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/', $event->timestamp);
        $this->assertSame($this->key($assign), $event->data->key);
        $this->assertSame('moodle', $event->data->origin);
        $grade = $event->data->grade;
        $this->assertSame('60.00000', $grade->finalgrade);
        $this->assertSame('100.00000', $grade->grademax);
        $this->assertSame('Report', $grade->assignname);
        $this->assertSame('Well done', $grade->feedback);
        $this->assertSame($this->linked->studentid, $grade->studentzohoid);
        $this->assertSame($this->linked->classid, $grade->classzohoid);
        $this->assertSame(fullname($this->teacher), $grade->grader);
        $this->assertSame('editingteacher', $grade->graderrole);
        $this->assertSame([1, 0, 0, ''], [$grade->found, $grade->hidden, $grade->overridden, $grade->workflow]);
    }

    /**
     * Corrections: every new value, in order; the same value again is no event.
     */
    public function test_regrade(): void {
        $assign = $this->assignment();
        foreach (['60', '60', '80', '0'] as $grade) {
            $this->grade($assign, $grade);
        }
        $this->assertSame(['60.00000', '80.00000', '0.00000'], $this->finals());
    }

    /**
     * A cleared grade is told as an empty one.
     */
    public function test_clear(): void {
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $this->grade($assign, '');
        $this->assertSame(['60.00000', ''], $this->finals());
    }

    /**
     * Feedback that changes beside an equal grade is told.
     */
    public function test_feedback_only(): void {
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $this->take_events();
        $this->grade($assign, '60', ['assignfeedbackcomments_editor' => ['text' => 'New', 'format' => FORMAT_HTML]]);
        $events = $this->take_events();
        $this->assertCount(1, $events);
        $this->assertSame('New', $events[0]->data->grade->feedback);
    }

    /**
     * An override in the gradebook counts, with the gradebook's feedback.
     */
    public function test_override(): void {
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $this->take_events();
        $assign->get_grade_item()->update_final_grade($this->linked->user->id, 90, 'gradebook', 'Changed', FORMAT_HTML);
        $events = $this->take_events();
        $this->assertCount(1, $events);
        $grade = $events[0]->data->grade;
        $this->assertSame(['90.00000', 1, 'Changed'], [$grade->finalgrade, $grade->overridden, $grade->feedback]);
    }

    /**
     * Under a marking workflow nothing is told before the release; a retracted grade is told as empty.
     */
    public function test_workflow(): void {
        $assign = $this->assignment(['markingworkflow' => 1]);
        foreach (['inmarking', 'readyforreview', 'inreview', 'readyforrelease'] as $state) {
            $this->grade($assign, '65', ['workflowstate' => $state]);
        }
        $this->assertSame([], $this->finals());
        $this->grade($assign, '65', ['workflowstate' => 'released']);
        $events = $this->take_events();
        $this->assertCount(1, $events);
        $this->assertSame(['65.00000', 'released'], [$events[0]->data->grade->finalgrade, $events[0]->data->grade->workflow]);
        $this->grade($assign, '65', ['workflowstate' => 'inreview']);
        $events = $this->take_events();
        $this->assertCount(1, $events);
        $this->assertSame(['', 'inreview'], [$events[0]->data->grade->finalgrade, $events[0]->data->grade->workflow]);
    }

    /**
     * A grade that is removed, and an assignment that is removed, are told as deleted.
     */
    public function test_delete(): void {
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $this->take_events();
        $this->gradebook($assign)->delete('test');
        $events = $this->take_events();
        $this->assertCount(1, $events);
        $this->assertSame('grade.deleted', $events[0]->type);
        $this->assertNull($events[0]->data->grade);

        $other = $this->assignment();
        $this->grade($other, '70');
        $this->take_events();
        $key = $this->key($other);
        course_delete_module($other->get_course_module()->id);
        $events = $this->take_events();
        $this->assertSame([['grade.deleted', $key]], array_map(fn($event) => [$event->type, $event->data->key], $events));
    }

    /**
     * Course totals, other activities, unlinked students and unlinked courses concern nobody.
     */
    public function test_not_ours(): void {
        $assign = $this->assignment();
        $stranger = $this->getDataGenerator()->create_and_enrol($this->linked->course, 'student');
        $form = ['grade' => '50', 'assignfeedbackcomments_editor' => ['text' => '', 'format' => FORMAT_HTML]];
        $assign->testable_apply_grade_to_user((object) $form, $stranger->id, -1);
        $quiz = $this->getDataGenerator()->create_module('quiz', ['course' => $this->linked->course->id]);
        $item = \grade_item::fetch(['itemmodule' => 'quiz', 'iteminstance' => $quiz->id]);
        $item->update_final_grade($this->linked->user->id, 5);
        $elsewhere = $this->getDataGenerator()->create_course();
        $this->getDataGenerator()->enrol_user($this->linked->user->id, $elsewhere->id);
        $module = $this->getDataGenerator()->create_module('assign', ['course' => $elsewhere->id]);
        \grade_item::fetch(['itemmodule' => 'assign', 'iteminstance' => $module->id])
            ->update_final_grade($this->linked->user->id, 5);
        $this->assertSame([], $this->take_events());
    }

    /**
     * What the agent writes, and what its account writes, is not sent back.
     */
    public function test_agent_is_not_told_of_itself(): void {
        $assign = $this->assignment();
        origin::as_agent(fn() => $this->grade($assign, '60'));
        $this->assertSame([], $this->take_events());
        set_config('serviceuserid', $this->teacher->id, 'local_zohosync');
        $this->grade($assign, '70');
        $this->assertSame([], $this->take_events());
        set_config('serviceuserid', 0, 'local_zohosync');
        $this->grade($assign, '80');
        $this->assertSame(['80.00000'], $this->finals());
    }

    /**
     * Situations in which the plugin is silent.
     *
     * @return array[]
     */
    public static function silences(): array {
        return [
            'switched off' => [fn() => set_config('enabled', 0, 'local_zohosync')],
            'no agent' => [fn() => set_config('agenturl', '', 'local_zohosync')],
            'copied site, other address' => [fn() => set_config('sitewwwroot', 'https://production.example.org', 'local_zohosync')],
            'copied site, other identifier' => [fn() => set_config('siteid', 'x', 'local_zohosync')],
            'not installed' => [fn() => unset_config('version', 'local_zohosync')],
        ];
    }

    /**
     * It says nothing, and grading goes on.
     *
     * @param callable $situation
     * @dataProvider silences
     */
    public function test_silence(callable $situation): void {
        $assign = $this->assignment();
        $situation();
        $this->grade($assign, '60');
        $this->assertSame([], $this->take_events());
        $this->assertEquals(60, $this->gradebook($assign)->finalgrade);
    }

    /**
     * An \Error inside the observer does not reach the teacher, nor does it stop later events.
     */
    public function test_error_does_not_escape(): void {
        global $DB;
        $assign = $this->assignment();
        // The table is gone, as during an uninstallation: the insertion throws. A key that is no int makes a TypeError.
        $event = \core\event\user_graded::create([
            'context' => \core\context\course::instance($this->linked->course->id),
            'objectid' => 1,
            'relateduserid' => $this->linked->user->id,
            'other' => ['itemid' => 1, 'overridden' => false, 'finalgrade' => 1],
        ]);
        // Without a grade inside, get_grade() gives null, and a method called on null is an \Error.
        $event->trigger();
        $this->assertDebuggingCalled();

        $DB->get_manager()->rename_table(new \xmldb_table('local_zohosync_outbox'), 'local_zohosync_away');
        try {
            $this->grade($assign, '60');
        } finally {
            $DB->get_manager()->rename_table(new \xmldb_table('local_zohosync_away'), 'local_zohosync_outbox');
        }
        $this->assertEquals(60, $this->gradebook($assign)->finalgrade);
        $this->assertDebuggingCalledCount(2);
        $this->grade($assign, '70');
        $this->assertSame(['70.00000'], $this->finals());
    }

    /**
     * Saving a grade with the agent away makes no connection: the event waits, and the task is queued.
     */
    public function test_saving_does_not_wait(): void {
        global $DB;
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $row = $DB->get_record('local_zohosync_outbox', [], '*', MUST_EXIST);
        $this->assertSame(['pending', '0'], [$row->status, $row->attempts]);
        $this->assertCount(1, \core\task\manager::get_adhoc_tasks('\local_zohosync\task\deliver_now'));
    }

    /**
     * Official grades of the events that were put into the outbox, in order, and forget them.
     *
     * @return string[]
     */
    private function finals(): array {
        return array_map(fn($event) => $event->data->grade->finalgrade, $this->take_events());
    }
}
