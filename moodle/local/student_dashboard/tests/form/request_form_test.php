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

namespace local_student_dashboard\form;

use local_zohosync\local\agent_settings;
use local_zohosync\local\request\requests;

#[\PHPUnit\Framework\Attributes\CoversClass(request_form::class)]
/**
 * Tests of the form for requests.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\form\request_form
 */
final class request_form_test extends \advanced_testcase {
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setUser($this->getDataGenerator()->create_user());
    }

    /**
     * What is filled in properly arrives, with everything that people type.
     */
    public function test_filled_in(): void {
        $reason = 'أعمل صباحاً 🙂 <b>& more</b>';
        $data = $this->submit(['type' => 'Student Card', 'reason' => "  $reason "]);
        $this->assertSame('Student Card', $data->type);
        $this->assertSame($reason, $data->reason);
        $longest = str_repeat('ش', requests::LONGEST_REASON);
        $this->assertSame($longest, $this->submit(['type' => 'Student Card', 'reason' => $longest])->reason);
    }

    /**
     * Anything else is refused.
     *
     * @param array $values what was sent
     * @dataProvider refused
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('refused')]
    public function test_refused(array $values): void {
        $this->assertNull($this->submit($values));
    }

    /**
     * What the form does not take.
     *
     * @return array[][]
     */
    public static function refused(): array {
        return [
            'no type' => [['type' => '', 'reason' => 'Because']],
            'unknown type' => [['type' => 'Photo Update', 'reason' => 'Because']],
            'no reason' => [['type' => 'Student Card', 'reason' => '']],
            'blank reason' => [['type' => 'Student Card', 'reason' => " \n "]],
            'too long' => [['type' => 'Student Card', 'reason' => str_repeat('x', requests::LONGEST_REASON + 1)]],
        ];
    }

    /**
     * What a type lacks is said beside its own field, and what was chosen arrives.
     */
    public function test_what_a_type_needs(): void {
        $mirror = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $mirror->set_up();
        $linked = $mirror->linked_student();
        $this->setUser($linked->user);
        agent_settings::put('student_dashboard.requests', json_encode([
            'late_submission' => ['attachment' => 'optional'], 'change_information' => ['attachment' => 'required'],
        ]));
        $assignid = $this->getDataGenerator()->create_module('assign', ['course' => $linked->course->id])->id;
        $this->assertSame(['dropgroup'], $this->errors(['type' => 'Class Drop']));
        $this->assertSame(['dropgroup'], $this->errors(['type' => 'Class Drop', 'drop' => ['5725767000000999999' => 1]]));
        $this->assertSame([], $this->errors(['type' => 'Enroll Next Semester']), 'no class is offered');
        $this->assertSame(['assignid'], $this->errors(['type' => 'Late Submission', 'assignid' => 999999]));
        $this->assertSame(['changesgroup', 'files'], $this->errors(['type' => 'Change Information', 'changes' => ['phone' => '']]));
        $this->assertSame(['files'], $this->errors(['type' => 'Change Information', 'changes' => ['phone' => '1']]));

        $data = $this->submit(['type' => 'Class Drop', 'reason' => 'Because', 'drop' => [$linked->classid => 1]]);
        $this->assertSame([$linked->classid], request_form::details($data)->classes);
        $data = $this->submit(['type' => 'Late Submission', 'reason' => 'Ill', 'assignid' => $assignid]);
        $this->assertSame((int) $assignid, request_form::details($data)->assignid);
    }

    /**
     * A form from elsewhere, without the session's key, is refused.
     */
    public function test_needs_the_session_key(): void {
        request_form::mock_submit(['type' => 'Student Card', 'reason' => 'Because', 'sesskey' => 'wrong']);
        $_POST['sesskey'] = 'wrong';
        $this->expectException(\core\exception\moodle_exception::class);
        $this->assertNull((new request_form())->get_data());
    }

    /**
     * Names the fields beside which something is said.
     *
     * @param array $values what was filled in
     * @return string[]
     */
    private function errors(array $values): array {
        request_form::mock_submit($values + ['reason' => 'Because']);
        $form = new request_form();
        return array_keys($form->validation($values + ['reason' => 'Because'], []));
    }

    /**
     * Submits the form.
     *
     * @param array $values what was filled in
     * @return \stdClass|null the data, null when the form is shown again
     */
    private function submit(array $values): ?\stdClass {
        request_form::mock_submit($values);
        return (new request_form())->get_data();
    }
}
