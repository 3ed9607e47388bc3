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
 * Lets requests go to the agent's own scheme, host and port, and nowhere else.
 *
 * The site's lists of blocked hosts and allowed ports forbid an agent on the same machine. Rather than opening
 * them for everything that runs in the site, or switching the check off, this one address is allowed to this one client.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class pinned_origin_helper extends \core\files\curl_security_helper {
    /**
     * Pin.
     *
     * @param string $agenturl address of the agent
     */
    public function __construct(
        /** @var string Address of the agent. */
        private readonly string $agenturl
    ) {
    }

    #[\Override]
    public function url_is_blocked($urlstring, $notused = null) {
        $origin = agent_url::origin($this->agenturl);
        // What is asked for there is no part of the origin.
        $asked = explode('?', (string) $urlstring, 2)[0];
        return $origin === null || agent_url::origin($asked) !== $origin;
    }

    #[\Override]
    public function get_blocked_url_string() {
        return get_string('error:notagent', 'local_zohosync');
    }
}
