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

namespace local_zohosync\local\enrolment;

use core\context\course as course_context;
use local_zohosync\local\inbound\enrolments;
use local_zohosync\local\inbound\manual_enrolments;
use local_zohosync\local\inbound\mirror;
use local_zohosync\local\origin;

/**
 * What the agent hears of enrolments.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\observer
 * @covers \local_zohosync\local\enrolment\listener
 * @covers \local_zohosync\local\enrolment\removals
 * @covers \local_zohosync\local\outbox\emitter
 * @covers \local_zohosync\local\links
 */
final class listener_test extends \advanced_testcase {
    /** @var \local_zohosync_generator Makes rows. */
    private \local_zohosync_generator $generator;

    /** @var \stdClass A linked student in a linked class. */
    private \stdClass $linked;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $this->generator->set_up();
        $this->linked = $this->generator->linked_student();
    }

    /**
     * Suspended, given another end, made active, removed, enrolled again: each is told, with the whole picture.
     */
    public function test_changes(): void {
        global $CFG, $DB;
        $this->setTimezone('Asia/Amman');
        $this->assertSame([], $this->take_events(), 'what the agent wrote is not sent back');
        $this->update(ENROL_USER_SUSPENDED);
        $row = $DB->get_record('local_zohosync_outbox', [], '*', MUST_EXIST);
        $key = "{$this->linked->user->id}_{$this->linked->course->id}";
        $this->assertSame(['enrolment.updated', "enrolment:$key", 'pending'], [$row->type, $row->objectkey, $row->status]);
        $this->assertEquals([$this->linked->user->id, $this->linked->course->id], [$row->userid, $row->courseid]);
        [$event] = $this->take_events();
        $this->assertSame([$CFG->wwwroot, $key, 'moodle'], [$event->site, $event->data->key, $event->data->origin]);
        $picture = (array) $event->data->enrolment;
        $this->assertGreaterThan(0, $picture['timemodified']);
        $this->assertSame($picture['today'], $picture['changed']);
        unset($picture['timemodified'], $picture['today'], $picture['changed']);
        $this->assertSame([
            'key' => $key, 'found' => 1, 'userid' => (int) $this->linked->user->id, 'courseid' => (int) $this->linked->course->id,
            'studentzohoid' => $this->linked->studentid, 'classzohoid' => $this->linked->classid, 'status' => 'suspended',
            'startdate' => '', 'enddate' => '',
        ], $picture);
        $this->update(ENROL_USER_ACTIVE, strtotime('2026-01-04 22:00:00 UTC'), strtotime('2026-06-30 20:59:59 UTC'));
        enrol_get_plugin('manual')->unenrol_user($this->instance(), $this->linked->user->id);
        enrol_get_plugin('manual')->enrol_user($this->instance(), $this->linked->user->id, null, 0, 0, ENROL_USER_ACTIVE);
        $this->assertSame([
            ['active', '2026-01-05', '2026-06-30'],
            ['absent', '', ''],
            ['active', '', ''],
        ], $this->told());
    }

    /**
     * Any method counts. As long as one enrolment is active another one's end is no news; a repeat is none either.
     */
    public function test_any_method(): void {
        global $DB;
        $self = enrol_get_plugin('self');
        $id = $self->add_instance($this->linked->course, ['status' => ENROL_INSTANCE_ENABLED]);
        $instance = $DB->get_record('enrol', ['id' => $id]);
        $self->enrol_user($instance, $this->linked->user->id, null, 0, strtotime('2037-06-30 12:00:00 UTC'));
        $this->assertSame([['active', '', '2037-06-30']], $this->told());
        $this->update(ENROL_USER_SUSPENDED);
        $this->update(ENROL_USER_ACTIVE);
        $this->update(ENROL_USER_SUSPENDED);
        $this->assertSame([], $this->told());
        $self->update_user_enrol($instance, $this->linked->user->id, ENROL_USER_SUSPENDED);
        $this->assertSame([['suspended', '', '2037-06-30']], $this->told());
    }

    /**
     * What the agent did in between makes the same change news again.
     */
    public function test_same_again_after_the_agent(): void {
        $this->update(ENROL_USER_SUSPENDED);
        $this->assertCount(1, $this->take_events());
        origin::as_agent(fn() => $this->update(ENROL_USER_ACTIVE));
        $this->assertSame([], $this->take_events());
        $this->update(ENROL_USER_SUSPENDED);
        $this->assertSame([['suspended', '', '']], $this->told());
    }

    /**
     * Strangers and other courses concern nobody; neither does anything while the plugin is off.
     */
    public function test_not_ours(): void {
        $stranger = $this->getDataGenerator()->create_and_enrol($this->linked->course);
        $elsewhere = $this->getDataGenerator()->create_course();
        $this->getDataGenerator()->enrol_user($this->linked->user->id, $elsewhere->id);
        enrol_get_plugin('manual')->unenrol_user($this->instance(), $stranger->id);
        set_config('enabled', 0, 'local_zohosync');
        $this->update(ENROL_USER_SUSPENDED);
        $this->assertSame([], $this->take_events());
    }

    /**
     * The agent's functions, in all ways in which they change an enrolment, send nothing.
     */
    public function test_agents_functions(): void {
        global $DB;
        $row = $this->generator->enrolment_row([
            'studentid' => $this->linked->studentid,
            'classid' => $this->linked->classid,
            'withdrawal' => 'unenrol',
        ]);
        $upsert = fn(array $row) => origin::as_agent(fn() => (new enrolments([$row]))->upsert()[0]['status']);
        $DB->delete_records(mirror::ENROLMENT);
        $this->assertSame('updated', $upsert($row));
        $this->assertSame('updated', $upsert(['sourcetime' => 2000, 'deleted' => 1] + $row));
        $this->assertFalse(is_enrolled(course_context::instance($this->linked->course->id), $this->linked->user->id));
        $this->assertSame('created', $upsert(['sourcetime' => 3000] + $row));
        $this->assertSame([], $this->take_events());
    }

    /**
     * Deleting the course withdraws nobody, and works; so does deleting the account.
     */
    public function test_deletions(): void {
        global $DB;
        $other = $this->generator->linked_student();
        delete_course($this->linked->course, false);
        delete_user($other->user);
        $this->assertSame([], $this->take_events());
        $this->assertSame(0, $DB->count_records('user_enrolments', ['userid' => $other->user->id]));
        $third = $this->generator->linked_student();
        enrol_get_plugin('manual')->unenrol_user(manual_enrolments::instance($third->course->id), $third->user->id);
        $this->assertSame([['absent', '', '']], $this->told(), 'other courses and accounts are as ever');
    }

    /**
     * Whatever fails, whoever saves goes on.
     */
    public function test_error_does_not_escape(): void {
        global $DB;
        $DB->get_manager()->rename_table(new \xmldb_table('local_zohosync_emitted'), 'local_zohosync_away');
        try {
            $this->update(ENROL_USER_SUSPENDED);
        } finally {
            $DB->get_manager()->rename_table(new \xmldb_table('local_zohosync_away'), 'local_zohosync_emitted');
        }
        $this->assertDebuggingCalled();
        $this->assertEquals(ENROL_USER_SUSPENDED, $DB->get_field('user_enrolments', 'status', [
            'userid' => $this->linked->user->id,
        ]));
        $this->update(ENROL_USER_ACTIVE);
        $this->assertCount(1, $this->take_events());
    }

    /**
     * The class's manual enrolment instance.
     *
     * @return \stdClass
     */
    private function instance(): \stdClass {
        return manual_enrolments::instance($this->linked->course->id);
    }

    /**
     * Change the student's manual enrolment as the participants' page does.
     *
     * @param int $status
     * @param int|null $start
     * @param int|null $end
     */
    private function update(int $status, ?int $start = null, ?int $end = null): void {
        enrol_get_plugin('manual')->update_user_enrol($this->instance(), $this->linked->user->id, $status, $start, $end);
    }

    /**
     * Status and dates of the events that were put into the outbox, in order, and forget them.
     *
     * @return string[][]
     */
    private function told(): array {
        return array_map(function (\stdClass $event): array {
            $picture = $event->data->enrolment;
            return [$picture->status, $picture->startdate, $picture->enddate];
        }, $this->take_events());
    }

    /**
     * Bodies of the events that were put into the outbox, in order, and forget them.
     *
     * @return \stdClass[]
     */
    private function take_events(): array {
        global $DB;
        $rows = $DB->get_records('local_zohosync_outbox', [], 'id');
        $DB->delete_records('local_zohosync_outbox');
        return array_map(fn($row) => json_decode($row->payload), array_values($rows));
    }
}
