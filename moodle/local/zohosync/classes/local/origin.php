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

/**
 * Who is writing at this moment. What the agent writes must not be sent back to it.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class origin {
    /** @var int How many scopes of the agent are open. */
    private static int $depth = 0;

    /**
     * Do something on behalf of the agent.
     *
     * @param callable $work
     * @return mixed the work's answer
     */
    public static function as_agent(callable $work): mixed {
        self::$depth++;
        try {
            return $work();
        } finally {
            self::$depth--;
        }
    }

    /**
     * Is the agent writing: inside one of its functions, or under its service account?
     *
     * @return bool
     */
    public static function is_agent(): bool {
        global $USER;
        return self::$depth > 0 || (!empty($USER->id) && (int) $USER->id === config::service_user_id());
    }
}
