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

namespace local_student_dashboard\output;

#[\PHPUnit\Framework\Attributes\CoversClass(requests_card::class)]
/**
 * Tests of the list of requests.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\output\requests_card
 */
final class requests_card_test extends \advanced_testcase {
    /**
     * Requests with their answers in words, and the way to a new one only for whoever may go it.
     */
    public function test_card(): void {
        global $PAGE;
        $this->resetAfterTest();
        $mirror = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $user = $this->getDataGenerator()->create_user();
        $student = $mirror->create_student($user->id);
        $mirror->create_request($student, ['status' => 'Pending (Default)', 'requesttime' => 1700000000]);
        $mirror->create_request($student, [
            'type' => 'Student Card', 'status' => 'Approved', 'fees' => '10.0000', 'currency' => 'AUD', 'requesttime' => 1710000000,
        ]);
        $mirror->create_request($student, ['status' => 'On hold', 'requesttime' => 1600000000]);
        $requests = \local_zohosync\local\request\requests::for_user((int) $user->id);

        $data = (new requests_card($requests, true))->export_for_template($PAGE->get_renderer('core'));

        $this->assertStringEndsWith('/local/student_dashboard/request.php', $data['newurl']);
        $this->assertSame(['Student card', 'Drop a class', 'Drop a class'], array_column($data['requests'], 'type'));
        $this->assertSame(['Approved', 'Pending', 'On hold'], array_column($data['requests'], 'status'));
        $this->assertSame(
            ['The college has agreed.', 'The college has not answered yet.', ''],
            array_column($data['requests'], 'answer'),
        );
        $this->assertSame(['Fee: $10.00', '', ''], array_column($data['requests'], 'fee'));
        $this->assertSame('', (new requests_card($requests, false))->export_for_template($PAGE->get_renderer('core'))['newurl']);
    }
}
