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

namespace local_zohosync\local\watch;

/**
 * What can bring the sync to a stop so that a person has to do something.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum trouble: string {
    // The agent does not answer.
    case agentaway = 'agentaway';
    // The agent does not take the token by which this site asks it.
    case tokenrefused = 'tokenrefused';
    // The agent cannot use this site's web services.
    case moodlefails = 'moodlefails';
    // The agent cannot use Zoho.
    case zohofails = 'zohofails';
    // Modules cannot work as they are configured.
    case modulesoff = 'modulesoff';
    // Events of this site do not leave.
    case outboxstuck = 'outboxstuck';
    // The agent does not get on with what came in.
    case inboxstuck = 'inboxstuck';

    /**
     * How long it has to last before anybody is told: a restart is no trouble.
     *
     * @return int seconds
     */
    public function grace(): int {
        return match ($this) {
            // These have lasted for long when they are seen, or do not pass by themselves.
            self::tokenrefused, self::outboxstuck, self::inboxstuck => 0,
            default => 5 * MINSECS,
        };
    }

    /**
     * What is the matter, in the present language.
     *
     * @return string
     */
    public function what(): string {
        return get_string("trouble:$this->value", 'local_zohosync');
    }

    /**
     * What to do, in the present language.
     *
     * @return string
     */
    public function remedy(): string {
        return get_string("trouble:{$this->value}_do", 'local_zohosync');
    }

    /**
     * The page that shows it: a check of the site's status report.
     *
     * @return \moodle_url
     */
    public function url(): \moodle_url {
        $check = match ($this) {
            self::agentaway => 'agent_connection',
            self::tokenrefused, self::modulesoff => 'agent_status',
            self::moodlefails => 'service_token',
            self::zohofails => 'zoho_access',
            self::outboxstuck => 'backlog',
            self::inboxstuck => 'inbox',
        };
        return new \moodle_url('/report/status/index.php', ['detail' => "local_zohosync_$check"]);
    }
}
