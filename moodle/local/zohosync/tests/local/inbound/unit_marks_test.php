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

defined('MOODLE_INTERNAL') || die();

global $CFG;
require_once($CFG->dirroot . '/local/zohosync/tests/grade_testcase.php');

/**
 * A unit's criteria are edited in Zoho after marks were given.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\inbound\records
 */
final class unit_marks_test extends \local_zohosync\grade_testcase {
    /**
     * Definitions, marks and grades are as they were.
     */
    public function test_marks_stay(): void {
        global $DB;
        /** @var \local_zohosync_generator $generator */
        $generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $criteria = fn(string $word) => [
            ['shortname' => 'P1', 'description' => "$word one"],
            ['shortname' => 'M1', 'description' => "$word two"],
        ];
        $row = $generator->record_row('unit', ['criteria' => $criteria('Explain')]);
        (new records(record_kind::of('unit'), [$row]))->upsert();
        $assign = $this->assignment();
        $this->mark_by_rubric($assign);
        $held = fn() => array_map(fn(string $table) => $DB->get_records($table, [], 'id'), [
            'grading_areas', 'grading_definitions', 'grading_instances', 'gradingform_rubric_criteria',
            'gradingform_rubric_levels', 'gradingform_rubric_fillings', 'grade_grades', 'assign_grades',
        ]);
        $before = $held();
        $this->assertCount(2, $before[5]);
        $edited = array_merge($row, [
            'criteria' => array_slice($criteria('Evaluate'), 0, 1), 'changehash' => md5('edited'),
            'sourcetime' => $row['sourcetime'] + 60,
        ]);
        $results = (new records(record_kind::of('unit'), [$edited]))->upsert();
        $this->assertSame(result::UPDATED, $results[0]['status']);
        $this->assertSame(['Evaluate one'], array_column($DB->get_records(mirror::CRITERION), 'description'));
        $this->assertEquals($before, $held());
    }

    /**
     * Grade, and mark both criteria of a rubric.
     *
     * @param \mod_assign_testable_assign $assign
     */
    private function mark_by_rubric(\mod_assign_testable_assign $assign): void {
        $this->grade($assign, '75');
        /** @var \gradingform_rubric_generator $rubrics */
        $rubrics = $this->getDataGenerator()->get_plugin_generator('gradingform_rubric');
        $controller = $rubrics->get_test_rubric($assign->get_context(), 'assign', 'submissions');
        $instance = $controller->get_or_create_instance(0, $this->teacher->id, (int) $this->linked->user->id);
        $instance->submit_and_get_grade(
            $rubrics->get_test_form_data($controller, (int) $this->linked->user->id, 1, 'Fine', 0, 'Weak'),
            (int) $this->linked->user->id
        );
    }
}
