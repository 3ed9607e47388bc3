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
 * Do this plugin and an agent fit together?
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class fit {
    /** @var string Versions of the agent that begin so speak as this plugin does. */
    public const FAMILY = '0.1';

    /**
     * Compare.
     *
     * @param string $agent version of the agent
     * @param int $needed oldest version of this plugin that the agent works with
     * @return string what does not fit, in words; empty when all does
     */
    public static function misfit(string $agent, int $needed): string {
        $own = (int) get_config('local_zohosync', 'version');
        if ($own < $needed) {
            return get_string('fit:plugin', 'local_zohosync', ['agent' => $agent, 'own' => $own, 'needed' => $needed]);
        }
        if (!str_starts_with("$agent.", self::FAMILY . '.')) {
            return get_string('fit:agent', 'local_zohosync', ['agent' => $agent, 'family' => self::FAMILY]);
        }
        return '';
    }
}
