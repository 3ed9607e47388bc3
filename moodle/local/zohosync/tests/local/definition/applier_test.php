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

namespace local_zohosync\local\definition;

use local_zohosync\external\apply_definitions;
use local_zohosync\external\list_definitions;
use local_zohosync\external\upsert_courses;
use local_zohosync\external\upsert_units;
use local_zohosync\grade_testcase;
use local_zohosync\local\agent_settings;
use local_zohosync\local\grade\criteria\finder;

defined('MOODLE_INTERNAL') || die();

global $CFG;
require_once(__DIR__ . '/../../grade_testcase.php');
require_once($CFG->dirroot . '/grade/grading/lib.php');

/**
 * Criteria of units as the advanced grading of assignments.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\definition\applier
 * @covers \local_zohosync\local\definition\assignments
 * @covers \local_zohosync\local\definition\btec_form
 * @covers \local_zohosync\local\definition\criteria
 * @covers \local_zohosync\local\definition\queue
 * @covers \local_zohosync\local\definition\rubric_form
 * @covers \local_zohosync\local\grade\criteria\rubric_reader
 * @covers \local_zohosync\external\apply_definitions
 * @covers \local_zohosync\external\list_definitions
 * @covers \local_zohosync\task\apply_definitions
 */
final class applier_test extends grade_testcase {
    /** @var string[] A unit's criteria. */
    private const CRITERIA = ['P1' => 'Explain it.', 'P2' => 'Plan it.', 'M1' => 'Analyse it.', 'D1' => 'Evaluate it.'];

    /**
     * Ways of advanced grading.
     *
     * @return array[]
     */
    public static function methods(): array {
        return ['rubric' => ['rubric'], 'btec' => ['btec']];
    }

    /**
     * Every criterion is there, teachers can grade at once, and a second time nothing is written.
     *
     * @dataProvider methods
     * @param string $method
     */
    public function test_create(string $method): void {
        $assign = $this->scene($method, self::CRITERIA);
        [$result] = $this->apply();
        $this->assertSame(['created', $method, '', ''], [
            $result['status'], $result['method'], $result['kept'], $result['errorcode'],
        ]);
        $this->assertSame((int) $assign->get_course_module()->id, $result['cmid']);
        $manager = get_grading_manager($assign->get_context(), 'mod_assign', 'submissions');
        $this->assertSame($method, $manager->get_active_method());
        $this->assertTrue($manager->get_active_controller()->is_form_available());
        $expected = [];
        foreach (self::CRITERIA as $name => $text) {
            $expected[] = ['shortname' => $name, 'description' => $text, 'achieved' => 0, 'remark' => ''];
        }
        $this->assertSame($expected, finder::criteria($assign->get_context()->id, 0));
        $this->assertSame($method === 'rubric', finder::decides($assign->get_context()->id));
        $before = $this->state();
        $this->assertSame('unchanged', $this->apply()[0]['status']);
        $this->assertEquals($before, $this->state());
        $this->assertSame(['current'], array_column($this->listed(), 'state'));
    }

    /**
     * A changed text, a new criterion, one that is gone: marks already given stay where they are.
     *
     * @dataProvider methods
     * @param string $method
     */
    public function test_update_keeps_marks(string $method): void {
        global $DB;
        $assign = $this->scene($method, self::CRITERIA);
        $this->apply();
        $this->mark($assign, ['P1' => 1, 'P2' => 1, 'M1' => 0]);
        $marks = $this->fillings($method);
        $this->assertCount(3, $marks);
        $changed = ['P1' => 'Explain it better.', 'P2' => 'Plan it.', 'P3' => 'Build it.', 'D1' => 'Evaluate it.'];
        $this->unit($changed);
        $this->assertSame(['outdated'], array_column($this->listed(), 'state'));
        [$result] = $this->apply();
        $this->assertSame(['updated', 'M1'], [$result['status'], $result['kept']]);
        $this->assertEquals($marks, $this->fillings($method));
        $found = finder::criteria($assign->get_context()->id, $this->gradeid($assign));
        // What was added after a rubric's marking tells nothing of the student; gradingform_btec takes it for not achieved.
        $achieved = $method === 'btec'
            ? ['P1' => 1, 'P2' => 1, 'P3' => 0, 'D1' => 0, 'M1' => 0]
            : ['P1' => 1, 'P2' => 1, 'M1' => 0];
        $this->assertSame(
            array_intersect_key($changed + ['M1' => 'Analyse it.'], $achieved),
            array_column($found, 'description', 'shortname')
        );
        $all = finder::criteria($assign->get_context()->id, 0);
        $this->assertSame($changed + ['M1' => 'Analyse it.'], array_column($all, 'description', 'shortname'));
        $this->assertSame($achieved, array_column($found, 'achieved', 'shortname'));
        $this->assertSame(['M1'], array_column($this->listed(), 'kept'));
        $this->assertSame('unchanged', $this->apply()[0]['status']);
        // What nobody was marked on goes.
        $this->unit(['P1' => 'Explain it better.', 'P2' => 'Plan it.']);
        $this->apply();
        $this->assertSame(
            ['P1', 'P2', 'M1'],
            array_column(finder::criteria($assign->get_context()->id, 0), 'shortname')
        );
        // And what comes back is what it was.
        $this->unit(self::CRITERIA);
        $this->assertSame('', $this->apply()[0]['kept']);
        $this->assertEquals($marks, $this->fillings($method));
    }

    /**
     * Texts are texts, however long and whatever is in them.
     *
     * @dataProvider methods
     * @param string $method
     */
    public function test_hostile_texts(string $method): void {
        $texts = [
            'P1' => 'a < b && c > d "quoted" \' P1. M2.',
            'P2' => str_repeat('ش', 10000),
            'P10' => "Emoji 😀 and\nlines",
            'M9' => '0',
        ];
        $assign = $this->scene($method, $texts);
        $this->apply();
        $found = array_column(finder::criteria($assign->get_context()->id, 0), 'description', 'shortname');
        $this->assertSame(array_keys($texts), array_keys($found));
        $this->assertSame($texts['P2'], $found['P2']);
        $this->assertSame($texts['P10'], $found['P10']);
        $this->assertSame($texts['P1'], $found['P1']);
        $this->assertSame('unchanged', $this->apply()[0]['status']);
    }

    /**
     * A teacher's own way of grading, and marks that were given without one, are left alone.
     */
    public function test_foreign(): void {
        $own = $this->scene('rubric', self::CRITERIA);
        get_grading_manager($own->get_context(), 'mod_assign', 'submissions')->set_active_method('guide');
        $marked = $this->assignment();
        $this->grade($marked, '60');
        $none = $this->assignment(['grade' => 0]);
        $free = $this->assignment();
        $states = array_column($this->listed(), 'state', 'cmid');
        $this->assertSame(['foreign', 'foreign', 'foreign', 'missing'], array_map(
            fn($assign) => $states[$assign->get_course_module()->id],
            [$own, $marked, $none, $free]
        ));
        $results = array_column($this->apply(), 'status', 'cmid');
        $this->assertSame(['foreign', 'foreign', 'foreign', 'created'], array_map(
            fn($assign) => $results[$assign->get_course_module()->id],
            [$own, $marked, $none, $free]
        ));
        // Who goes back to simple grading has decided too.
        get_grading_manager($free->get_context(), 'mod_assign', 'submissions')->set_active_method('');
        $this->assertSame('foreign', array_column($this->apply(), 'status', 'cmid')[$free->get_course_module()->id]);
        $this->assertSame('', finder::method($free->get_context()->id));
    }

    /**
     * What a teacher did to a definition of the sync's: texts of the unit are put back, her own criterion and words stay.
     *
     * @dataProvider methods
     * @param string $method
     */
    public function test_edited_by_a_teacher(string $method): void {
        global $DB;
        $assign = $this->scene($method, self::CRITERIA);
        [$result] = $this->apply();
        $table = "gradingform_{$method}_criteria";
        $name = $method === 'btec' ? ['shortname' => 'Extra'] : [];
        $DB->insert_record($table, (object) ($name + [
            'definitionid' => $result['definitionid'], 'sortorder' => 9, 'description' => 'Handed in on time.',
        ]));
        $spoilt = $method === 'btec' ? 'Spoilt' : 'P1. Spoilt';
        $DB->set_field($table, 'description', $spoilt, ['definitionid' => $result['definitionid'], 'sortorder' => 1]);
        if ($method === 'btec') {
            $of = ['definitionid' => $result['definitionid']];
            $DB->set_field($table, 'descriptionmarkers', 'For markers', $of + ['sortorder' => 1]);
            $DB->insert_record('gradingform_btec_comments', (object) ($of + ['sortorder' => 1, 'description' => 'Well done']));
        }
        $DB->update_record('grading_definitions', (object) [
            'id' => $result['definitionid'], 'description' => '<p>Mark kindly.</p>', 'status' => 10, 'timemodified' => time() + 5,
        ]);
        $this->assertSame(['outdated'], array_column($this->listed(), 'state'));
        $this->mock_clock_with_frozen(time() + 6);
        $this->assertSame(['updated', ''], [$this->apply()[0]['status'], $this->listed()[0]['kept']]);
        $texts = $DB->get_fieldset_select($table, 'description', 'definitionid = ?', [$result['definitionid']]);
        $this->assertContains('Handed in on time.', $texts);
        $this->assertCount(5, $texts);
        $this->assertSame('Explain it.', array_column(finder::criteria($assign->get_context()->id, 0), 'description')[0]);
        $controller = get_grading_manager($assign->get_context(), 'mod_assign', 'submissions')->get_active_controller();
        if ($method === 'btec') {
            $of = ['definitionid' => $result['definitionid']];
            $this->assertSame('For markers', $DB->get_field($table, 'descriptionmarkers', $of + ['sortorder' => 1]));
            $this->assertSame('Well done', $DB->get_field('gradingform_btec_comments', 'description', $of));
        }
        $this->assertStringContainsString('Mark kindly.', $controller->get_definition()->description);
        $this->assertTrue($controller->is_form_available());
        $this->assertSame(['current'], array_column($this->listed(), 'state'));
        $this->assertSame('unchanged', $this->apply()[0]['status']);
    }

    /**
     * A duplicated assignment brings a definition along that is the sync's too: its criteria decide, and it follows the unit.
     *
     * @dataProvider methods
     * @param string $method
     */
    public function test_duplicated(string $method): void {
        global $DB;
        $assign = $this->scene($method, self::CRITERIA);
        $this->apply();
        $this->setAdminUser();
        $copy = null;
        $this->assertSame(1, $this->tasks(function () use ($assign, &$copy): void {
            $copy = duplicate_module($this->linked->course, get_fast_modinfo($this->linked->course)->get_cm(
                $assign->get_course_module()->id
            ));
        }));
        $context = \core\context\module::instance($copy->id)->id;
        $this->assertSame([$method, $method === 'rubric'], [finder::method($context), finder::decides($context)]);
        $DB->delete_records('local_zohosync_definition', ['assignid' => $copy->instance]);
        $ids = $this->criterion_ids($method);
        $this->assertSame('outdated', array_column($this->listed(), 'state', 'cmid')[$copy->id]);
        $this->run_tasks();
        $this->assertSame(['current', 'current'], array_column($this->listed(), 'state'));
        $this->assertSame($ids, $this->criterion_ids($method));
        $this->unit(['P1' => 'Changed.'] + self::CRITERIA);
        $this->assertSame(['updated', 'updated'], array_column($this->apply(), 'status'));
        $this->assertSame('Changed.', finder::criteria($context, 0)[0]['description']);
    }

    /**
     * What is restored into a course is followed by a task, whatever it held.
     */
    public function test_restored(): void {
        $this->scene('rubric', self::CRITERIA);
        $restored = fn(int $courseid) => \core\event\course_restored::create([
            'objectid' => $courseid, 'context' => \core\context\course::instance($courseid),
            'other' => ['type' => 'course', 'target' => 1, 'mode' => 10, 'operation' => 'restore', 'samesite' => true],
        ])->trigger();
        $this->assertSame(1, $this->tasks(fn() => $restored((int) $this->linked->course->id)));
        $elsewhere = $this->getDataGenerator()->create_course();
        $this->assertSame(0, $this->tasks(fn() => $restored((int) $elsewhere->id)));
    }

    /**
     * An assignment that cannot be written stops no other, and leaves nothing half done.
     */
    public function test_failure(): void {
        global $DB;
        $this->preventResetByRollback();
        $broken = $this->scene('rubric', self::CRITERIA);
        $whole = $this->assignment();
        $clock = $this->createMock(\core\clock::class);
        $calls = 0;
        $clock->method('time')->willReturnCallback(function () use (&$calls): int {
            return ++$calls === 1 ? throw new \moodle_exception('error') : time();
        });
        \core\di::set(\core\clock::class, $clock);
        $statuses = array_column($this->apply(), 'status', 'assignid');
        $this->assertDebuggingCalled();
        $this->assertSame('error', $statuses[$broken->get_instance()->id]);
        $this->assertSame('created', $statuses[$whole->get_instance()->id]);
        $this->assertSame(1, $DB->count_records('grading_definitions'));
        $this->assertSame('', finder::method($broken->get_context()->id));
        $this->assertFalse($DB->is_transaction_started());
    }

    /**
     * Two classes of one unit, a class that changes its unit, a unit without criteria, and one that is deleted.
     */
    public function test_units_of_classes(): void {
        global $DB;
        $assign = $this->scene('rubric', self::CRITERIA);
        $this->apply();
        $second = $this->generator()->linked_student();
        $unitid = $DB->get_field('local_zohosync_course', 'unitid', ['zohoid' => $this->linked->classid]);
        $DB->set_field('local_zohosync_course', 'unitid', $unitid, ['zohoid' => $second->classid]);
        $elsewhere = $this->create_instance($second->course, ['grade' => 4]);
        \core\task\manager::clear_static_caches();
        $DB->delete_records('task_adhoc');
        $this->assertSame(2, $this->tasks(fn() => queue::units([$unitid])));
        $this->assertSame(0, $this->tasks(fn() => queue::units([$unitid])));
        $this->run_tasks();
        $this->assertSame(['current', 'current'], array_column($this->listed(), 'state'));
        $this->assertSame(
            self::CRITERIA,
            array_column(finder::criteria($elsewhere->get_context()->id, 0), 'description', 'shortname')
        );
        $other = $this->generator()->unit_of_class($this->linked->classid, ['P1' => 'Another unit.']);
        $this->assertSame('updated', $this->apply()[0]['status']);
        $this->assertSame(
            ['P1' => 'Another unit.'],
            array_column(finder::criteria($assign->get_context()->id, 0), 'description', 'shortname')
        );
        $DB->set_field('local_zohosync_unit', 'deleted', 1, ['zohoid' => $other]);
        $this->assertSame(['none', 'current'], array_column($this->listed(), 'state'));
        $this->assertSame('unchanged', $this->apply()[0]['status']);
        $this->assertCount(1, finder::criteria($assign->get_context()->id, 0));
    }

    /**
     * The setting decides whether, and by what.
     */
    public function test_settings(): void {
        $this->scene('rubric', self::CRITERIA);
        agent_settings::put('grading.definitions', '{"apply": false}');
        $this->assertSame(['none'], array_column($this->listed(), 'state'));
        $this->assertSame('unchanged', $this->apply()[0]['status']);
        $this->assertSame(0, $this->tasks(fn() => queue::classes([$this->linked->classid])));
        agent_settings::put('grading.definitions', '{"method": "btec"}');
        $this->assertSame(btec_form::is_installed() ? 'missing' : 'none', $this->listed()[0]['state']);
    }

    /**
     * A new assignment gets its definition by itself, in a task, and only where the setting says so.
     */
    public function test_new_assignments(): void {
        $this->scene('rubric', self::CRITERIA);
        $this->assertSame(1, $this->tasks(fn() => $this->assignment()));
        $this->run_tasks();
        $this->assertSame(['current', 'current'], array_column($this->listed(), 'state'));
        $this->assertSame(0, $this->tasks(fn() => $this->getDataGenerator()->create_module('page', [
            'course' => $this->linked->course->id,
        ])));
        $elsewhere = $this->getDataGenerator()->create_course();
        $this->assertSame(0, $this->tasks(fn() => $this->create_instance($elsewhere)));
        agent_settings::put('grading.definitions', '{"method": "rubric", "new_assignments": false}');
        $this->assertSame(0, $this->tasks(fn() => $this->assignment()));
    }

    /**
     * What the agent writes of units and classes is followed by their assignments; what it does not change is not.
     */
    public function test_written_by_the_agent(): void {
        $this->scene('rubric', self::CRITERIA);
        $this->as_agent();
        $unit = $this->generator()->record_row('unit', [
            'criteria' => [['shortname' => 'P1', 'description' => 'New.']],
        ]);
        $class = $this->generator()->course_row([
            'zohoid' => $this->linked->classid, 'sourcetime' => 2000, 'unitid' => $unit['zohoid'],
        ]);
        $this->assertSame(0, $this->tasks(fn() => upsert_units::execute(1, [$unit])));
        $this->assertSame(1, $this->tasks(fn() => upsert_courses::execute(1, [$class])));
        $this->run_tasks();
        $this->assertSame([$unit['zohoid']], array_column($this->listed(), 'unitid'));
        $this->assertSame(['current'], array_column($this->listed(), 'state'));
        $this->assertSame(0, $this->tasks(fn() => upsert_courses::execute(1, [$class])));
        $criteria = [['shortname' => 'P1', 'description' => 'Newer.']];
        $changed = ['sourcetime' => 3000, 'criteria' => $criteria, 'changehash' => md5('x')];
        $this->assertSame(1, $this->tasks(fn() => upsert_units::execute(1, [$changed + $unit])));
    }

    /**
     * The functions: who may call them, pages, and a batch that did not arrive whole.
     */
    public function test_functions(): void {
        $this->scene('rubric', self::CRITERIA);
        $this->assignment();
        $this->as_agent();
        $first = list_definitions::execute(0, 1)['definitions'];
        $second = list_definitions::execute($first[0]['id'], 1000)['definitions'];
        $this->assertSame([1, 1], [count($first), count($second)]);
        $this->assertSame($this->linked->classid, $second[0]['zohoid']);
        $done = apply_definitions::execute(2, [['zohoid' => $this->linked->classid], ['zohoid' => '5725767000000000001']]);
        $clean = \core_external\external_api::clean_returnvalue(apply_definitions::execute_returns(), $done);
        $this->assertSame(['created', 'created'], array_column($clean['results'], 'status'));
        $this->setUser($this->teacher);
        $this->expectException(\required_capability_exception::class);
        apply_definitions::execute(0, []);
    }

    /**
     * An assignment in a class whose unit has criteria, and the way of grading that is wanted.
     *
     * @param string $method
     * @param string[] $criteria texts by shortname
     * @return \mod_assign_testable_assign
     */
    private function scene(string $method, array $criteria): \mod_assign_testable_assign {
        if ($method === 'btec' && !btec_form::is_installed()) {
            $this->markTestSkipped('gradingform_btec is not installed here: its form was NOT tested.');
        }
        agent_settings::put('grading.definitions', json_encode(['method' => $method]));
        $this->unit($criteria);
        $assign = $this->assignment(['grade' => 4]);
        \core\task\manager::clear_static_caches();
        global $DB;
        $DB->delete_records('task_adhoc');
        return $assign;
    }

    /**
     * Give the class's unit criteria.
     *
     * @param string[] $criteria texts by shortname
     */
    private function unit(array $criteria): void {
        global $DB;
        $known = (string) $DB->get_field('local_zohosync_course', 'unitid', ['zohoid' => $this->linked->classid]);
        $this->generator()->unit_of_class($this->linked->classid, $criteria, $known);
    }

    /**
     * The plugin's generator.
     *
     * @return \local_zohosync_generator
     */
    private function generator(): \local_zohosync_generator {
        return $this->getDataGenerator()->get_plugin_generator('local_zohosync');
    }

    /**
     * Apply the units of the class.
     *
     * @return array[]
     */
    private function apply(): array {
        return applier::apply([$this->linked->classid]);
    }

    /**
     * What the agent would be told.
     *
     * @return array[]
     */
    private function listed(): array {
        return assignments::page(0, 1000);
    }

    /**
     * Everything that is stored of definitions.
     *
     * @return array
     */
    private function state(): array {
        global $DB;
        return array_map(
            fn($table) => $DB->get_records($table),
            ['grading_definitions', 'gradingform_rubric_criteria', 'gradingform_rubric_levels', 'local_zohosync_definition']
        );
    }

    /**
     * Mark the student as the grading page does.
     *
     * @param \mod_assign_testable_assign $assign
     * @param int[] $scores by shortname
     */
    private function mark(\mod_assign_testable_assign $assign, array $scores): void {
        global $DB;
        $manager = get_grading_manager($assign->get_context(), 'mod_assign', 'submissions');
        $method = $manager->get_active_method();
        $form = $method === 'btec' ? new btec_form() : new rubric_form();
        $criteria = [];
        foreach ($form->present($manager->get_active_controller()->get_definition()->id) as $criterion) {
            $score = $scores[$criterion->shortname] ?? null;
            if ($score === null) {
                continue;
            }
            $level = $method === 'rubric' ? $DB->get_field_select(
                'gradingform_rubric_levels',
                'id',
                'criterionid = :id AND score = :score',
                ['id' => $criterion->id, 'score' => $score]
            ) : 0;
            $criteria[$criterion->id] = ['levelid' => $level, 'score' => $score, 'remark' => '', 'remarkformat' => FORMAT_PLAIN];
        }
        $this->grade($assign, '', ['advancedgrading' => ['criteria' => $criteria]]);
    }

    /**
     * The marking's record.
     *
     * @param \assign $assign
     * @return int assign_grades.id
     */
    private function gradeid(\assign $assign): int {
        return (int) $assign->get_user_grade($this->linked->user->id, false)->id;
    }

    /**
     * Marks that were given, as they are stored.
     *
     * @param string $method
     * @return \stdClass[]
     */
    private function fillings(string $method): array {
        global $DB;
        return $DB->get_records("gradingform_{$method}_fillings", null, 'id');
    }

    /**
     * Numbers of all criteria.
     *
     * @param string $method
     * @return int[]
     */
    private function criterion_ids(string $method): array {
        global $DB;
        return array_keys($DB->get_records("gradingform_{$method}_criteria", null, 'id', 'id'));
    }

    /**
     * Become the agent.
     */
    private function as_agent(): void {
        $user = $this->getDataGenerator()->create_user();
        $role = $this->getDataGenerator()->create_role();
        assign_capability('local/zohosync:agent', CAP_ALLOW, $role, \core\context\system::instance());
        role_assign($role, $user->id, \core\context\system::instance());
        $this->setUser($user);
    }

    /**
     * How many tasks some work queues.
     *
     * @param callable $work
     * @return int
     */
    private function tasks(callable $work): int {
        $before = count(\core\task\manager::get_adhoc_tasks('\\local_zohosync\\task\\apply_definitions'));
        $work();
        return count(\core\task\manager::get_adhoc_tasks('\\local_zohosync\\task\\apply_definitions')) - $before;
    }

    /**
     * Run what is queued.
     */
    private function run_tasks(): void {
        ob_start();
        $this->runAdhocTasks('\\local_zohosync\\task\\apply_definitions');
        ob_end_clean();
    }
}
