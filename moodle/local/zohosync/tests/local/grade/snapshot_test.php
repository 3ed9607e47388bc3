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

namespace local_zohosync\local\grade;

use local_zohosync\grade_testcase;

defined('MOODLE_INTERNAL') || die();
require_once(__DIR__ . '/../../grade_testcase.php');

/**
 * Pictures of grades.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\grade\snapshot
 * @covers \local_zohosync\local\grade\assignment
 * @covers \local_zohosync\local\grade\attempt
 * @covers \local_zohosync\local\grade\criteria\finder
 * @covers \local_zohosync\local\grade\criteria\btec_reader
 * @covers \local_zohosync\local\grade\criteria\none_reader
 */
final class snapshot_test extends grade_testcase {
    /**
     * Nothing submitted, nothing graded.
     */
    public function test_ungraded(): void {
        $assign = $this->assignment();
        $snapshot = $this->snapshot($assign);
        $this->assertSame(1, $snapshot['found']);
        $this->assertSame(['', -1, 0, 0], [
            $snapshot['finalgrade'], $snapshot['attemptnumber'], $snapshot['submitted'], $snapshot['timegraded'],
        ]);
        $this->assertSame((int) $assign->get_grade_item()->id, $snapshot['itemid']);
        $this->assertSame((int) $assign->get_course_module()->id, $snapshot['cmid']);
    }

    /**
     * Assignment, student or course that are gone.
     */
    public function test_gone(): void {
        $assign = $this->assignment();
        $key = key::parse($this->key($assign));
        $gone = function (key $key): string {
            $snapshot = (new snapshot())->build($key);
            $this->assertSame([0, $key->text()], [$snapshot['found'], $snapshot['key']]);
            return $snapshot['gone'];
        };
        $this->assertSame('', $this->snapshot($assign)['gone']);
        $this->assertSame('assignment', $gone(new key($key->userid, $key->courseid, 999999)));
        $this->assertSame('course', $gone(new key($key->userid, 999999, $key->assignid)));
        $this->setAdminUser();
        $assign->get_grade_item()->delete();
        $this->assertSame('grade', $gone($key));
        course_delete_module($assign->get_course_module()->id);
        $this->assertSame('assignment', $gone($key));
        delete_user($this->linked->user);
        $this->assertSame('user', $gone($key));
    }

    /**
     * A student who left without a trace of her grade is not taken for one whose grade was withdrawn.
     */
    public function test_lost(): void {
        global $DB;
        $assign = $this->assignment();
        $this->grade($assign, '60');
        set_config('disablegradehistory', 1);
        $DB->delete_records('grade_grades_history');
        $plugin = enrol_get_plugin('manual');
        $instance = $DB->get_record('enrol', ['courseid' => $this->linked->course->id, 'enrol' => 'manual'], '*', MUST_EXIST);
        $plugin->unenrol_user($instance, $this->linked->user->id);
        $snapshot = $this->snapshot($assign);
        $this->assertSame([0, 'user'], [$snapshot['found'], $snapshot['gone']]);
        $plugin->enrol_user($instance, $this->linked->user->id, null, 0, 0, ENROL_USER_ACTIVE, false);
        $this->assertSame([1, '', ''], array_values(array_intersect_key(
            $this->snapshot($assign),
            array_flip(['found', 'finalgrade', 'gone'])
        )));
    }

    /**
     * The attempts one by one, each with its own mark; the newest mark only when it is released.
     */
    public function test_attempts(): void {
        $assign = $this->assignment([
            'attemptreopenmethod' => 'manual', 'maxattempts' => 3, 'submissiondrafts' => 0, 'grade' => 4, 'markingworkflow' => 1,
        ]);
        $this->assertSame([], $this->snapshot($assign)['attempts']);
        $this->add_submission($this->linked->user, $assign);
        $this->setUser($this->teacher);
        $this->grade($assign, '1', ['workflowstate' => 'inmarking']);
        $this->assertSame([[0, true, '', false, '']], $this->attempts($assign));
        $this->grade($assign, '1', ['workflowstate' => 'released']);
        $first = [0, true, '1.00000', true, fullname($this->teacher)];
        $this->assertSame([$first], $this->attempts($assign));
        $_POST['sesskey'] = sesskey();
        $this->assertTrue($assign->testable_process_add_attempt($this->linked->user->id));
        $this->assertSame([$first, [1, false, '', false, '']], $this->attempts($assign));
        $this->grade($assign, '3', ['workflowstate' => 'inreview', 'attemptnumber' => 1]);
        $this->assertSame([$first, [1, false, '', false, '']], $this->attempts($assign));
        $this->grade($assign, '3', ['workflowstate' => 'released', 'attemptnumber' => 1]);
        $this->assertSame([$first, [1, false, '3.00000', true, fullname($this->teacher)]], $this->attempts($assign));
    }

    /**
     * Attempts of a snapshot: number, was it submitted, grade, was it graded, grader.
     *
     * @param \assign $assign
     * @return array[]
     */
    private function attempts(\assign $assign): array {
        return array_map(fn($attempt) => [
            $attempt['attemptnumber'], $attempt['submitted'] > 0, $attempt['grade'], $attempt['timegraded'] > 0, $attempt['grader'],
        ], $this->snapshot($assign)['attempts']);
    }

    /**
     * A scale: its items, and the index as the grade.
     */
    public function test_scale(): void {
        $scale = $this->getDataGenerator()->create_scale(['scale' => 'Refer, Pass, Merit, Distinction']);
        $assign = $this->assignment(['grade' => -$scale->id]);
        $this->grade($assign, '3');
        $snapshot = $this->snapshot($assign);
        $this->assertSame([2, '3.00000'], [$snapshot['gradetype'], $snapshot['finalgrade']]);
        $this->assertSame(['Refer', 'Pass', 'Merit', 'Distinction'], $snapshot['scale']);
    }

    /**
     * A second attempt that is handed in and not marked leaves the first one's grade in force, and is not taken for it.
     */
    public function test_second_attempt(): void {
        $assign = $this->assignment(['attemptreopenmethod' => 'manual', 'maxattempts' => 2, 'submissiondrafts' => 0]);
        $this->add_submission($this->linked->user, $assign);
        $this->submit_for_grading($this->linked->user, $assign);
        $this->setUser($this->teacher);
        $first = $this->snapshot($assign);
        $this->assertSame(0, $first['attemptnumber']);
        $this->assertGreaterThan(0, $first['submitted']);
        $this->grade($assign, '1', ['attemptnumber' => 0]);
        $_POST['sesskey'] = sesskey();
        $this->assertTrue($assign->testable_process_add_attempt($this->linked->user->id));
        $this->add_submission($this->linked->user, $assign);
        $this->submit_for_grading($this->linked->user, $assign);
        $this->setUser($this->teacher);
        $second = $this->snapshot($assign);
        $this->assertSame(['1.00000', 0, 2], [$second['finalgrade'], $second['attemptnumber'], $second['maxattempts']]);
        $this->grade($assign, '4', ['attemptnumber' => 1]);
        $third = $this->snapshot($assign);
        $this->assertSame(['4.00000', 1], [$third['finalgrade'], $third['attemptnumber']]);
    }

    /**
     * Without reopening there is one attempt.
     */
    public function test_maxattempts(): void {
        $assign = $this->assignment(['attemptreopenmethod' => 'none', 'maxattempts' => -1]);
        $this->assertSame(1, $this->snapshot($assign)['maxattempts']);
    }

    /**
     * Group submissions count for each member.
     */
    public function test_team(): void {
        $group = $this->getDataGenerator()->create_group(['courseid' => $this->linked->course->id]);
        groups_add_member($group, $this->linked->user);
        $assign = $this->assignment(['teamsubmission' => 1, 'submissiondrafts' => 0]);
        $this->add_submission($this->linked->user, $assign);
        $this->setUser($this->teacher);
        $this->assertGreaterThan(0, $this->snapshot($assign)['submitted']);
    }

    /**
     * Hidden by the item, by the grade, until a day; locked.
     */
    public function test_hidden_and_locked(): void {
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $this->assertSame([0, 0], $this->hidden_locked($assign));
        $this->gradebook($assign)->set_hidden(time() + 3600);
        $this->gradebook($assign)->set_locked(1);
        $this->assertSame([1, 1], $this->hidden_locked($assign));
        $this->gradebook($assign)->set_hidden(time() - 3600);
        $this->assertSame([0, 1], $this->hidden_locked($assign));
        $assign->get_grade_item()->set_hidden(1);
        $this->assertSame([1, 1], $this->hidden_locked($assign));
    }

    /**
     * BTEC criteria: the newest active marking counts; a row with score 0 is not achieved.
     */
    public function test_btec(): void {
        global $DB;
        $assign = $this->assignment();
        $this->grade($assign, '60');
        $gradeid = $DB->get_field('assign_grades', 'id', ['assignment' => $assign->get_instance()->id]);
        $tables = $this->getDataGenerator()->get_plugin_generator('local_zohosync')->create_btec_tables();
        try {
            $area = $DB->insert_record('grading_areas', (object) [
                'contextid' => $assign->get_context()->id, 'component' => 'mod_assign', 'areaname' => 'submissions',
                'activemethod' => 'btec',
            ]);
            $definition = $DB->insert_record('grading_definitions', (object) [
                'areaid' => $area, 'method' => 'btec', 'name' => 'x', 'status' => 20, 'timecreated' => 1, 'usercreated' => 2,
                'timemodified' => 1, 'usermodified' => 2,
            ]);
            $ids = [];
            foreach (['P1', 'M1'] as $order => $name) {
                $ids[] = $DB->insert_record('gradingform_btec_criteria', (object) [
                    'definitionid' => $definition, 'sortorder' => $order, 'shortname' => $name, 'description' => "About $name",
                ]);
            }
            foreach ([[3, 10, 1, 1], [1, 20, 1, 0], [0, 30, 1, 1]] as [$status, $time, $first, $second]) {
                $instance = $DB->insert_record('grading_instances', (object) [
                    'definitionid' => $definition, 'raterid' => 2, 'itemid' => $gradeid, 'status' => $status,
                    'timemodified' => $time,
                ]);
                foreach ([$first, $second] as $index => $score) {
                    $DB->insert_record('gradingform_btec_fillings', (object) [
                        'instanceid' => $instance, 'criterionid' => $ids[$index], 'score' => $score, 'remark' => "r$time",
                    ]);
                }
            }
            $this->assertSame([
                ['shortname' => 'P1', 'description' => 'About P1', 'achieved' => 1, 'remark' => 'r20'],
                ['shortname' => 'M1', 'description' => 'About M1', 'achieved' => 0, 'remark' => 'r20'],
            ], $this->snapshot($assign)['criteria']);
            $DB->set_field('grading_areas', 'activemethod', 'rubric', ['id' => $area]);
            $this->assertSame([], $this->snapshot($assign)['criteria']);
        } finally {
            foreach ($tables as $table) {
                $DB->get_manager()->drop_table($table);
            }
        }
    }

    /**
     * Hidden and locked of the present snapshot.
     *
     * @param \assign $assign
     * @return int[]
     */
    private function hidden_locked(\assign $assign): array {
        $snapshot = $this->snapshot($assign);
        return [$snapshot['hidden'], $snapshot['locked']];
    }

    /**
     * The present snapshot.
     *
     * @param \assign $assign
     * @return array
     */
    private function snapshot(\assign $assign): array {
        return (new snapshot())->build(key::parse($this->key($assign)));
    }
}
