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

namespace local_student_dashboard\local\provider;

use assign;
use core\context;
use grade_category;
use grade_grade;
use grade_item;
use local_student_dashboard\local\enrolled_courses;
use stdClass;

defined('MOODLE_INTERNAL') || die();

global $CFG;
require_once($CFG->libdir . '/gradelib.php');
require_once($CFG->dirroot . '/mod/assign/locallib.php');

#[\PHPUnit\Framework\Attributes\CoversClass(grades::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(\local_student_dashboard\local\grade_visibility::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(\local_student_dashboard\local\gradebook::class)]
/**
 * Tests of the released grades: what a student may see, and what not.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\provider\grades
 * @covers     \local_student_dashboard\local\grade_visibility
 * @covers     \local_student_dashboard\local\gradebook
 */
final class grades_test extends \advanced_testcase {
    /** @var stdClass The course. */
    private stdClass $course;

    /** @var stdClass The student. */
    private stdClass $student;

    /** @var stdClass The teacher. */
    private stdClass $teacher;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->course = $this->getDataGenerator()->create_course(['fullname' => 'Programming A']);
        $this->student = $this->getDataGenerator()->create_and_enrol($this->course, 'student');
        $this->teacher = $this->getDataGenerator()->create_and_enrol($this->course, 'editingteacher');
    }

    /**
     * A marked assignment: letter, mark, feedback as plain text, date.
     */
    public function test_marked_assignment(): void {
        $this->grade($this->assignment(['name' => 'Assignment 1']), 3.0, ['feedback' => '<p>Well <b>argued</b>,<br>Rana</p>']);

        $row = $this->only();

        $this->assertSame('Programming A', $row->course);
        $this->assertSame('Assignment 1', $row->name);
        $this->assertSame('M', $row->letter);
        $this->assertSame('3.00 / 4.00', $row->mark);
        $this->assertSame("Well argued,\nRana", $row->feedback);
        $this->assertEqualsWithDelta(time(), $row->time, 60);
    }

    /**
     * Zero is a grade; no grade is none.
     */
    public function test_zero_and_ungraded(): void {
        $this->grade($this->assignment(), 0.0);
        $this->assignment();
        $this->assertSame('R', $this->only()->letter);
    }

    /**
     * A BTEC scale gives the letter by the place of the item, and shows its text.
     */
    public function test_scale(): void {
        $scale = $this->getDataGenerator()->create_scale(['scale' => 'Refer,Pass,Merit & more,Distinction']);
        $this->grade($this->assignment(['grade' => -$scale->id]), 3);

        $this->assertSame('M', $this->only()->letter);
        $this->assertSame('Merit & more', $this->only()->mark);
    }

    /**
     * A refer on the second attempt is RR.
     */
    public function test_second_attempt(): void {
        $assign = $this->assignment([
            'attemptreopenmethod' => ASSIGN_ATTEMPT_REOPEN_METHOD_MANUAL,
            'maxattempts' => 2,
        ]);
        $this->grade($assign, 1.0);
        $this->assertSame('R', $this->only()->letter);

        $this->setUser($this->teacher);
        $assign->testable_reopen((int) $this->student->id);
        $this->grade($assign, 1.0);
        $row = $this->only();
        $this->assertSame(['RR', 2], [$row->letter, $row->attempt]);
        $this->assertSame([[1, 'R']], array_map(fn($one) => [$one->attempt, $one->letter], $row->earlier));
    }

    /**
     * A letter that was generated stands where there is no mark, and says why; a mark takes its place.
     */
    public function test_generated_fail(): void {
        global $DB;
        $assign = $this->assignment(['name' => 'Never handed in']);
        $this->generated($assign, 'F', 'Nothing was submitted by 20 November 2026.');
        $row = $this->only();
        $this->assertSame(['Never handed in', 'F', 1, ''], [$row->name, $row->letter, $row->attempt, $row->mark]);
        $this->assertSame('Nothing was submitted by 20 November 2026.', $row->reason);
        $this->grade($assign, 2.0);
        $this->assertSame(['P', ''], [$this->only()->letter, $this->only()->reason]);
    }

    /**
     * A generated RR goes before the first attempt's R, which stays to be read; the second attempt's mark goes before it.
     */
    public function test_generated_refer_again(): void {
        $assign = $this->assignment([
            'attemptreopenmethod' => ASSIGN_ATTEMPT_REOPEN_METHOD_MANUAL,
            'maxattempts' => 2,
        ]);
        $this->grade($assign, 1.0);
        $this->generated($assign, 'RR', 'The second attempt was not submitted.');
        $row = $this->only();
        $this->assertSame(['RR', 2], [$row->letter, $row->attempt]);
        $this->assertSame([[1, 'R']], array_map(fn($one) => [$one->attempt, $one->letter], $row->earlier));
        $this->setUser($this->teacher);
        $assign->testable_reopen((int) $this->student->id);
        $this->grade($assign, 3.0);
        $this->assertSame('M', $this->only()->letter);
    }

    /**
     * Nobody reads a generated letter of an assignment that is hidden, or of somebody else.
     */
    public function test_generated_is_hidden_with_its_assignment(): void {
        $assign = $this->assignment();
        $this->generated($assign, 'F', 'Nothing.');
        $other = $this->getDataGenerator()->create_and_enrol($this->course, 'student');
        $this->generated($this->assignment(), 'F', 'Nothing.', (int) $other->id);
        $this->only();
        set_coursemodule_visible($assign->get_course_module()->id, 0);
        $this->assertSame([], $this->rows());
    }

    /**
     * In a rubric that the sync made the criteria decide, not the sum of points.
     */
    public function test_rubric_of_the_sync(): void {
        global $DB;
        $assign = $this->assignment();
        $rubric = $this->getDataGenerator()->get_plugin_generator('gradingform_rubric');
        $this->setUser($this->teacher);
        $controller = $rubric->create_instance($assign->get_context(), 'mod_assign', 'submissions', 'Unit', '', [
            'P1. Explain.' => ['No' => 0, 'Yes' => 1],
            'M1. Analyse.' => ['No' => 0, 'Yes' => 1],
            'D1. Evaluate.' => ['No' => 0, 'Yes' => 1],
        ]);
        $DB->insert_record('local_zohosync_definition', (object) [
            'assignid' => $assign->get_instance()->id, 'definitionid' => $controller->get_definition()->id, 'method' => 'rubric',
            'unitid' => '5725767000000415001', 'changehash' => md5('x'),
        ]);
        $data = fn(array $scores) => ['advancedgrading' => $rubric->get_submitted_form_data($controller, 0, array_map(
            fn($score) => ['score' => $score, 'remark' => ''],
            $scores
        ))];
        // Two of three points are not a pass with P1 missing, and would be more than one by their sum.
        $this->grade($assign, 0.0, $data(['P1. Explain.' => 0, 'M1. Analyse.' => 1, 'D1. Evaluate.' => 1]));
        $this->assertSame('R', $this->only()->letter);
        $this->assertSame(['P1' => 0, 'M1' => 1, 'D1' => 1], array_column($this->only()->criteria, 'achieved', 'shortname'));
        $this->grade($assign, 0.0, $data(['P1. Explain.' => 1, 'M1. Analyse.' => 1, 'D1. Evaluate.' => 0]));
        $this->assertSame(['P1' => 1, 'M1' => 1, 'D1' => 0], array_column($this->only()->criteria, 'achieved', 'shortname'));
        $this->assertSame('M', $this->only()->letter);
    }

    /**
     * What gradingform_btec's newest marking says of the criteria is shown; the letter is the grade's.
     */
    public function test_criteria_of_btec(): void {
        global $DB;
        $assign = $this->assignment();
        $this->grade($assign, 2.0);
        $tables = $this->getDataGenerator()->get_plugin_generator('local_zohosync')->create_btec_tables();
        try {
            $area = $this->btec($assign, ['P1' => [1, 1], 'M1' => [0, 1], ' D1 ' => [1, 0], 'D2' => []]);
            $this->assertSame(
                ['P1' => 1, 'M1' => 1, 'D1' => 0, 'D2' => 0],
                array_column($this->only()->criteria, 'achieved', 'shortname')
            );
            $this->assertSame('P', $this->only()->letter);
            $DB->set_field('grading_areas', 'activemethod', 'guide', ['id' => $area]);
            $this->assertSame([], $this->only()->criteria);
            $DB->set_field('grading_areas', 'activemethod', 'btec', ['id' => $area]);
        } finally {
            foreach ($tables as $table) {
                $DB->get_manager()->drop_table($table);
            }
        }
        if ($tables) {
            $this->assertSame(['P', []], [$this->only()->letter, $this->only()->criteria], 'the plugin went');
        }
    }

    /**
     * Marks an assignment by gradingform_btec, twice, and has a third marking begun.
     *
     * @param \assign $assign graded before
     * @param int[][] $criteria scores of the two markings by shortname
     * @return int id of the grading area
     */
    private function btec(\assign $assign, array $criteria): int {
        global $DB;
        $times = ['timecreated' => 1, 'usercreated' => 2, 'timemodified' => 1, 'usermodified' => 2];
        $area = $DB->insert_record('grading_areas', [
            'contextid' => $assign->get_context()->id, 'component' => 'mod_assign', 'areaname' => 'submissions',
            'activemethod' => 'btec',
        ]);
        $definition = $DB->insert_record('grading_definitions', [
            'areaid' => $area, 'method' => 'btec', 'name' => 'Unit', 'status' => 20,
        ] + $times);
        $graded = $DB->get_field('assign_grades', 'id', ['assignment' => $assign->get_instance()->id]);
        // Moodle's marks of a marking: replaced, the one that counts, begun and not saved.
        $instances = array_map(fn(int $status): int => $DB->insert_record('grading_instances', [
            'definitionid' => $definition, 'raterid' => 2, 'itemid' => $graded, 'status' => $status, 'timemodified' => 1,
        ]), [3, 1, 0]);
        foreach (array_keys($criteria) as $place => $shortname) {
            $criterion = $DB->insert_record('gradingform_btec_criteria', [
                'definitionid' => $definition, 'sortorder' => $place, 'shortname' => $shortname, 'description' => 'What to do',
            ]);
            foreach ($criteria[$shortname] as $marking => $score) {
                $DB->insert_record('gradingform_btec_fillings', [
                    'instanceid' => $instances[$marking], 'criterionid' => $criterion, 'score' => $score,
                ]);
            }
        }
        return $area;
    }

    /**
     * Has a letter been generated.
     *
     * @param \assign $assign
     * @param string $letter
     * @param string $reason
     * @param int $userid 0: the student
     */
    private function generated(\assign $assign, string $letter, string $reason, int $userid = 0): void {
        global $DB;
        $DB->insert_record('local_zohosync_outcome', (object) [
            'userid' => $userid ?: $this->student->id, 'courseid' => $this->course->id,
            'assignid' => $assign->get_instance()->id, 'letter' => $letter, 'reason' => $reason,
            'timecreated' => time(), 'timemodified' => time(),
        ]);
    }

    /**
     * A grade held back by the marking workflow is absent until it is released, and gone when it is taken back.
     */
    public function test_marking_workflow(): void {
        $assign = $this->assignment(['markingworkflow' => 1]);
        foreach (['inmarking', 'readyforreview', 'inreview', 'readyforrelease'] as $state) {
            $this->grade($assign, 4.0, ['workflowstate' => $state]);
            $this->assertSame([], $this->rows(), $state);
        }
        $this->grade($assign, 4.0, ['workflowstate' => 'released']);
        $this->assertSame('D', $this->only()->letter);
        $this->grade($assign, 4.0, ['workflowstate' => 'inreview']);
        $this->assertSame([], $this->rows());
    }

    /**
     * One student's hidden grade, and one hidden until a time.
     */
    public function test_hidden_grade(): void {
        $assign = $this->assignment();
        $this->grade($assign, 4.0);
        $grade = grade_grade::fetch(['itemid' => $assign->get_grade_item()->id, 'userid' => $this->student->id]);

        $this->assert_hides(fn(int $hidden) => $grade->set_hidden($hidden));
    }

    /**
     * A hidden grade item.
     */
    public function test_hidden_item(): void {
        $assign = $this->assignment();
        $this->grade($assign, 4.0);
        $item = grade_item::fetch(['id' => $assign->get_grade_item()->id]);

        $this->assert_hides(fn(int $hidden) => $item->set_hidden($hidden));
    }

    /**
     * A hidden category hides what is in it and below it, also where the items' own flags say nothing.
     */
    public function test_hidden_category(): void {
        global $DB;
        $generator = $this->getDataGenerator();
        $outer = $generator->create_grade_category(['courseid' => $this->course->id]);
        $inner = $generator->create_grade_category(['courseid' => $this->course->id, 'parent' => $outer->id]);
        $item = $this->manual_item(['categoryid' => $inner->id]);
        $item->update_final_grade($this->student->id, 3.0, 'test');

        foreach ([$outer->id, $inner->id] as $id) {
            $this->assert_hides(fn(int $hidden) => $DB->set_field('grade_categories', 'hidden', $hidden, ['id' => $id]));
        }
    }

    /**
     * A grade of a hidden activity, and of one that conditions hide from her; one that is only greyed out stays.
     */
    public function test_activity_out_of_sight(): void {
        global $DB;
        $assign = $this->assignment();
        $this->grade($assign, 4.0);
        $cmid = $assign->get_course_module()->id;
        $this->assertCount(1, $this->rows());

        set_coursemodule_visible($cmid, 0);
        $this->assertSame([], $this->rows(), 'hidden');
        $DB->set_field('grade_items', 'hidden', 0, ['id' => $assign->get_grade_item()->id]);
        $this->assertSame([], $this->rows(), 'hidden, though its grade item is not');
        set_coursemodule_visible($cmid, 1);
        $this->assertCount(1, $this->rows());

        $this->restrict($cmid, false);
        $this->assertSame([], $this->rows(), 'restricted, not shown');
        $this->restrict($cmid, true);
        $this->assertCount(1, $this->rows(), 'restricted, shown greyed out');
    }

    /**
     * An activity that a role override keeps from students, and one about to be deleted.
     */
    public function test_activity_out_of_reach(): void {
        global $DB;
        $assign = $this->assignment();
        $this->grade($assign, 4.0);
        $role = $DB->get_field('role', 'id', ['shortname' => 'student']);

        role_change_permission($role, $assign->get_context(), 'mod/assign:view', CAP_PREVENT);
        $this->assertSame([], $this->rows(), 'not to be viewed');
        role_change_permission($role, $assign->get_context(), 'mod/assign:view', CAP_ALLOW);
        $this->assertCount(1, $this->rows());

        $DB->set_field('course_modules', 'deletioninprogress', 1, ['id' => $assign->get_course_module()->id]);
        $this->assertSame([], $this->rows(), 'being deleted');
    }

    /**
     * The course does not show grades, is hidden, or her role may not view grades.
     */
    public function test_course_without_grades(): void {
        global $DB;
        $this->grade($this->assignment(), 4.0);
        foreach (['showgrades', 'visible'] as $switch) {
            $DB->set_field('course', $switch, 0, ['id' => $this->course->id]);
            $this->assertSame([], $this->rows(), $switch);
            $DB->set_field('course', $switch, 1, ['id' => $this->course->id]);
            $this->assertCount(1, $this->rows());
        }
        $role = $DB->get_field('role', 'id', ['shortname' => 'student']);
        role_change_permission($role, context\course::instance($this->course->id), 'moodle/grade:view', CAP_PREVENT);
        $this->assertSame([], $this->rows(), 'moodle/grade:view');
    }

    /**
     * A suspended enrolment does not take her past grades away.
     */
    public function test_suspended_enrolment(): void {
        global $DB;
        $this->grade($this->assignment(), 4.0);
        $DB->set_field('user_enrolments', 'status', ENROL_USER_SUSPENDED, ['userid' => $this->student->id]);
        $this->assertSame('D', $this->only()->letter);
    }

    /**
     * Manual items are shown without a letter; course totals, category totals and outcomes are not shown.
     */
    public function test_kinds_of_items(): void {
        $generator = $this->getDataGenerator();
        $category = $generator->create_grade_category(['courseid' => $this->course->id]);
        $item = $this->manual_item(['itemname' => 'Participation', 'categoryid' => $category->id]);
        $item->update_final_grade($this->student->id, 8.5, 'test');
        grade_regrade_final_grades($this->course->id);
        $total = grade_category::fetch(['id' => $category->id])->load_grade_item();
        $this->assertNotNull($total->get_final($this->student->id)->finalgrade, 'there is a total that could be shown');

        $row = $this->only();

        $this->assertSame('Participation', $row->name);
        $this->assertSame('', $row->letter);
        $this->assertSame('8.50 / 100.00', $row->mark);
    }

    /**
     * The mark is shown the way the course, or the item, displays grades.
     */
    public function test_display_type(): void {
        $this->grade($this->assignment(), 3.0);
        grade_set_setting($this->course->id, 'displaytype', GRADE_DISPLAY_TYPE_PERCENTAGE);
        grade_set_setting($this->course->id, 'decimalpoints', 0);
        $this->assertSame('75 %', $this->only()->mark);

        $item = grade_item::fetch(['courseid' => $this->course->id, 'itemtype' => 'mod']);
        $item->display = GRADE_DISPLAY_TYPE_REAL;
        $item->decimals = 1;
        $item->update();
        $this->assertSame('3.0 / 4.0', $this->only()->mark);
    }

    /**
     * An override in the gradebook counts, with its feedback.
     */
    public function test_override(): void {
        $assign = $this->assignment();
        $this->grade($assign, 1.0);
        $item = grade_item::fetch(['id' => $assign->get_grade_item()->id]);
        $item->update_final_grade($this->student->id, 2.0, 'gradebook', 'بعد المراجعة 👍', FORMAT_PLAIN);

        $this->assertSame('P', $this->only()->letter);
        $this->assertSame('بعد المراجعة 👍', $this->only()->feedback);
    }

    /**
     * Feedback is text: neither its markup nor a script survives.
     */
    public function test_feedback_is_text(): void {
        $feedback = '<script>alert(1)</script><img src=x onerror=alert(2)>Good &lt;b&gt; work';
        $this->manual_item()->update_final_grade($this->student->id, 1.0, 'test', $feedback, FORMAT_HTML);
        $this->assertSame('Good <b> work', $this->only()->feedback);
    }

    /**
     * Other students' grades are not hers, nor is what she sees widened by who looks.
     */
    public function test_own_grades_only(): void {
        $assign = $this->assignment();
        $this->grade($assign, 4.0);
        $other = $this->getDataGenerator()->create_and_enrol($this->course, 'student');
        $this->assertSame([], (new grades(new enrolled_courses((int) $other->id, time())))->get());

        grade_item::fetch(['id' => $assign->get_grade_item()->id])->set_hidden(1);
        $this->setAdminUser();
        $this->assertSame([], $this->rows(), 'what is hidden from her is hidden on her page');
    }

    /**
     * The newest grade comes first.
     */
    public function test_order(): void {
        global $DB;
        foreach (['Old' => 1000000000, 'New' => 1700000000, 'Middle' => 1500000000] as $name => $time) {
            $item = $this->manual_item(['itemname' => $name]);
            $item->update_final_grade($this->student->id, 1.0, 'test');
            $DB->set_field('grade_grades', 'timemodified', $time, ['itemid' => $item->id]);
        }
        $DB->set_field('grade_grades', 'overridden', 0, ['userid' => $this->student->id]);
        $this->assertSame(['New', 'Middle', 'Old'], array_column($this->rows(), 'name'));
    }

    /**
     * Asserts what a hidden flag does: shown at 0, hidden at 1, hidden until a time in the future, shown after it.
     *
     * @param callable $sethidden sets the flag
     */
    private function assert_hides(callable $sethidden): void {
        foreach ([0 => 1, 1 => 0, time() + DAYSECS => 0, time() - DAYSECS => 1] as $hidden => $count) {
            $sethidden($hidden);
            $this->assertCount($count, $this->rows(), "hidden = $hidden");
        }
        $sethidden(0);
    }

    /**
     * Makes an assignment marked 0-4.
     *
     * @param array $options its settings
     * @return assign able to reopen attempts
     */
    private function assignment(array $options = []): assign {
        $instance = $this->getDataGenerator()->create_module('assign', $options + [
            'course' => $this->course->id,
            'grade' => 4,
            'assignsubmission_onlinetext_enabled' => 1,
            'assignfeedback_comments_enabled' => 1,
        ]);
        [$course, $cm] = get_course_and_cm_from_cmid($instance->cmid, 'assign');
        return new class (context\module::instance($cm->id), $cm, $course) extends assign {
            /**
             * Lets the student try again.
             *
             * @param int $userid the student
             */
            public function testable_reopen(int $userid): void {
                $this->get_user_submission($userid, true);
                $this->add_attempt($userid);
            }
        };
    }

    /**
     * Makes a manual grade item.
     *
     * @param array $fields its fields
     * @return grade_item
     */
    private function manual_item(array $fields = []): grade_item {
        $fields += ['courseid' => $this->course->id, 'itemtype' => 'manual'];
        return new grade_item($this->getDataGenerator()->create_grade_item($fields), false);
    }

    /**
     * Marks the student's work the way the teacher's form does.
     *
     * @param assign $assign the assignment
     * @param float $mark the mark
     * @param array $options workflowstate, feedback
     */
    private function grade(assign $assign, float $mark, array $options = []): void {
        $this->setUser($this->teacher);
        $assign->save_grade($this->student->id, (object) (array_intersect_key($options, ['advancedgrading' => 1]) + [
            'grade' => $mark,
            'attemptnumber' => -1,
            'addattempt' => 0,
            'applytoall' => 0,
            'sendstudentnotifications' => 0,
            'workflowstate' => $options['workflowstate'] ?? '',
            'assignfeedbackcomments_editor' => ['text' => $options['feedback'] ?? '', 'format' => FORMAT_HTML],
        ]));
    }

    /**
     * Restricts an activity to dates long past.
     *
     * @param int $cmid the course module
     * @param bool $show whether it is shown greyed out
     */
    private function restrict(int $cmid, bool $show): void {
        global $DB;
        $availability = ['op' => '&', 'c' => [['type' => 'date', 'd' => '<', 't' => 1000000000]], 'showc' => [$show]];
        $DB->set_field('course_modules', 'availability', json_encode($availability), ['id' => $cmid]);
        rebuild_course_cache($this->course->id, true);
    }

    /**
     * Reads the student's grades as she sees them.
     *
     * @return stdClass[]
     */
    private function rows(): array {
        return (new grades(new enrolled_courses((int) $this->student->id, time())))->get();
    }

    /**
     * Reads the student's grades and expects one.
     *
     * @return stdClass
     */
    private function only(): stdClass {
        $rows = $this->rows();
        $this->assertCount(1, $rows);
        return $rows[0];
    }
}
