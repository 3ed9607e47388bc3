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

defined('MOODLE_INTERNAL') || die();

global $CFG;
require_once($CFG->dirroot . '/mod/assign/tests/generator.php');
require_once($CFG->dirroot . '/grade/lib.php');

/**
 * A linked student in a linked course with a teacher, and real grading of real assignments.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class grade_testcase extends \advanced_testcase {
    use \mod_assign_test_generator;

    /** @var \stdClass Who is graded, where. */
    protected \stdClass $linked;

    /** @var \stdClass Who grades. */
    protected \stdClass $teacher;

    /**
     * Set the scene.
     */
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        /** @var \local_zohosync_generator $generator */
        $generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $generator->set_up();
        $this->linked = $generator->linked_student();
        $this->teacher = $this->getDataGenerator()->create_and_enrol($this->linked->course, 'editingteacher');
        $this->setUser($this->teacher);
    }

    /**
     * An assignment in the linked course.
     *
     * @param array $settings
     * @return \mod_assign_testable_assign
     */
    protected function assignment(array $settings = []): \mod_assign_testable_assign {
        return $this->create_instance($this->linked->course, $settings + [
            'assignsubmission_onlinetext_enabled' => 1,
            'assignfeedback_comments_enabled' => 1,
            'grade' => 100,
        ]);
    }

    /**
     * Grade as the grading page does.
     *
     * @param \mod_assign_testable_assign $assign
     * @param string $grade as typed
     * @param array $more fields of the form
     */
    protected function grade(\mod_assign_testable_assign $assign, string $grade, array $more = []): void {
        $assign->testable_apply_grade_to_user(
            (object) ($more + [
                'grade' => $grade,
                'attemptnumber' => -1,
                'addattempt' => false,
                'assignfeedbackcomments_editor' => ['text' => '', 'format' => FORMAT_HTML],
            ]),
            $this->linked->user->id,
            -1
        );
    }

    /**
     * The key of the student's grade.
     *
     * @param \assign $assign
     * @return string
     */
    protected function key(\assign $assign): string {
        return "{$this->linked->user->id}_{$this->linked->course->id}_{$assign->get_instance()->id}";
    }

    /**
     * The gradebook's record.
     *
     * @param \assign $assign
     * @return \grade_grade
     */
    protected function gradebook(\assign $assign): \grade_grade {
        $item = $assign->get_grade_item();
        $grade = new \grade_grade(['itemid' => $item->id, 'userid' => $this->linked->user->id]);
        $grade->load_grade_item();
        return $grade;
    }

    /**
     * Bodies of the events that were put into the outbox, in order, and forget them.
     *
     * @return \stdClass[]
     */
    protected function take_events(): array {
        global $DB;
        $rows = $DB->get_records('local_zohosync_outbox', [], 'id');
        $DB->delete_records('local_zohosync_outbox');
        return array_map(fn($row) => json_decode($row->payload), array_values($rows));
    }
}
