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
 * How everything stood when the agent was last asked. Kept for pages and checks, which do not ask themselves.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class last_status {
    /** @var string Name of the config under which it is kept. */
    private const NAME = 'laststatus';

    /** @var int Seconds after which it tells no more how things stand: the watch looks each minute. */
    public const FRESH = 600;

    /**
     * Keep it.
     *
     * @param array $status body of the agent's /v1/status
     */
    public static function keep(array $status): void {
        $seen = ['time' => \core\di::get(\core\clock::class)->time(), 'status' => $status];
        set_config(self::NAME, json_encode($seen, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE), 'local_zohosync');
    }

    /**
     * Read it.
     *
     * @return array|null `status` (body of the agent's /v1/status) and `time` (unix time); null: the agent never told
     */
    public static function get(): ?array {
        $kept = get_config('local_zohosync', self::NAME);
        return $kept === false ? null : json_decode($kept, true);
    }
}
