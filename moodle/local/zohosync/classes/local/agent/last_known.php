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

namespace local_zohosync\local\agent;

/**
 * The agent's settings as they were last seen, to be shown while the agent is away.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class last_known {
    /** @var string Name of the config under which they are kept. */
    private const NAME = 'agentsettingsseen';

    /**
     * Keep them.
     *
     * @param array[] $settings as client::settings() gives
     */
    public static function keep(array $settings): void {
        $seen = ['time' => \core\di::get(\core\clock::class)->time(), 'settings' => $settings];
        set_config(self::NAME, json_encode($seen, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE), 'local_zohosync');
    }

    /**
     * Read them.
     *
     * @return array|null `time` (unix time) and `settings`; null: they were never seen
     */
    public static function read(): ?array {
        $kept = get_config('local_zohosync', self::NAME);
        return $kept === false ? null : json_decode($kept, true);
    }
}
