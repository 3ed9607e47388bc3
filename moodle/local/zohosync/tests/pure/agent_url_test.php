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

namespace local_zohosync\pure;

use local_zohosync\local\transport\agent_url;

/**
 * Addresses of the agent.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\transport\agent_url
 */
final class agent_url_test extends \PHPUnit\Framework\TestCase {
    /**
     * Addresses and their origins; null: not allowed.
     *
     * @return array[]
     */
    public static function urls(): array {
        return [
            'https' => ['https://Agent.Example.org/x/y', 'https://agent.example.org:443'],
            'https with port' => ['https://agent.example.org:8443', 'https://agent.example.org:8443'],
            'this machine' => ['http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080'],
            'localhost' => ['http://localhost', 'http://localhost:80'],
            'ipv6 loopback' => ['http://[::1]:8080/', 'http://[::1]:8080'],
            'plain http elsewhere' => ['http://agent.example.org/', null],
            'looks like loopback' => ['http://127.0.0.1.example.org/', null],
            'user' => ['https://127.0.0.1@evil.example.org/', null],
            'password' => ['http://a:b@127.0.0.1:8080/', null],
            'backslash' => ['https://agent.example.org\\@evil.example.org/', null],
            'query' => ['https://agent.example.org/?a=b', null],
            'fragment' => ['https://agent.example.org/#a', null],
            'blank' => ['https://agent example.org/', null],
            'line break' => ["https://agent.example.org/\r\nX: y", null],
            'other scheme' => ['gopher://127.0.0.1/', null],
            'file' => ['file:///etc/passwd', null],
            'no scheme' => ['127.0.0.1:8080', null],
            'nothing' => ['', null],
        ];
    }

    /**
     * Only https, or http that never leaves the machine, is allowed.
     *
     * @param string $url
     * @param string|null $origin
     * @dataProvider urls
     */
    public function test_origin(string $url, ?string $origin): void {
        $this->assertSame($origin, agent_url::origin($url));
        $this->assertSame($origin !== null, agent_url::is_allowed($url));
    }
}
