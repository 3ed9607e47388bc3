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

namespace local_student_dashboard\local;

use core\exception\moodle_exception;
use local_student_dashboard\local\provider\released;
use local_zohosync\local\agent_settings;
use stdClass;

#[\PHPUnit\Framework\Attributes\CoversClass(seen::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(released::class)]
/**
 * Tests of what a student says she has seen.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\seen
 * @covers     \local_student_dashboard\local\provider\released
 */
final class seen_test extends \advanced_testcase {
    /** @var stdClass The student. */
    private stdClass $student;

    /** @var \grade_item An assignment's item. */
    private \grade_item $item;

    /** @var stdClass A result that the college recorded. */
    private stdClass $result;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $generator = $this->getDataGenerator();
        $mirror = $generator->get_plugin_generator('local_student_dashboard');
        $course = $generator->create_course(['fullname' => 'Programming A']);
        $this->student = $generator->create_and_enrol($course, 'student');
        $assign = $generator->create_module('assign', ['course' => $course->id, 'name' => 'Essay', 'grade' => 4]);
        $this->item = \grade_item::fetch(['courseid' => $course->id, 'iteminstance' => $assign->id, 'itemmodule' => 'assign']);
        $this->item->update_final_grade($this->student->id, 3, 'test', 'Well done', FORMAT_PLAIN);
        $this->result = $mirror->create_result($mirror->create_student($this->student->id), $mirror->create_class($course->id));
        $this->setUser($this->student);
    }

    /**
     * She says so once for each result; the time of the first time stays.
     */
    public function test_acknowledge(): void {
        $this->assertSame([0, 0], $this->times());
        $clock = $this->mock_clock_with_frozen(1800000000);
        $this->assertSame(1800000000, $this->acknowledge('Essay'));
        $clock->bump(60);
        $this->assertSame(1800000000, $this->acknowledge('Essay'));
        $this->assertSame(['Essay' => 1800000000, 'Portfolio' => 0], $this->seen());
        $this->assertSame(1800000060, $this->acknowledge('Portfolio'));
        $this->assertSame(['Essay' => 1800000000, 'Portfolio' => 1800000060], $this->seen());
    }

    /**
     * A result that says something else is unseen again, and seen when she says so again; one that only looks different in
     * another language stays seen.
     *
     * @param float $mark the new mark
     * @param string $feedback the new feedback
     * @dataProvider changes
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('changes')]
    public function test_changed(float $mark, string $feedback): void {
        global $DB;
        $this->acknowledge('Essay');
        force_current_language('ar');
        $this->assertNotSame(0, $this->seen()['Essay']);
        force_current_language('en');
        $this->item->update_final_grade($this->student->id, $mark, 'test', $feedback, FORMAT_PLAIN);
        $this->assertSame(0, $this->seen()['Essay']);
        $this->acknowledge('Essay');
        $this->assertNotSame(0, $this->seen()['Essay']);
        $this->assertSame(1, $DB->count_records('local_student_dashboard_seen'));
    }

    /**
     * What may change.
     *
     * @return array[]
     */
    public static function changes(): array {
        return ['mark and letter' => [2.0, 'Well done'], 'mark alone' => [3.5, 'Well done'], 'feedback' => [3.0, 'Very well done']];
    }

    /**
     * A letter that the college corrects in Zoho is unseen again.
     */
    public function test_recorded_result_changed(): void {
        global $DB;
        $this->acknowledge('Portfolio');
        $DB->set_field('local_zohosync_result', 'letter', 'D', ['id' => $this->result->id]);
        $this->assertSame(0, $this->seen()['Portfolio']);
    }

    /**
     * What she looked at has changed in the meantime: that is not what she has seen.
     */
    public function test_changed_in_the_meantime(): void {
        $row = $this->row('Essay');
        $this->item->update_final_grade($this->student->id, 1, 'test', 'Sorry', FORMAT_PLAIN);
        $this->assert_refused($row->key, $row->version, 'seen:changed');
        $this->assertSame([0, 0], $this->times());
    }

    /**
     * Nobody says so of a result that is not hers, or that she may not see.
     */
    public function test_no_such_result(): void {
        $row = $this->row('Essay');
        $other = $this->getDataGenerator()->create_user();
        $this->setUser($other);
        $this->assert_refused($row->key, $row->version, 'seen:nosuchgrade');
        $this->assert_refused("result:{$this->result->zohoid}", $row->version, 'seen:nosuchgrade');
        $this->setAdminUser();
        $this->assert_refused($row->key, $row->version, 'seen:nosuchgrade');
        $this->setUser($this->student);
        foreach (['', 'assign:0', "assign:{$this->item->iteminstance}0", "item:{$this->item->id}", '%', "' OR 1=1"] as $key) {
            $this->assert_refused($key, $row->version, 'seen:nosuchgrade');
        }
        $this->item->set_hidden(1);
        $this->assert_refused($row->key, $row->version, 'seen:nosuchgrade');
    }

    /**
     * Nobody says so who is logged in as her, nor where the college hides grades, nor a guest.
     */
    public function test_who_may_not(): void {
        global $DB, $USER;
        $row = $this->row('Essay');
        $USER->realuser = get_admin()->id;
        $this->assert_refused($row->key, $row->version, 'nopermissiontoaccesspage');
        unset($USER->realuser);
        agent_settings::put('student_dashboard.visibility', json_encode(['grades' => false]));
        $this->assert_refused($row->key, $row->version, 'nopermissiontoaccesspage');
        agent_settings::put('student_dashboard.visibility', '{}');
        $this->setGuestUser();
        $this->assert_refused($row->key, $row->version, 'requireloginerror');
        $this->assertSame(0, $DB->count_records('local_student_dashboard_seen'));
        $this->setUser($this->student);
        $this->assertGreaterThan(0, $this->acknowledge('Essay'));
    }

    /**
     * Asserts that it is refused.
     *
     * @param string $key of the result
     * @param string $version of the result
     * @param string $code of the error
     */
    private function assert_refused(string $key, string $version, string $code): void {
        try {
            seen::acknowledge($key, $version);
        } catch (moodle_exception $e) {
            $this->assertSame($code, $e->errorcode);
            return;
        }
        $this->fail("'$key' was not refused");
    }

    /**
     * Says that she has seen a result as it is.
     *
     * @param string $name its name
     * @return int unix seconds
     */
    private function acknowledge(string $name): int {
        $row = $this->row($name);
        return seen::acknowledge($row->key, $row->version);
    }

    /**
     * Reads one result.
     *
     * @param string $name its name
     * @return stdClass
     */
    private function row(string $name): stdClass {
        return array_column(released::of_student((int) $this->student->id)->get(), null, 'name')[$name];
    }

    /**
     * Reads when she has seen which result.
     *
     * @return int[] by name, in the order of the names
     */
    private function seen(): array {
        $seen = array_column(released::of_student((int) $this->student->id)->get(), 'timeseen', 'name');
        ksort($seen);
        return $seen;
    }

    /**
     * Reads when she has seen the results.
     *
     * @return int[]
     */
    private function times(): array {
        return array_values($this->seen());
    }
}
