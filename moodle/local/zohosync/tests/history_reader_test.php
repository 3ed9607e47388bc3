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

use local_zohosync\local\history_reader;

defined('MOODLE_INTERNAL') || die();
require_once(__DIR__ . '/grade_testcase.php');

/**
 * Changes of grades for which Moodle has no event.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\history_reader
 */
final class history_reader_test extends grade_testcase {
    /** @var \mod_assign_testable_assign A graded assignment, told to the agent. */
    private \mod_assign_testable_assign $assign;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        history_reader::run();
        $this->assign = $this->assignment();
        $this->grade($this->assign, '60');
        $this->take_events();
    }

    /**
     * What was told by an event is not told again.
     */
    public function test_no_repetition(): void {
        history_reader::run();
        $this->assertSame([], $this->take_events());
    }

    /**
     * Hiding and showing one student's grade.
     */
    public function test_hide_one(): void {
        $this->gradebook($this->assign)->set_hidden(1);
        $this->assertSame([1], $this->found('hidden'));
        $this->gradebook($this->assign)->set_hidden(0);
        $this->assertSame([0], $this->found('hidden'));
    }

    /**
     * Hiding the whole item.
     */
    public function test_hide_item(): void {
        $this->assign->get_grade_item()->set_hidden(1, true);
        $this->assertSame([1], $this->found('hidden'));
    }

    /**
     * Feedback of an override, with the grade unchanged.
     */
    public function test_override_feedback(): void {
        $item = $this->assign->get_grade_item();
        $item->update_final_grade($this->linked->user->id, 90, 'gradebook', 'First', FORMAT_HTML);
        $this->take_events();
        $item->update_final_grade($this->linked->user->id, false, 'gradebook', 'Second', FORMAT_HTML);
        $this->assertSame(['Second'], $this->found('feedback'));
    }

    /**
     * A student who leaves takes her grades out of the gradebook, and gets them back when she returns: neither is news, since
     * nobody withdrew them.
     */
    public function test_recovered_grade(): void {
        global $DB;
        $this->setAdminUser();
        $grade = ['itemid' => $this->assign->get_grade_item()->id, 'userid' => $this->linked->user->id];
        $plugin = enrol_get_plugin('manual');
        $instance = $DB->get_record('enrol', ['courseid' => $this->linked->course->id, 'enrol' => 'manual'], '*', MUST_EXIST);
        $plugin->unenrol_user($instance, $this->linked->user->id);
        $this->assertFalse($DB->record_exists('grade_grades', $grade));
        $this->assertSame(['enrolment.updated'], array_column($this->take_events(), 'type'));
        $this->assertSame([], $this->found('finalgrade'));
        $role = $DB->get_field('role', 'id', ['shortname' => 'student']);
        $plugin->enrol_user($instance, $this->linked->user->id, $role, 0, 0, ENROL_USER_ACTIVE, true);
        $this->assertEquals(60, $DB->get_field('grade_grades', 'finalgrade', $grade));
        $this->assertSame(['enrolment.updated'], array_column($this->take_events(), 'type'));
        $this->assertSame([], $this->found('finalgrade'));
    }

    /**
     * A recovered grade that is not what the agent last heard of is found, although it has no event.
     */
    public function test_recovered_grade_is_news(): void {
        global $DB;
        $this->setAdminUser();
        $plugin = enrol_get_plugin('manual');
        $instance = $DB->get_record('enrol', ['courseid' => $this->linked->course->id, 'enrol' => 'manual'], '*', MUST_EXIST);
        $plugin->unenrol_user($instance, $this->linked->user->id);
        $DB->set_field('local_zohosync_emitted', 'changehash', md5('deleted'), []);
        $plugin->enrol_user($instance, $this->linked->user->id, null, 0, 0, ENROL_USER_ACTIVE, true);
        $this->take_events();
        $this->assertSame(['60.00000'], $this->found('finalgrade'));
    }

    /**
     * Several changes of one grade are one event: the agent looks at the present.
     */
    public function test_many_changes_are_one_event(): void {
        foreach ([1, 0, 1] as $hidden) {
            $this->gradebook($this->assign)->set_hidden($hidden);
        }
        $this->assertSame([1], $this->found('hidden'));
    }

    /**
     * The first run looks only to the future.
     */
    public function test_first_run_starts_at_the_end(): void {
        unset_config('historywatermark', 'local_zohosync');
        $this->gradebook($this->assign)->set_hidden(1);
        $this->assertSame([], $this->found('hidden'));
        $this->gradebook($this->assign)->set_hidden(0);
        $this->gradebook($this->assign)->set_locked(1);
        $this->assertSame([0], $this->found('hidden'));
    }

    /**
     * The watermark moves, but not over rows so young that an older one may still be committed.
     */
    public function test_watermark(): void {
        global $DB;
        $before = (int) get_config('local_zohosync', 'historywatermark');
        history_reader::run();
        $this->assertSame($before, (int) get_config('local_zohosync', 'historywatermark'));
        $last = (int) $DB->get_field('grade_grades_history', 'MAX(id)', []);
        $this->assertGreaterThan($before, $last);
        $this->mock_clock_with_frozen(time() + 600);
        history_reader::run();
        $this->assertSame($last, (int) get_config('local_zohosync', 'historywatermark'));
        $this->assertSame([], $this->take_events());
    }

    /**
     * Somebody whom Zoho does not know changes nothing for it.
     */
    public function test_unlinked(): void {
        global $DB;
        $DB->delete_records('local_zohosync_student', ['userid' => $this->linked->user->id]);
        $this->gradebook($this->assign)->set_hidden(1);
        $this->assertSame([], $this->found('hidden'));
    }

    /**
     * What a run finds.
     *
     * @param string $field of the snapshot
     * @return array its values, one per event
     */
    private function found(string $field): array {
        history_reader::run();
        return array_map(function ($event) use ($field) {
            $this->assertSame('reconcile', $event->data->origin);
            return $event->data->grade->$field;
        }, $this->take_events());
    }
}
