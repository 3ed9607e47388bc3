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

namespace local_zohosync\local\request;

use core_external\external_api;
use local_zohosync\external\get_events;
use local_zohosync\external\get_requests;
use local_zohosync\external\list_requests;
use local_zohosync\local\agent_settings;
use local_zohosync\local\inbound\mirror;
use local_zohosync\local\inbound\requests as inbound;

/**
 * Requests of students: raised here, answered in Zoho.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\request\requests
 * @covers \local_zohosync\local\request\key
 * @covers \local_zohosync\local\request\window
 * @covers \local_zohosync\local\inbound\requests
 * @covers \local_zohosync\external\get_requests
 * @covers \local_zohosync\external\list_requests
 */
final class requests_test extends \advanced_testcase {
    /** @var \local_zohosync_generator Makes rows. */
    private \local_zohosync_generator $generator;

    /** @var \stdClass A linked student. */
    private \stdClass $linked;

    /** @var int Her account. */
    private int $userid;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->preventResetByRollback();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->mock_clock_with_frozen(1800000000);
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $this->generator->set_up();
        $this->linked = $this->generator->linked_student();
        $this->userid = (int) $this->linked->user->id;
    }

    /**
     * Raised: stored, pending, told to the agent with the whole picture, and fetched by it too.
     */
    public function test_raise(): void {
        global $DB;
        $id = requests::raise($this->userid, 'Student Card', "  I was ill: 38 < 39\r\nأحمد 😀 <b>  ");
        $row = $DB->get_record('local_zohosync_outbox', [], '*', MUST_EXIST);
        $this->assertSame(['request.updated', "request:$id", 'pending'], [$row->type, $row->objectkey, $row->status]);
        $this->assertEquals([$this->userid, 0], [$row->userid, $row->courseid]);
        $data = json_decode($row->payload, true)['data'];
        $this->assertSame([(string) $id, 'moodle'], [$data['key'], $data['origin']]);
        $this->assertSame([
            'requestid' => $id, 'found' => 1, 'zohoid' => '', 'userid' => $this->userid,
            'studentzohoid' => $this->linked->studentid, 'type' => 'Student Card', 'status' => 'Pending',
            'reason' => "I was ill: 38 < 39\nأحمد 😀 <b>", 'timecreated' => 1800000000, 'timemodified' => 1800000000,
            'classes' => [], 'assignid' => 0, 'assignname' => '', 'changes' => [], 'attachments' => [],
        ], $data['request']);
        $this->assertSame([$data['request']], $this->get([$id]));
        $this->assertSame('request', get_events::execute(10)['events'][0]['kind']);
    }

    /**
     * A type is raised only while the college takes it, both days included, whatever page or form asks.
     *
     * @dataProvider windows
     * @param array $window of the setting
     * @param bool $open whether it is open on 15 January 2027
     */
    public function test_windows(array $window, bool $open): void {
        agent_settings::put('student_dashboard.requests', json_encode(['class_drop' => $window]));
        $this->assertSame($open, window::of('Class Drop')->is_open());
        $this->assertGreaterThan(0, requests::raise($this->userid, 'Student Card', 'Lost'));
        if (!$open) {
            $this->expectExceptionMessage("'Class Drop' cannot be requested at present.");
        }
        $this->assertGreaterThan(0, requests::raise($this->userid, 'Class Drop', 'Because', $this->drop()));
    }

    /**
     * Windows. The clock of these tests stands at 2027-01-15.
     *
     * @return array[]
     */
    public static function windows(): array {
        return [
            'no limits' => [['open' => true], true],
            'closed' => [['open' => false], false],
            'from today' => [['opens' => '2027-01-15'], true],
            'from tomorrow' => [['opens' => '2027-01-16'], false],
            'until today' => [['closes' => '2027-01-15'], true],
            'until yesterday' => [['closes' => '2027-01-14'], false],
            'closed though within its days' => [['open' => false, 'opens' => '2027-01-01', 'closes' => '2027-02-01'], false],
        ];
    }

    /**
     * A second click within a minute is the same request; another text, another type, another student, later, or after an
     * answer it is a new one.
     */
    public function test_second_click(): void {
        global $DB;
        $other = $this->generator->linked_student();
        $first = requests::raise($this->userid, 'Student Card', 'Lost');
        $this->mock_clock_with_frozen(1800000059);
        $this->assertSame($first, requests::raise($this->userid, 'Student Card', ' Lost '));
        $this->assertSame(1, $DB->count_records('local_zohosync_outbox'));
        $new = [
            requests::raise($this->userid, 'Student Card', 'Lost again'),
            requests::raise($this->userid, 'Class Drop', 'Lost', $this->drop()),
            requests::raise((int) $other->user->id, 'Student Card', 'Lost'),
        ];
        $this->mock_clock_with_frozen(1800000060);
        $new[] = $later = requests::raise($this->userid, 'Student Card', 'Lost');
        $DB->set_field(mirror::REQUEST, 'status', 'Approved', ['id' => $later]);
        $new[] = requests::raise($this->userid, 'Student Card', 'Lost');
        $this->assertCount(6, array_unique([$first, ...$new]));
        $this->assertSame(6, $DB->count_records('local_zohosync_outbox'));
    }

    /**
     * What is no request leaves nothing behind.
     */
    public function test_refused(): void {
        global $DB;
        $stranger = (int) $this->getDataGenerator()->create_user()->id;
        foreach (
            [
                'error:requesttypeinvalid' => [$this->userid, 'Refund', 'x'],
                'error:nostudent' => [$stranger, 'Class Drop', 'x'],
                'error:valuetoolong' => [$this->userid, 'Student Card', str_repeat('ا', 2001)],
            ] as $code => $arguments
        ) {
            try {
                requests::raise(...$arguments);
                $this->fail($code);
            } catch (\moodle_exception $e) {
                $this->assertSame($code, $e->errorcode);
            }
        }
        $this->assertSame([0, 0], [$DB->count_records(mirror::REQUEST), $DB->count_records('local_zohosync_outbox')]);
        $id = requests::raise($this->userid, 'Student Card', str_repeat('ا', 2000) . '   ');
        $this->assertSame(2000, \core_text::strlen($this->get([$id])[0]['reason']));
    }

    /**
     * With the plugin off the request is kept, and the agent finds it in its list.
     */
    public function test_switched_off(): void {
        global $DB;
        set_config('enabled', 0, 'local_zohosync');
        $id = requests::raise($this->userid, 'Class Drop', '', $this->drop());
        $this->assertSame(0, $DB->count_records('local_zohosync_outbox'));
        $this->assertSame([$id], array_column($this->list_page(0, 10), 'requestid'));
    }

    /**
     * Zoho's answer changes status, number, fees and link of a request that was raised here, and nothing else.
     */
    public function test_answer(): void {
        global $DB;
        $id = requests::raise($this->userid, 'Class Drop', 'Mine', $this->drop());
        $DB->delete_records('local_zohosync_outbox');
        $this->mock_clock_with_frozen(1800000500);
        $row = $this->generator->request_row([
            'requestid' => $id, 'studentid' => $this->generator->zohoid(), 'type' => 'Student Card', 'status' => 'Approved',
            'reason' => 'Theirs', 'fees' => '10.5', 'currency' => 'JOD',
        ]);
        $result = $this->one($row);
        $this->assertSame(['updated', $id], [$result['status'], $result['moodleid']]);
        $picture = $this->get([$id])[0];
        $this->assertSame([
            'requestid' => $id, 'found' => 1, 'zohoid' => $row['zohoid'], 'userid' => $this->userid,
            'studentzohoid' => $this->linked->studentid, 'type' => 'Class Drop', 'status' => 'Approved', 'reason' => 'Mine',
            'timecreated' => 1800000000, 'timemodified' => 1800000500,
            'classes' => [['zohoid' => $this->linked->classid, 'name' => $this->linked->course->fullname]],
            'assignid' => 0, 'assignname' => '', 'changes' => [], 'attachments' => [],
        ], $picture);
        [$shown] = requests::for_user($this->userid);
        $this->assertSame(['SR-17', '10.5000', 'JOD'], [$shown->number, $shown->fees, $shown->currency]);
        $this->assertEquals([1800000500, 1000], [$shown->timetaken, $shown->timeanswered], 'taken now, answered then');
        $writes = $DB->perf_get_writes();
        $this->assertSame('unchanged', $this->one($row)['status']);
        $this->assertSame($writes, $DB->perf_get_writes());
        $this->assertSame('stale', $this->one(['sourcetime' => 999, 'changehash' => md5('old')] + $row)['status']);
        $rejected = ['sourcetime' => 2000, 'status' => 'Rejected', 'requestid' => 0, 'changehash' => md5('2')] + $row;
        $result = $this->one($rejected);
        $this->assertSame(['updated', $id], [$result['status'], $result['moodleid']], 'the link is enough');
        $this->assertSame(['Rejected', 'Mine'], [$this->get([$id])[0]['status'], $this->get([$id])[0]['reason']]);
        $this->assertSame(0, $DB->count_records('local_zohosync_outbox'), 'the agent is not told of itself');
        $this->assertSame(1, $DB->count_records(mirror::REQUEST));
    }

    /**
     * A request made in Zoho is kept as it came, also before its student, and is changed, deleted and restored there.
     */
    public function test_made_in_zoho(): void {
        global $DB;
        $late = $this->generator->student_row();
        $row = $this->generator->request_row(['studentid' => $late['zohoid']]);
        $result = $this->one($row);
        $this->assertSame('created', $result['status']);
        $id = $result['moodleid'];
        $picture = $this->get([$id])[0];
        $this->assertSame(['Class Drop', 'Too far', 900, $late['zohoid']], [
            $picture['type'], $picture['reason'], $picture['timecreated'], $picture['studentzohoid'],
        ]);
        $this->assertSame('unchanged', $this->one($row)['status']);
        $userid = (new \local_zohosync\local\inbound\students([$late]))->upsert()[0]['moodleid'];
        $this->assertSame([(string) $id], array_column(requests::for_user($userid), 'id'));
        $changed = ['sourcetime' => 2000, 'reason' => 'Other', 'type' => 'Student Card', 'changehash' => md5('2')] + $row;
        $this->assertSame('updated', $this->one($changed)['status']);
        $this->assertSame(['Student Card', 'Other'], [$this->get([$id])[0]['type'], $this->get([$id])[0]['reason']]);
        $this->assertEquals($userid, $DB->get_field(mirror::REQUEST, 'userid', ['id' => $id]));
        $tombstone = ['zohoid' => $row['zohoid'], 'deleted' => 1, 'sourcetime' => 3000]
            + array_map(fn($value) => is_int($value) ? 0 : '', $row);
        $this->assertSame('updated', $this->one($tombstone)['status']);
        $this->assertSame([], requests::for_user($userid));
        $this->assertSame('unchanged', $this->one($tombstone)['status']);
        $this->assertSame('updated', $this->one(['sourcetime' => 4000] + $changed)['status']);
        $this->assertCount(1, requests::for_user($userid));
        $this->assertSame('unchanged', $this->one(['zohoid' => $this->generator->zohoid()] + $tombstone)['status']);
        $this->assertSame([], $this->list_page(0, 10), 'it was not raised here');
    }

    /**
     * A record that came before its number is joined to the request that was raised here.
     */
    public function test_link_comes_late(): void {
        global $DB;
        $id = requests::raise($this->userid, 'Class Drop', 'Mine', $this->drop());
        $row = $this->generator->request_row(['studentid' => $this->linked->studentid]);
        $this->assertSame('created', $this->one($row)['status']);
        $result = $this->one(['requestid' => $id] + $row);
        $this->assertSame(['updated', $id], [$result['status'], $result['moodleid']]);
        $this->assertSame(1, $DB->count_records(mirror::REQUEST));
        $this->assertSame($row['zohoid'], $this->get([$id])[0]['zohoid']);
    }

    /**
     * What cannot be kept costs its row, and the others go on.
     */
    public function test_bad_rows(): void {
        $rows = array_map([$this->generator, 'request_row'], [
            ['requestid' => 999999], ['fees' => '1,5'], ['currency' => 'Dinar'], ['studentid' => '12'], ['changehash' => 'x'], [],
        ]);
        $made = $this->one($rows[5]);
        $rows[] = $this->generator->request_row(['requestid' => $made['moodleid']]);
        $results = (new inbound($rows))->upsert();
        $this->assertSame([
            'requestmissing', 'amountinvalid', 'currencyinvalid', 'idinvalid', 'hashinvalid', '', 'requestmissing',
        ], array_column($results, 'errorcode'), 'one that was made in Zoho is no number to answer to');
        $this->assertSame('unchanged', $results[5]['status']);
    }

    /**
     * Lists and pictures: in order, with gaps told.
     */
    public function test_list_and_get(): void {
        $ids = array_map(fn($n) => requests::raise($this->userid, 'Class Drop', "Reason $n", $this->drop()), range(1, 3));
        $this->one($this->generator->request_row());
        $page = $this->list_page(0, 2);
        $this->assertSame(array_slice($ids, 0, 2), array_column($page, 'requestid'));
        $this->assertSame([$ids[2]], array_column($this->list_page($ids[1], 2), 'requestid'));
        $this->assertSame($this->get(array_slice($ids, 0, 2)), $page);
        $found = $this->get([$ids[2], 999999, $ids[0]]);
        $this->assertSame([$ids[2], 999999, $ids[0]], array_column($found, 'requestid'));
        $this->assertSame([1, 0, 1], array_column($found, 'found'));
        $this->assertSame(['', ''], [$found[1]['type'], $found[1]['studentzohoid']]);
        $this->assertSame(['Reason 3', 'Reason 2', 'Reason 1'], array_column(requests::for_user($this->userid), 'reason'));
        $this->assertSame([], requests::for_user((int) $this->getDataGenerator()->create_user()->id));
    }

    /**
     * The class that the student is in, to drop it.
     *
     * @return details
     */
    private function drop(): details {
        return new details([$this->linked->classid]);
    }

    /**
     * Carry out one row.
     *
     * @param array $row
     * @return array its result
     */
    private function one(array $row): array {
        return (new inbound([$row]))->upsert()[0];
    }

    /**
     * Ask for pictures as the agent does.
     *
     * @param int[] $ids
     * @return array[]
     */
    private function get(array $ids): array {
        return external_api::clean_returnvalue(get_requests::execute_returns(), get_requests::execute($ids))['requests'];
    }

    /**
     * Ask for a page as the agent does.
     *
     * @param int $after
     * @param int $limit
     * @return array[]
     */
    private function list_page(int $after, int $limit): array {
        $answer = list_requests::execute($after, $limit);
        return external_api::clean_returnvalue(list_requests::execute_returns(), $answer)['requests'];
    }
}
