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

use core_external\external_api;
use local_zohosync\external\get_enrolments;
use local_zohosync\external\list_enrolments;
use local_zohosync\local\inbound\manual_enrolments;

/**
 * Pictures of enrolments, as the agent asks for them.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\enrolment\snapshots
 * @covers \local_zohosync\local\enrolment\key
 * @covers \local_zohosync\external\get_enrolments
 * @covers \local_zohosync\external\list_enrolments
 */
final class snapshots_test extends \advanced_testcase {
    /** @var \local_zohosync_generator Makes rows. */
    private \local_zohosync_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
    }

    /**
     * In the order of the keys; unlinked, deleted and unknown ones are not found.
     */
    public function test_found(): void {
        $one = $this->generator->linked_student();
        $two = $this->generator->linked_student();
        $stranger = $this->getDataGenerator()->create_and_enrol($one->course);
        $course = $this->getDataGenerator()->create_course();
        $keys = array_map(fn($pair) => implode('_', $pair), [
            [$two->user->id, $two->course->id],
            [$one->user->id, $two->course->id],
            [$one->user->id, $one->course->id],
            [$stranger->id, $one->course->id],
            [$one->user->id, $course->id],
            [999999, 999999],
        ]);
        $found = $this->get($keys);
        $this->assertSame($keys, array_column($found, 'key'));
        $this->assertSame([1, 1, 1, 0, 0, 0], array_column($found, 'found'));
        $this->assertSame(['active', 'absent', 'active', 'active', 'absent', 'absent'], array_column($found, 'status'));
        $this->assertSame([$one->studentid, $two->classid, 0], [
            $found[1]['studentzohoid'], $found[1]['classzohoid'], $found[1]['timemodified'],
        ]);
        delete_user($one->user);
        $this->assertSame([0, 0], array_column($this->get([$keys[1], $keys[2]]), 'found'));
        delete_course($two->course, false);
        $this->assertSame([0], array_column($this->get([$keys[0]]), 'found'));
    }

    /**
     * The active one counts, of several the newest; one in a disabled instance is not active.
     */
    public function test_several(): void {
        global $DB;
        $linked = $this->generator->linked_student();
        $key = new key((int) $linked->user->id, (int) $linked->course->id);
        $manual = manual_enrolments::instance($key->courseid);
        $self = enrol_get_plugin('self');
        $id = $self->add_instance($linked->course, ['status' => ENROL_INSTANCE_ENABLED]);
        $instance = $DB->get_record('enrol', ['id' => $id]);
        $self->enrol_user($instance, $key->userid, null, 0, strtotime('2037-02-01 12:00:00 UTC'));
        $dates = fn() => [snapshots::of([$key])[0]['status'], snapshots::of([$key])[0]['enddate']];
        $this->assertSame(['active', '2037-02-01'], $dates());
        $self->update_status($instance, ENROL_INSTANCE_DISABLED);
        $this->assertSame(['active', ''], $dates());
        enrol_get_plugin('manual')->update_user_enrol($manual, $key->userid, ENROL_USER_SUSPENDED);
        $this->assertSame(['suspended', '2037-02-01'], $dates(), 'none is active: the newest');
        $DB->set_field('user_enrolments', 'timemodified', 77, ['enrolid' => $id]);
        $this->assertSame(77, snapshots::of([$key])[0]['timemodified']);
    }

    /**
     * Days are those of the server's zone, the present one and that of the last change too; a new day alone is no news.
     */
    public function test_days(): void {
        $linked = $this->generator->linked_student();
        $key = new key((int) $linked->user->id, (int) $linked->course->id);
        $picture = function (string $zone, string $now) use ($key): array {
            $this->setTimezone($zone);
            $this->mock_clock_with_frozen(strtotime($now));
            return $this->get([$key->text()])[0];
        };
        enrol_get_plugin('manual')->update_user_enrol(
            manual_enrolments::instance($key->courseid),
            $key->userid,
            null,
            strtotime('2026-09-01 22:00 UTC'),
            strtotime('2026-12-01 22:00 UTC')
        );
        $this->set_time_changed($key, strtotime('2026-11-10 22:00 UTC'));
        $days = array_flip(['startdate', 'enddate', 'changed', 'today']);
        $this->assertSame(
            ['startdate' => '2026-09-02', 'enddate' => '2026-12-02', 'today' => '2026-11-23', 'changed' => '2026-11-11'],
            array_intersect_key($picture('Asia/Amman', '2026-11-22 22:00 UTC'), $days)
        );
        $this->assertSame(
            ['startdate' => '2026-09-01', 'enddate' => '2026-12-01', 'today' => '2026-11-22', 'changed' => '2026-11-10'],
            array_intersect_key($picture('America/New_York', '2026-11-22 22:00 UTC'), $days)
        );
        $before = $key->fingerprint($picture('UTC', '2026-11-22 12:00 UTC'));
        $this->set_time_changed($key, strtotime('2026-11-12 12:00 UTC'));
        $this->assertSame($before, $key->fingerprint($picture('UTC', '2026-11-25 12:00 UTC')));
        enrol_get_plugin('manual')->unenrol_user(manual_enrolments::instance($key->courseid), $key->userid);
        $this->assertSame(['2026-11-25', ''], array_values(array_intersect_key(
            $picture('UTC', '2026-11-25 12:00 UTC'),
            ['today' => 1, 'changed' => 1]
        )));
    }

    /**
     * Page by page, each pair once by its lowest enrolment, and as get_enrolments gives it; only linked ones.
     */
    public function test_list(): void {
        global $DB;
        $linked = array_map(fn() => $this->generator->linked_student(), range(1, 5));
        foreach (array_slice($linked, 0, 2) as $one) {
            $self = enrol_get_plugin('self');
            $id = $self->add_instance($one->course, ['status' => ENROL_INSTANCE_ENABLED]);
            $self->enrol_user($DB->get_record('enrol', ['id' => $id]), $one->user->id);
        }
        $this->getDataGenerator()->create_and_enrol($linked[0]->course);
        $this->getDataGenerator()->enrol_user($linked[0]->user->id, $this->getDataGenerator()->create_course()->id);
        delete_user($linked[4]->user);
        $listed = [];
        do {
            $page = $this->list_page($listed ? end($listed)['id'] : 0, 3);
            $listed = [...$listed, ...$page];
        } while ($page);
        $keys = array_map(fn($one) => "{$one->user->id}_{$one->course->id}", array_slice($linked, 0, 4));
        $this->assertSame($keys, array_column($listed, 'key'));
        $this->assertSame(array_map(fn($key) => (int) $DB->get_field_sql(
            'SELECT MIN(ue.id) FROM {user_enrolments} ue JOIN {enrol} e ON e.id = ue.enrolid
              WHERE ue.userid = ? AND e.courseid = ?',
            explode('_', $key)
        ), $keys), array_column($listed, 'id'));
        $pictures = array_map(fn($row) => array_diff_key($row, ['id' => 1]), $listed);
        $this->assertSame($this->get($keys), $pictures);
    }

    /**
     * A page costs the same number of queries, whatever its length.
     */
    public function test_list_takes_a_handful_of_queries(): void {
        global $DB;
        $count = function (int $limit) use ($DB): int {
            $before = $DB->perf_get_queries();
            $this->assertCount($limit, snapshots::listed(0, $limit));
            return $DB->perf_get_queries() - $before;
        };
        array_map(fn() => $this->generator->linked_student(), range(1, 6));
        $this->assertSame($count(1), $count(6));
        $this->assertLessThan(6, $count(6));
    }

    /**
     * Keys that are none, and pages that are none, are refused.
     */
    public function test_bad_parameters(): void {
        foreach ([['1'], ['1_2_3'], ['0_2'], ['a_b'], ['1_2', '']] as $keys) {
            try {
                get_enrolments::execute($keys);
                $this->fail(json_encode($keys));
            } catch (\invalid_parameter_exception $e) {
                $this->assertStringContainsString('userid_courseid', $e->debuginfo);
            }
        }
        foreach ([[-1, 10], [0, 0], [0, 1001]] as [$after, $limit]) {
            try {
                list_enrolments::execute($after, $limit);
                $this->fail("$after, $limit");
            } catch (\invalid_parameter_exception $e) {
                $this->assertStringContainsString('1 to 1000', $e->debuginfo);
            }
        }
        $this->assertSame(['enrolments' => []], get_enrolments::execute([]));
    }

    /**
     * Say when the enrolment was changed last.
     *
     * @param key $key
     * @param int $time
     */
    private function set_time_changed(key $key, int $time): void {
        global $DB;
        $DB->set_field('user_enrolments', 'timemodified', $time, ['userid' => $key->userid]);
    }

    /**
     * Ask for pictures as the agent does.
     *
     * @param string[] $keys
     * @return array[]
     */
    private function get(array $keys): array {
        return external_api::clean_returnvalue(get_enrolments::execute_returns(), get_enrolments::execute($keys))['enrolments'];
    }

    /**
     * Ask for a page as the agent does.
     *
     * @param int $after
     * @param int $limit
     * @return array[]
     */
    private function list_page(int $after, int $limit): array {
        $answer = list_enrolments::execute($after, $limit);
        return external_api::clean_returnvalue(list_enrolments::execute_returns(), $answer)['enrolments'];
    }
}
