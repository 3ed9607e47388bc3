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

use local_zohosync\local\agent_settings;
use local_zohosync\local\request\attachments;

#[\PHPUnit\Framework\Attributes\CoversClass(requests_card::class)]
/**
 * Tests of the list of requests.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\output\requests_card
 * @covers     \local_student_dashboard\output\request_types
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

    /**
     * What a request is about, its files with what became of them, and what has happened; text of Zoho's and hers stays text.
     */
    public function test_details(): void {
        global $PAGE;
        $this->resetAfterTest();
        $mirror = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $user = $this->getDataGenerator()->create_user();
        $this->setUser($user);
        $raised = $mirror->create_request($mirror->create_student($user->id), [
            'raised' => 1, 'classes' => json_encode([['zohoid' => '1', 'name' => 'Web <b>']]), 'assignname' => 'Report',
            'changes' => json_encode([['field' => 'city', 'value' => '<i>Amman</i>']]),
            'timetaken' => 1700000100, 'timeanswered' => 1700000200,
        ]);
        $files = [];
        foreach (['a.pdf', 'b.pdf'] as $name) {
            $files[] = get_file_storage()->create_file_from_string([
                'contextid' => \core\context\user::instance($user->id)->id, 'component' => attachments::COMPONENT,
                'filearea' => attachments::AREA, 'itemid' => $raised->id, 'filepath' => '/', 'filename' => $name,
            ], 'x')->get_id();
        }
        attachments::note((int) $raised->id, [
            ['fileid' => (int) $files[0], 'status' => 'sent', 'message' => ''],
            ['fileid' => (int) $files[1], 'status' => 'refused', 'message' => 'Invalid file type'],
        ]);
        $card = new requests_card(\local_zohosync\local\request\requests::for_user((int) $user->id), true);
        $renderer = $PAGE->get_renderer('core');
        [$shown] = $card->export_for_template($renderer)['requests'];

        $this->assertSame(['Class', 'Assignment', 'City'], array_column($shown['facts'], 'label'));
        $this->assertSame(['Web <b>', 'Report', '<i>Amman</i>'], array_column($shown['facts'], 'value'));
        $this->assertSame(['a.pdf', 'b.pdf'], array_column($shown['files'], 'name'));
        $this->assertSame([false, true], array_column($shown['files'], 'refused'));
        $this->assertStringContainsString("/local_zohosync/requestfile/$raised->id/a.pdf", $shown['files'][0]['url']);
        $this->assertCount(2, $shown['history']);
        $html = $renderer->render($card);
        $this->assertStringContainsString('Invalid file type', $html);
        $this->assertStringContainsString('&lt;i&gt;Amman', $html);
        $this->assertStringNotContainsString('<i>Amman', $html);
    }

    /**
     * Types that are closed say since when and until when; what is open without an end says nothing.
     */
    public function test_when_types_are_open(): void {
        global $PAGE;
        $this->resetAfterTest();
        $this->mock_clock_with_frozen(strtotime('2027-01-15 12:00'));
        agent_settings::put('student_dashboard.requests', json_encode([
            'enroll_next_semester' => ['opens' => '2027-02-01'], 'class_drop' => ['closes' => '2027-01-14'],
            'late_submission' => ['open' => false], 'student_card' => ['closes' => '2027-01-15'],
        ]));
        $this->assertSame([
            'Enrol for the next semester: can be requested from 1 February 2027.',
            'Drop a class: could be requested until 14 January 2027.',
            'Late submission: cannot be requested at present.',
            'Student card: can be requested until 15 January 2027.',
        ], (new request_types())->export_for_template($PAGE->get_renderer('core'))['types']);
        $this->assertSame(
            ['Student Card', 'Change Information'],
            array_keys(\local_student_dashboard\form\request_form::open()),
        );
    }
}
