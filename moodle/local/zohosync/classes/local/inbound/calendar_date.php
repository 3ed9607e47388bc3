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

namespace local_zohosync\local\inbound;

/**
 * Calendar dates as text (Y-m-d), and the moments at which such a day begins and ends.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class calendar_date {
    /**
     * Is this a real day, or nothing?
     *
     * @param string $text
     * @return bool
     */
    public static function is_valid_or_empty(string $text): bool {
        if ($text === '') {
            return true;
        }
        return preg_match('/^(\d{4})-(\d{2})-(\d{2})$/D', $text, $m) && checkdate((int) $m[2], (int) $m[3], (int) $m[1]);
    }

    /**
     * First second of the day.
     *
     * @param string $text Y-m-d or empty
     * @param \DateTimeZone $zone
     * @return int unix time, 0 for an empty date
     */
    public static function start(string $text, \DateTimeZone $zone): int {
        return $text === '' ? 0 : (new \DateTimeImmutable($text . ' 00:00:00', $zone))->getTimestamp();
    }

    /**
     * Last second of the day.
     *
     * @param string $text Y-m-d or empty
     * @param \DateTimeZone $zone
     * @return int unix time, 0 for an empty date
     */
    public static function end(string $text, \DateTimeZone $zone): int {
        return $text === '' ? 0 : (new \DateTimeImmutable($text . ' 23:59:59', $zone))->getTimestamp();
    }
}
