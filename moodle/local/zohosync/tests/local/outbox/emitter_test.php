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

namespace local_zohosync\local\outbox;

use local_zohosync\local\enrolment\key as enrolment_key;
use local_zohosync\local\grade\key;
use local_zohosync\task\deliver_now;

/**
 * What is put into the outbox, what is remembered of it, and what the outbox tells of itself.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\outbox\emitter
 * @covers \local_zohosync\local\outbox\repository
 * @covers \local_zohosync\local\outbox\breaker
 * @covers \local_zohosync\local\outbox\kick
 */
final class emitter_test extends \advanced_testcase {
    /** @var int The time. */
    private const NOW = 1800000000;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->mock_clock_with_frozen(self::NOW);
        $this->getDataGenerator()->get_plugin_generator('local_zohosync')->set_up();
    }

    /**
     * The row names origin, student, course and request; the time in its body is UTC wherever the site is.
     */
    public function test_row(): void {
        global $DB;
        $this->setTimezone('Asia/Amman');
        emitter::emit(new key(3, 4, 5), ['gradeid' => 1], emitter::FROM_MOODLE);
        emitter::emit(new enrolment_key(3, 4), null, emitter::FROM_RECONCILE);
        [$one, $two] = array_values($DB->get_records(repository::TABLE, [], 'id'));
        $this->assertSame(['grade:3_4_5', 'enrolment:3_4'], [$one->objectkey, $two->objectkey]);
        $this->assertSame(['moodle', 'reconcile'], [$one->origin, $two->origin]);
        $this->assertSame(['moodle', 'reconcile'], array_map(fn($row) => json_decode($row->payload)->data->origin, [$one, $two]));
        $this->assertSame(['3', '4', (string) self::NOW], [$one->userid, $one->courseid, $one->nextattempt]);
        $this->assertSame($one->requestid, $two->requestid, 'both were put there by one request');
        $this->assertNotSame($one->eventid, $two->eventid);
        $this->assertSame('2027-01-15T08:00:00+00:00', json_decode($one->payload)->timestamp);
        $this->assertSame(['grade.updated', 'enrolment.deleted'], [$one->type, $two->type]);
    }

    /**
     * What was last told is remembered for each object by itself, with its grade item and the person whom it concerns.
     */
    public function test_memory(): void {
        global $DB;
        [$one, $two] = [new key(3, 4, 5), new key(6, 7, 8)];
        emitter::emit($one, ['itemid' => 77, 'finalgrade' => '5.00000'], emitter::FROM_MOODLE);
        emitter::emit($two, ['itemid' => 78, 'finalgrade' => '6.00000'], emitter::FROM_MOODLE);
        $row = $DB->get_record(emitter::EMITTED, ['objectkey' => 'grade:3_4_5'], '*', MUST_EXIST);
        $this->assertSame(['77', '3', '4'], [$row->itemid, $row->userid, $row->courseid]);
        emitter::emit($one, null, emitter::FROM_MOODLE);
        $row = $DB->get_record(emitter::EMITTED, ['objectkey' => 'grade:3_4_5'], '*', MUST_EXIST);
        $this->assertSame('77', $row->itemid, 'what is gone keeps its item, by which it may be found');
        $this->assertSame($one->fingerprint(null), emitter::last_hash($one));
        emitter::forget($one);
        $this->assertNull(emitter::last_hash($one));
        $this->assertNotNull(emitter::last_hash($two));
        $events = fn() => $DB->count_records(repository::TABLE);
        $before = $events();
        emitter::tell($two, ['itemid' => 78, 'finalgrade' => '6.00000'], emitter::FROM_MOODLE);
        $this->assertSame($before, $events(), 'the same again is no news');
        emitter::tell($one, null, emitter::FROM_MOODLE);
        $this->assertSame($before + 1, $events(), 'what was forgotten is');
    }

    /**
     * However many events there are, one task is queued, for when the first of them is due.
     */
    public function test_task(): void {
        global $DB;
        emitter::emit(new key(3, 4, 5), null, emitter::FROM_MOODLE);
        $DB->delete_records('task_adhoc');
        $DB->set_field(repository::TABLE, 'nextattempt', self::NOW + 60);
        $this->mock_clock_with_frozen(self::NOW + 90);
        emitter::emit(new key(6, 4, 5), null, emitter::FROM_MOODLE);
        emitter::emit(new key(7, 4, 5), null, emitter::FROM_MOODLE);
        $tasks = \core\task\manager::get_adhoc_tasks(deliver_now::class);
        $this->assertCount(1, $tasks);
        $this->assertEquals(self::NOW + 59, reset($tasks)->get_next_run_time());
    }

    /**
     * What administrators read: the oldest of what waits, the newest errors first, and nothing of what went well in the end.
     */
    public function test_told(): void {
        global $DB;
        foreach (range(1, 7) as $number) {
            emitter::emit(new key($number, 4, 5), null, emitter::FROM_MOODLE);
        }
        $rows = array_values($DB->get_records(repository::TABLE, [], 'id'));
        foreach ($rows as $index => $row) {
            $row->timecreated = self::NOW - 10 * $index;
            $DB->set_field(repository::TABLE, 'timecreated', $row->timecreated, ['id' => $row->id]);
            repository::mark_failed($row, false, self::NOW + 100 - $index, 503, "trouble $index");
        }
        $this->assertSame(self::NOW - 60, repository::oldest_pending());
        $this->assertSame(self::NOW + 94, repository::next_attempt());
        $this->assertSame(1, repository::mark_sent([$rows[6]->eventid, $rows[6]->eventid, 'unknown'], 202));
        $this->assertSame(self::NOW - 50, repository::oldest_pending());
        $this->assertSame(['trouble 5', 'trouble 4', 'trouble 3', 'trouble 2', 'trouble 1'], array_map(
            fn($error) => explode(': ', $error)[1],
            repository::recent_errors()
        ));
        $sent = $DB->get_record(repository::TABLE, ['id' => $rows[6]->id]);
        $this->assertSame([null, '1', '202'], [$sent->lasterror, $sent->attempts, $sent->lasthttp]);
        $this->assertSame(0, repository::mark_sent([$rows[6]->eventid]), 'it is not pending any more');
    }

    /**
     * An answer of any length is kept as far as there is room for it.
     */
    public function test_long_error(): void {
        global $DB;
        emitter::emit(new key(3, 4, 5), null, emitter::FROM_MOODLE);
        $row = $DB->get_record(repository::TABLE, [], '*', MUST_EXIST);
        repository::mark_failed($row, true, 0, 422, str_repeat('é', 5000));
        $this->assertSame(1333, \core_text::strlen($DB->get_field(repository::TABLE, 'lasterror', [])));
    }

    /**
     * Three failures in a row open it, for 30 seconds, then twice as long each time, to five minutes; an answer closes it.
     */
    public function test_breaker(): void {
        $now = self::NOW;
        breaker::failure(false);
        breaker::failure(false);
        $this->assertTrue(breaker::allows(false));
        foreach ([30, 60, 120, 240, 300, 300] as $seconds) {
            breaker::failure(false);
            $this->assertFalse(breaker::allows(true), "open for $seconds seconds");
            $this->mock_clock_with_frozen($now + $seconds - 1);
            $this->assertFalse(breaker::allows(true), "one second before $seconds");
            $now += $seconds;
            $this->mock_clock_with_frozen($now);
            $this->assertTrue(breaker::allows(true));
            $this->assertFalse(breaker::allows(false), 'a page does not find out');
        }
        $this->assertTrue(breaker::success());
        $this->assertFalse(breaker::success());
        $this->assertTrue(breaker::allows(false));
        breaker::failure(true);
        $this->assertFalse(breaker::allows(false), 'a fault that every event would meet opens it at once');
    }
}
