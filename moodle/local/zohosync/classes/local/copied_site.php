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

use local_zohosync\local\outbox\emitter;
use local_zohosync\local\outbox\repository;

/**
 * What an administrator decides about a site that was set up under another address: that it has moved, or that it is a copy.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class copied_site {
    /** @var string[] What a copy must not know: where the agent is, and by what it would know the college's site. */
    private const FORGOTTEN = [
        'agentsettingsseen', 'agenttoken', 'agenturl', 'laststatus', 'serviceuserid', 'signingsecrets', 'siteid', 'sitewwwroot',
        'watched',
    ];

    /**
     * The site has moved: from now on it is the college's site, with everything that it held.
     */
    public static function moved(): void {
        config::claim_site();
    }

    /**
     * It is a copy: switched off, without secrets, tokens and the agent's address, and with nothing left to send. The set-up
     * can be made anew, for another agent.
     */
    public static function forget(): void {
        global $DB;
        set_config('enabled', 0, 'local_zohosync');
        foreach (self::FORGOTTEN as $name) {
            unset_config($name, 'local_zohosync');
        }
        $service = $DB->get_field('external_services', 'id', ['shortname' => config::SERVICE]);
        $DB->delete_records('external_tokens', ['externalserviceid' => (int) $service]);
        $DB->delete_records(repository::TABLE);
        $DB->delete_records(emitter::EMITTED);
        \core_cache\cache::make('local_zohosync', 'breaker')->purge();
    }
}
