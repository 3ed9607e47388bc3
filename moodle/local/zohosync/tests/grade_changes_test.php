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

use local_zohosync\local\grade\key;
use local_zohosync\local\grade\snapshot;
use local_zohosync\local\history_reader;
use local_zohosync\local\outbox\emitter;
use local_zohosync\task\compare_grades;

defined('MOODLE_INTERNAL') || die();
require_once(__DIR__ . '/grade_testcase.php');

/**
 * Changes of a grade of which Moodle tells in some other way than by the grade's own event, or not at all.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\grade\listener
 * @covers \local_zohosync\local\grade\teller
 * @covers \local_zohosync\local\history_reader
 * @covers \local_zohosync\local\enrolment\removals
 * @covers \local_zohosync\observer
 * @covers \local_zohosync\task\look_at_item
 * @covers \local_zohosync\task\compare_grades
 */
final class grade_changes_test extends grade_testcase {
    /**
     * An override that is taken away brings the assignment's own grade back.
     */
    public function test_override_removed(): void {
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $assign->get_grade_item()->update_final_grade($this->linked->user->id, 90, 'gradebook');
        $this->take_events();
        $this->gradebook($assign)->set_overridden(false);
        $this->assertSame([['60.00000', 0]], $this->told(['finalgrade', 'overridden']));
    }

    /**
     * The whole item is hidden and shown again: told by a task, once for each grade that the agent heard of.
     */
    public function test_item_hidden(): void {
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $this->take_events();
        $this->grade($assign, '60');
        $this->assertSame([], \core\task\manager::get_adhoc_tasks('\local_zohosync\task\look_at_item'));
        $assign->get_grade_item()->set_hidden(1, true);
        $this->assertSame([], $this->take_events());
        $this->run_task();
        $this->assertSame([['60.00000', 1]], $this->told(['finalgrade', 'hidden']));
        $assign->get_grade_item()->set_hidden(0, true);
        $this->run_task();
        $this->assertSame([['60.00000', 0]], $this->told(['finalgrade', 'hidden']));
    }

    /**
     * An item of which the agent heard nothing leaves no work.
     */
    public function test_item_nobody_heard_of(): void {
        $this->assignment()->get_grade_item()->set_hidden(1);
        $this->assertSame([], \core\task\manager::get_adhoc_tasks('\local_zohosync\task\look_at_item'));
    }

    /**
     * Another maximum with the grades rescaled: the grade as it is after it.
     */
    public function test_rescaled(): void {
        $assign = $this->assignment();
        $this->grade($assign, '70');
        $this->take_events();
        $item = $assign->get_grade_item();
        $item->rescale_grades_keep_percentage(0, 100, 0, 50, 'gradebook');
        $item->grademax = 50;
        $item->update();
        grade_regrade_final_grades($this->linked->course->id);
        $this->run_task();
        $told = $this->told(['finalgrade', 'grademax']);
        $this->assertSame(['35.00000', '50.00000'], end($told));
    }

    /**
     * A team's grade is every member's.
     */
    public function test_team_graded(): void {
        $mate = $this->getDataGenerator()->get_plugin_generator('local_zohosync')->linked_student()->user;
        $this->getDataGenerator()->enrol_user($mate->id, $this->linked->course->id);
        $group = $this->getDataGenerator()->create_group(['courseid' => $this->linked->course->id]);
        groups_add_member($group, $this->linked->user);
        groups_add_member($group, $mate);
        $assign = $this->assignment(['teamsubmission' => 1, 'submissiondrafts' => 0]);
        $this->add_submission($this->linked->user, $assign);
        $this->setUser($this->teacher);
        $this->take_events();
        $assign->save_grade($this->linked->user->id, (object) [
            'grade' => '80', 'attemptnumber' => -1, 'applytoall' => 1, 'addattempt' => false,
            'assignfeedbackcomments_editor' => ['text' => 'Good', 'format' => FORMAT_HTML],
        ]);
        $events = $this->take_events();
        $this->assertEqualsCanonicalizing(
            [$this->key($assign), preg_replace('/^\d+/', $mate->id, $this->key($assign))],
            array_unique(array_map(fn($event) => $event->data->key, $events))
        );
        foreach ($events as $event) {
            $this->assertSame('80.00000', $event->data->grade->finalgrade);
        }
    }

    /**
     * The states through which a retracted grade goes are told, before and without a new grade; those of a grade that was never
     * released are nobody's business.
     */
    public function test_workflow_of_retracted_grade(): void {
        $assign = $this->assignment(['markingworkflow' => 1]);
        $move = function (string $state) use ($assign): void {
            $flags = $assign->get_user_flags($this->linked->user->id, true);
            $flags->workflowstate = $state;
            $assign->update_user_flags($flags);
            \mod_assign\event\workflow_state_updated::create_from_user($assign, $this->linked->user, $state)->trigger();
        };
        $this->grade($assign, '65', ['workflowstate' => 'inmarking']);
        $move('inreview');
        $this->assertSame([], $this->take_events());
        $this->grade($assign, '65', ['workflowstate' => 'released']);
        $this->grade($assign, '65', ['workflowstate' => 'inmarking']);
        $this->take_events();
        $move('readyforreview');
        $move('readyforreview');
        $this->assertSame([['', 'readyforreview']], $this->told(['finalgrade', 'workflow']));
    }

    /**
     * Hidden until a moment: nothing is written when it comes, and the agent is told all the same.
     *
     * @param bool $item is the whole item hidden, or one grade?
     * @dataProvider whole_or_one
     */
    public function test_hidden_until(bool $item): void {
        $this->mock_clock_with_frozen(time());
        history_reader::run();
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $until = time() - 2;
        $item ? $assign->get_grade_item()->set_hidden($until) : $this->gradebook($assign)->set_hidden($until);
        $this->run_task();
        $this->take_events();
        set_config('revealwatermark', $until - 60, 'local_zohosync');
        emitter::forget(key::parse($this->key($assign)));
        emitter::emit(key::parse($this->key($assign)), ['hidden' => 1] + $this->snapshot($assign), emitter::FROM_MOODLE);
        $this->take_events();
        set_config('historywatermark', PHP_INT_MAX, 'local_zohosync');
        history_reader::run();
        $this->assertSame([['60.00000', 0]], $this->told(['finalgrade', 'hidden']));
        history_reader::run();
        $this->assertSame([], $this->take_events());
        $this->assertEquals(\core\di::get(\core\clock::class)->time(), get_config('local_zohosync', 'revealwatermark'));
    }

    /**
     * The whole item, or one grade.
     *
     * @return array[]
     */
    public static function whole_or_one(): array {
        return ['item' => [true], 'grade' => [false]];
    }

    /**
     * Without the gradebook's history, or with one that is kept too short, every grade is looked at each night.
     *
     * @param array $setting
     * @param int $told
     * @dataProvider histories
     */
    public function test_compared_each_night(array $setting, int $told): void {
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $this->grade($this->assignment(), '70');
        $this->take_events();
        foreach ($setting as $name => $value) {
            set_config($name, $value);
        }
        $this->gradebook($assign)->set_hidden(1);
        (new compare_grades())->execute();
        $events = $this->take_events();
        $this->assertSame(array_fill(0, $told, $this->key($assign)), array_map(fn($event) => $event->data->key, $events));
        (new compare_grades())->execute();
        $this->assertSame([], $this->take_events());
    }

    /**
     * How the history may be kept, and how many grades the night's task then finds changed.
     *
     * @return array[]
     */
    public static function histories(): array {
        return [
            'kept' => [[], 0],
            'off' => [['disablegradehistory' => 1], 1],
            'short' => [['gradehistorylifetime' => 180], 1],
            'long enough' => [['gradehistorylifetime' => 365], 0],
        ];
    }

    /**
     * The deletion of an account or of a whole course withdraws nobody's grade.
     */
    public function test_housekeeping(): void {
        $this->setAdminUser();
        $other = $this->getDataGenerator()->get_plugin_generator('local_zohosync')->linked_student();
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $elsewhere = $this->create_instance($other->course, ['grade' => 100]);
        $elsewhere->get_grade_item()->update_final_grade($other->user->id, 50, 'gradebook');
        $this->take_events();
        delete_user($this->linked->user);
        delete_course($other->course, false);
        $this->assertSame([], $this->told_types('grade'));
        $gone = fn(key $key) => (new snapshot())->build($key)['gone'];
        $this->assertSame('user', $gone(key::parse($this->key($assign))));
        $assignid = (int) $elsewhere->get_instance()->id;
        $this->assertSame('course', $gone(new key((int) $other->user->id, (int) $other->course->id, $assignid)));
    }

    /**
     * After it grades of other accounts and courses are told as ever.
     */
    public function test_after_housekeeping(): void {
        $this->setAdminUser();
        $other = $this->getDataGenerator()->get_plugin_generator('local_zohosync')->linked_student();
        delete_user($other->user);
        delete_course($other->course, false);
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $this->take_events();
        $this->gradebook($assign)->delete('test');
        $this->assertSame(['grade.deleted'], $this->told_types('grade'));
    }

    /**
     * Run the task that looks at changed grade items.
     */
    private function run_task(): void {
        $this->runAdhocTasks('\local_zohosync\task\look_at_item');
    }

    /**
     * What the agent was told, event by event.
     *
     * @param string[] $fields of the snapshot
     * @return array[]
     */
    private function told(array $fields): array {
        return array_map(
            fn($event) => array_map(fn($field) => $event->data->grade->$field, $fields),
            $this->take_events()
        );
    }

    /**
     * Types of the events about one kind of thing.
     *
     * @param string $kind
     * @return string[]
     */
    private function told_types(string $kind): array {
        return array_values(array_filter(array_column($this->take_events(), 'type'), fn($type) => str_starts_with($type, $kind)));
    }

    /**
     * The present picture of the student's grade.
     *
     * @param \assign $assign
     * @return array
     */
    private function snapshot(\assign $assign): array {
        return (new snapshot())->build(key::parse($this->key($assign)));
    }
}
