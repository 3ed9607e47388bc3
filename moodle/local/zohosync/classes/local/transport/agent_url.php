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

namespace local_zohosync\local\transport;

/**
 * Address of the agent: which ones are allowed, and what exactly counts as the agent's origin.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class agent_url {
    /** @var string[] Hosts for which plain http is allowed: the traffic never leaves the machine. */
    private const LOOPBACK = ['127.0.0.1', 'localhost', '[::1]'];

    /**
     * May events be sent to this address?
     *
     * @param string $url
     * @return bool true for https anywhere and for http on this machine; never with a user, a query or a fragment
     */
    public static function is_allowed(string $url): bool {
        $parts = parse_url($url);
        if (!$parts || empty($parts['host']) || preg_match('/[\s\x00-\x1f\\\\]/', $url)) {
            return false;
        }
        if (array_intersect_key($parts, array_flip(['user', 'pass', 'query', 'fragment']))) {
            return false;
        }
        $scheme = strtolower($parts['scheme'] ?? '');
        return $scheme === 'https' || ($scheme === 'http' && in_array(strtolower($parts['host']), self::LOOPBACK, true));
    }

    /**
     * Scheme, host and port.
     *
     * @param string $url
     * @return string|null e.g. "https://agent.example.org:443", null when the address is not allowed
     */
    public static function origin(string $url): ?string {
        if (!self::is_allowed($url)) {
            return null;
        }
        $parts = parse_url($url);
        $scheme = strtolower($parts['scheme']);
        $port = $parts['port'] ?? ($scheme === 'https' ? 443 : 80);
        return $scheme . '://' . strtolower($parts['host']) . ':' . $port;
    }
}
