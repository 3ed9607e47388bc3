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

namespace local_zohosync\local\outbox;

/**
 * What an answer of the agent means for the event.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
enum verdict {
    // The agent has it.
    case delivered;
    // The agent will never take this event: set it aside, the others go on.
    case park;
    // Address or secrets are wrong: no event would be taken now.
    case configuration;
    // The agent cannot take it now.
    case retry;

    /**
     * Judge an HTTP status.
     *
     * @param int $http 0: no answer
     * @return self
     */
    public static function of(int $http): self {
        return match (true) {
            // 409 says that the agent has this event already.
            ($http >= 200 && $http < 300) || $http === 409 => self::delivered,
            $http === 0 || $http === 408 || $http === 425 || $http === 429 || $http >= 500 => self::retry,
            $http === 401 || $http === 403 || $http < 400 => self::configuration,
            default => self::park,
        };
    }
}
