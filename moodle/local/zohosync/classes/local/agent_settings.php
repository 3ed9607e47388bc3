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
 * The agent's settings that Moodle's pages and tasks need, as the agent last put them here.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class agent_settings {
    /** @var string Prefix of the plugin's config names under which the values are kept. */
    private const PREFIX = 'agent_';

    /** @var string Config name: unix time from which on letters are generated, kept while that is switched on. */
    private const GENERATED_SINCE = 'generatedsince';

    /**
     * A setting's value.
     *
     * @param string $key such as "grading.rules"
     * @return array as setting_shape::read() gives; the defaults as long as the agent has put none
     */
    public static function get(string $key): array {
        $kept = self::kept($key);
        try {
            return setting_shape::read($key, $kept ?? '{}');
        } catch (\UnexpectedValueException) {
            // What an older version of the agent put here may not fit any more; the agent puts it anew.
            return setting_shape::defaults($key);
        }
    }

    /**
     * A setting's value byte for byte.
     *
     * @param string $key
     * @return string|null JSON as the agent put it, null when it never did
     */
    public static function kept(string $key): ?string {
        $kept = get_config('local_zohosync', self::PREFIX . $key);
        return $kept === false ? null : $kept;
    }

    /**
     * Keep a value.
     *
     * @param string $key one of setting_shape::keys()
     * @param string $json
     * @return bool false when this is what was kept already
     * @throws \UnexpectedValueException the value does not fit
     */
    public static function put(string $key, string $json): bool {
        $value = setting_shape::read($key, $json);
        if (self::kept($key) === $json) {
            return false;
        }
        if ($key === 'grading.generated') {
            self::note_switch(self::get($key)['enabled'], $value['enabled']);
        }
        set_config(self::PREFIX . $key, $json, 'local_zohosync');
        return true;
    }

    /**
     * The first due date for which letters are generated: since the day on which that was switched on, unless the setting names
     * another one.
     *
     * @return int unix time
     */
    public static function generated_since(): int {
        $since = self::get('grading.generated')['since'];
        return $since === null
            ? (int) get_config('local_zohosync', self::GENERATED_SINCE)
            : self::midnight(\DateTimeImmutable::createFromFormat('!Y-m-d', $since, \core_date::get_server_timezone_object()));
    }

    /**
     * Remember the day on which the generation of letters is switched on.
     *
     * @param bool $before was it on?
     * @param bool $after will it be on?
     */
    private static function note_switch(bool $before, bool $after): void {
        if ($after && !$before) {
            $today = self::midnight(\core\di::get(\core\clock::class)->now());
            set_config(self::GENERATED_SINCE, $today, 'local_zohosync');
        }
    }

    /**
     * When a day began.
     *
     * @param \DateTimeImmutable $moment
     * @return int unix time, in the server's zone
     */
    private static function midnight(\DateTimeImmutable $moment): int {
        return $moment->setTimezone(\core_date::get_server_timezone_object())->setTime(0, 0)->getTimestamp();
    }
}
