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

namespace local_zohosync;

/**
 * Tests against a real HTTP server that stands in for the agent: it keeps what it is asked and answers what it is told to.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class agent_testcase extends \advanced_testcase {
    /** @var resource The server's process. */
    private static $server;

    /** @var string Its address. */
    protected static string $url;

    /** @var string Where it keeps requests and finds its answers. */
    protected static string $dir;

    #[\Override]
    public static function setUpBeforeClass(): void {
        parent::setUpBeforeClass();
        self::$dir = make_request_directory();
        $socket = stream_socket_server('tcp://127.0.0.1:0');
        self::$url = 'http://' . stream_socket_get_name($socket, false);
        fclose($socket);
        self::$server = proc_open(
            [PHP_BINARY, '-S', substr(self::$url, strlen('http://')), __DIR__ . '/fixtures/agent.php'],
            [1 => ['file', '/dev/null', 'w'], 2 => ['file', '/dev/null', 'w']],
            $pipes,
            null,
            ['ZOHOSYNC_TEST_DIR' => self::$dir]
        );
        $deadline = microtime(true) + 10;
        while (!$connection = @stream_socket_client(str_replace('http', 'tcp', self::$url), $code, $text, 1)) {
            if (microtime(true) > $deadline) {
                self::fail("The stand-in for the agent did not start: $text");
            }
            usleep(20000);
        }
        fclose($connection);
    }

    #[\Override]
    public static function tearDownAfterClass(): void {
        proc_terminate(self::$server);
        proc_close(self::$server);
        parent::tearDownAfterClass();
    }
}
