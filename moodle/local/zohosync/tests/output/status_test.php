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

namespace local_zohosync\output;

use local_zohosync\agent_testcase;
use local_zohosync\local\agent\client;
use local_zohosync\local\outbox\repository;
use local_zohosync\local\watch\last_status;

defined('MOODLE_INTERNAL') || die();

require_once(__DIR__ . '/../agent_testcase.php');

/**
 * The page that says how the sync stands, against a stand-in for the agent.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\output\status
 */
final class status_test extends agent_testcase {
    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->getDataGenerator()->get_plugin_generator('local_zohosync')->set_up(self::$url);
        set_config('agenttoken', \core\encryption::encrypt('the-token'), 'local_zohosync');
        set_config('enabled', 1, 'local_zohosync');
    }

    /**
     * What the agent tells.
     *
     * @param array|null $changes to a status in which all is well; null: it is away
     * @param array[] $days
     */
    private function told(?array $changes, array $days = []): void {
        $status = $this->getDataGenerator()->get_plugin_generator('local_zohosync')->agent_status($changes ?? []);
        $answers = ['*' => ['status' => 503]];
        if ($changes !== null) {
            $answers['/v1/status'] = ['status' => 200, 'body' => json_encode($status)];
            $answers['/v1/status/days'] = ['status' => 200, 'body' => json_encode(['days' => $days])];
        }
        file_put_contents(self::$dir . '/answers', json_encode($answers));
    }

    /**
     * What the page has.
     *
     * @param bool $canstart may the reader begin a pass?
     * @return array for the template
     */
    private function page(bool $canstart = true): array {
        global $PAGE;
        return status::now(new client(), $canstart)->export_for_template($PAGE->get_renderer('core'));
    }

    /**
     * Nothing needs a person, and only then it says so.
     */
    public function test_well(): void {
        $this->told([]);
        $page = $this->page();
        $this->assertSame([[], true, null, true], [$page['alerts'], $page['well'], $page['seen'], $page['canstart']]);
        $this->assertFalse($this->page(false)['canstart']);
    }

    /**
     * Each thing that needs a person is named, with the way there.
     *
     * @dataProvider troubles
     * @param array $changes to what the agent tells
     * @param string $words
     * @param string $path where it is looked into
     */
    public function test_troubles(array $changes, string $words, string $path): void {
        $this->told($changes);
        $page = $this->page();
        $this->assertCount(1, $page['alerts']);
        $this->assertFalse($page['well']);
        $this->assertStringContainsString($words, $page['alerts'][0]['words']);
        $this->assertStringContainsString($path, $page['alerts'][0]['url']);
    }

    /**
     * What needs a person.
     *
     * @return array
     */
    public static function troubles(): array {
        return [
            'failed' => [['inbox' => ['failed' => 3]], 'carried over: 3', 'failures.php'],
            'pass' => [['modules' => [['standing' => ['last_error' => 'no <scope>']]]], 'Programme: no <scope>', 'entity=program'],
            'module' => [['modules' => [['off' => 'no field X']]], 'no field X', 'report/status'],
            'Moodle' => [['moodle' => ['error' => 'no token']], 'no token', 'report/status'],
            'Zoho' => [['zoho' => ['error' => 'invalid_code']], 'invalid_code', 'report/status'],
            'clocks' => [['moodle' => ['seconds_apart' => -61]], '1 min', 'report/status'],
            'credits' => [['zoho' => ['credits_remaining' => 1000]], '1000', 'report/status'],
            'stuck' => [['inbox' => ['due_seconds' => 901]], 'does not get on', 'report/status'],
        ];
    }

    /**
     * What is not yet too much worries nobody.
     */
    public function test_limits(): void {
        $limits = ['moodle' => ['seconds_apart' => 60], 'zoho' => ['credits_remaining' => 1001], 'inbox' => ['due_seconds' => 900]];
        $this->told($limits);
        $this->assertTrue($this->page()['well']);
    }

    /**
     * What this site knows by itself is told whether the agent answers or not.
     */
    public function test_from_here(): void {
        global $DB;
        foreach ([repository::DEAD, repository::DEAD, repository::PENDING] as $number => $status) {
            $DB->insert_record(repository::TABLE, (object) [
                'eventid' => "e$number", 'type' => 'grade.updated', 'objectkey' => "grade:$number", 'payload' => '{}',
                'requestid' => 'r', 'status' => $status, 'timecreated' => time(),
            ]);
        }
        set_config('enabled', 0, 'local_zohosync');
        $this->told(null);
        $page = $this->page();
        $words = implode("\n", array_column($page['alerts'], 'words'));
        $this->assertCount(3, $page['alerts']);
        $this->assertStringContainsString('did not take: 2', $words);
        $this->assertStringContainsString('switched off', $words);
        $outbox = array_column($page['directions']['rows'][0]['cells'], 'text');
        $this->assertSame(['1', '2'], [$outbox[0], $outbox[2]]);
        $this->assertSame([false, false, null], [$page['well'], $page['known'], $page['seen']]);
    }

    /**
     * While the agent is away, what it last told is shown with its time, and nothing can be begun.
     */
    public function test_last_known(): void {
        $this->told(['inbox' => ['failed' => 2]]);
        $this->page();
        $this->assertSame(2, last_status::get()['status']['inbox']['failed']);
        $this->told(null);
        $page = $this->page();
        $this->assertNotNull($page['seen']);
        $this->assertTrue($page['known']);
        $this->assertFalse($page['canstart']);
        $this->assertCount(2, $page['alerts']);
        $this->assertStringContainsString('carried over: 2', $page['alerts'][1]['words']);
    }

    /**
     * The chart has a place for each of the last 14 days, and every event that finished in them.
     */
    public function test_chart(): void {
        global $PAGE;
        $this->mock_clock_with_frozen(strtotime('2026-11-23 10:00 UTC'));
        $this->told([], [
            ['day' => '2026-11-01', 'source' => 'zoho', 'completed' => 99, 'failed' => 0],
            ['day' => '2026-11-10', 'source' => 'zoho', 'completed' => 5, 'failed' => 1],
            ['day' => '2026-11-23', 'source' => 'zoho', 'completed' => 7, 'failed' => 0],
            ['day' => '2026-11-23', 'source' => 'moodle', 'completed' => 2, 'failed' => 3],
        ]);
        $this->page();
        $html = $PAGE->requires->get_end_code();
        $this->assertStringContainsString('[5,0,0,0,0,0,0,0,0,0,0,0,0,7]', $html);
        $this->assertStringContainsString('[0,0,0,0,0,0,0,0,0,0,0,0,0,2]', $html);
        $this->assertStringContainsString('[1,0,0,0,0,0,0,0,0,0,0,0,0,3]', $html);
        $this->assertStringNotContainsString('99', $html);
    }
}
