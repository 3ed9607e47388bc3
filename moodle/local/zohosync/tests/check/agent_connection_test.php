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

namespace local_zohosync\check;

use core\check\result;
use local_zohosync\agent_testcase;
use local_zohosync\local\agent\fit;
use local_zohosync\local\watch\last_status;

defined('MOODLE_INTERNAL') || die();
require_once(__DIR__ . '/../agent_testcase.php');

/**
 * The one check that asks the agent.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\check\agent_connection
 * @covers \local_zohosync\local\agent\fit
 */
final class agent_connection_test extends agent_testcase {
    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->getDataGenerator()->get_plugin_generator('local_zohosync')->set_up(self::$url);
        file_put_contents(self::$dir . '/answers', json_encode(['*' => ['status' => 200]]));
        @unlink(self::$dir . '/requests');
    }

    /**
     * It answers, fails, or is not there.
     */
    public function test_answers(): void {
        $this->assertSame(result::OK, (new agent_connection())->get_result()->get_status());
        file_put_contents(self::$dir . '/answers', json_encode(['*' => ['status' => 502, 'body' => '<b>away</b>']]));
        $result = (new agent_connection())->get_result();
        $this->assertSame(result::ERROR, $result->get_status());
        $this->assertStringContainsString('&lt;b&gt;away', $result->get_details());
        $this->assertStringContainsString('See that it runs', $result->get_details());
        set_config('agenturl', 'http://127.0.0.1:9', 'local_zohosync');
        $this->assertSame(result::ERROR, (new agent_connection())->get_result()->get_status());
    }

    /**
     * It answers, but does not fit.
     */
    public function test_fits(): void {
        $generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $own = (int) get_config('local_zohosync', 'version');
        $cases = [
            [fit::FAMILY . '.0', $own, ''], [fit::FAMILY . '.12', 2026112600, ''], [fit::FAMILY, 0, ''],
            [fit::FAMILY . '.0', $own + 1, 'update the plugin'], ['9.0.0', $own, 'update the older'],
            [fit::FAMILY . '0.0', $own, 'update the older'],
        ];
        foreach ($cases as [$version, $needed, $misfit]) {
            last_status::keep($generator->agent_status(['agent' => ['version' => $version, 'plugin_needed' => $needed]]));
            $result = (new agent_connection())->get_result();
            $this->assertSame($misfit === '' ? result::OK : result::ERROR, $result->get_status(), $version);
            $this->assertStringContainsString($misfit, $result->get_summary());
        }
    }

    /**
     * A copied site does not ask.
     */
    public function test_copied(): void {
        set_config('sitewwwroot', 'https://production.example.org', 'local_zohosync');
        $this->assertSame(result::NA, (new agent_connection())->get_result()->get_status());
        $this->assertFileDoesNotExist(self::$dir . '/requests');
    }
}
