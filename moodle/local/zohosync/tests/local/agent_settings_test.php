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

namespace local_zohosync\local;

use core_external\external_api;
use local_zohosync\external\get_settings;
use local_zohosync\external\put_asof;
use local_zohosync\external\put_settings;

/**
 * Settings of the agent that Moodle keeps, and up to when its pages hold.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\agent_settings
 * @covers \local_zohosync\local\asof
 * @covers \local_zohosync\external\put_settings
 * @covers \local_zohosync\external\get_settings
 * @covers \local_zohosync\external\put_asof
 */
final class agent_settings_test extends \advanced_testcase {
    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
    }

    /**
     * Before the agent has put anything the defaults hold, and nothing is kept.
     */
    public function test_defaults(): void {
        $this->assertSame([], $this->kept());
        foreach (setting_shape::keys() as $key) {
            $this->assertSame(setting_shape::defaults($key), agent_settings::get($key));
        }
        $this->assertFalse(agent_settings::get('grading.generated')['enabled']);
    }

    /**
     * What is put is kept byte for byte; row by row, so that a bad one costs itself only.
     */
    public function test_put(): void {
        $rules = "{ \"merit\": \"2.5\",\n \"invalid_marker\": \"ملغى \u{1F9FE}\" }";
        $rules = str_replace(" \u{1F9FE}", "\u{1F9FE}", $rules);
        $rows = [
            ['key' => 'grading.rules', 'value' => $rules],
            ['key' => 'grading.attempts', 'value' => '{"open_second":"no"}'],
            ['key' => 'retry.policy', 'value' => '{}'],
            ['key' => 'student_dashboard.visibility', 'value' => '{"balance":true}'],
        ];
        $this->assertSame([
            ['grading.rules', 'updated', ''], ['grading.attempts', 'refused', 'settinginvalid'],
            ['retry.policy', 'refused', 'settingunknown'], ['student_dashboard.visibility', 'updated', ''],
        ], $this->results($rows));
        $this->assertSame(
            ['grading.rules' => $rules, 'student_dashboard.visibility' => '{"balance":true}'],
            $this->kept()
        );
        $this->assertSame('2.5', agent_settings::get('grading.rules')['merit']);
        $this->assertTrue(agent_settings::get('grading.attempts')['open_second']);
        $this->assertTrue(agent_settings::get('student_dashboard.visibility')['balance']);
        $this->assertSame('unchanged', $this->results([$rows[0]])[0][1]);
        $message = put_settings::execute(1, [$rows[1]])['results'][0]['message'];
        $this->assertSame('open_second: must be true or false', $message);
    }

    /**
     * Rows that did not arrive whole are refused as a whole.
     */
    public function test_count(): void {
        $this->expectException(\moodle_exception::class);
        $this->expectExceptionMessageMatches('/max_input_vars/');
        put_settings::execute(2, [['key' => 'grading.rules', 'value' => '{}']]);
    }

    /**
     * A kept value that no longer fits, as after an update, breaks nothing.
     */
    public function test_kept_value_that_does_not_fit(): void {
        set_config('agent_grading.rules', '{"thresholds":[1,2,3]}', 'local_zohosync');
        $this->assertSame(setting_shape::defaults('grading.rules'), agent_settings::get('grading.rules'));
        $this->assertTrue(agent_settings::put('grading.rules', '{}'));
    }

    /**
     * Letters are generated since the day of switching on, as long as it stays on, unless a day is set.
     */
    public function test_generated_since(): void {
        $this->setTimezone('Asia/Amman');
        $zone = new \DateTimeZone('Asia/Amman');
        $at = fn($text) => (new \DateTimeImmutable($text, $zone))->getTimestamp();
        $this->mock_clock_with_frozen($at('2026-11-23 00:30'));
        agent_settings::put('grading.generated', '{"enabled":true}');
        $this->assertSame($at('2026-11-23 00:00'), agent_settings::generated_since());
        $this->mock_clock_with_frozen($at('2026-12-01 12:00'));
        agent_settings::put('grading.generated', '{"enabled":true,"excluded_types":[]}');
        $this->assertSame($at('2026-11-23 00:00'), agent_settings::generated_since());
        agent_settings::put('grading.generated', '{"enabled":true,"since":"2026-09-01"}');
        $this->assertSame($at('2026-09-01 00:00'), agent_settings::generated_since());
        agent_settings::put('grading.generated', '{}');
        $this->mock_clock_with_frozen($at('2027-01-05 23:59'));
        agent_settings::put('grading.generated', '{"enabled":true}');
        $this->assertSame($at('2027-01-05 00:00'), agent_settings::generated_since());
    }

    /**
     * Up to when each module holds.
     */
    public function test_asof(): void {
        $this->assertSame(0, asof::of('grade'));
        $put = fn(string $module, int $time) => external_api::clean_returnvalue(
            put_asof::execute_returns(),
            put_asof::execute(1, [['module' => $module, 'asof' => $time]])
        )['results'][0];
        $this->assertSame(['module' => 'grade', 'status' => 'updated', 'errorcode' => ''], $put('grade', 1800000000));
        $this->assertSame('unchanged', $put('grade', 1800000000)['status']);
        $this->assertSame([1800000000, 0], [asof::of('grade'), asof::of('payment')]);
        $this->assertSame('moduleunknown', $put('moon', 1800000000)['errorcode']);
        $this->assertSame(['refused', 'asofinvalid'], array_values(array_slice($put('grade', -1), 1)));
        $this->assertSame('updated', $put('grade', 1700000000)['status']);
        foreach (asof::MODULES as $module) {
            $this->assertContains($put($module, 1800000001)['status'], ['updated']);
        }
    }

    /**
     * Settings as Moodle keeps them.
     *
     * @return string[] JSON by key
     */
    private function kept(): array {
        $answer = external_api::clean_returnvalue(get_settings::execute_returns(), get_settings::execute());
        return array_column($answer['settings'], 'value', 'key');
    }

    /**
     * Put settings.
     *
     * @param array[] $rows key, value
     * @return array[] key, status, errorcode
     */
    private function results(array $rows): array {
        $answer = external_api::clean_returnvalue(put_settings::execute_returns(), put_settings::execute(count($rows), $rows));
        return array_map(fn($row) => [$row['key'], $row['status'], $row['errorcode']], $answer['results']);
    }
}
