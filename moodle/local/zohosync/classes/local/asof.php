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
 * Up to when what the pages show is what Zoho holds, module by module, as the agent says after each pass.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class asof {
    /** @var string[] Names of the agent's modules. */
    public const MODULES = [
        'program', 'unit', 'teacher', 'student', 'class', 'registration', 'enrollment', 'payment', 'grade', 'request',
    ];

    /** @var string Prefix of the plugin's config names. */
    private const PREFIX = 'asof_';

    /**
     * Up to when Zoho's changes of a module are known to be here.
     *
     * @param string $module one of MODULES
     * @return int unix time, 0: never told
     */
    public static function of(string $module): int {
        return (int) get_config('local_zohosync', self::PREFIX . $module);
    }

    /**
     * Keep it.
     *
     * @param string $module one of MODULES
     * @param int $time unix time
     * @return bool false when this is what was kept already
     */
    public static function put(string $module, int $time): bool {
        if (self::of($module) === $time) {
            return false;
        }
        return set_config(self::PREFIX . $module, $time, 'local_zohosync');
    }
}
