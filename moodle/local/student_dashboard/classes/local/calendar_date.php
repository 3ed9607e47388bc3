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

namespace local_student_dashboard\local;

use core_date;
use DateTimeImmutable;
use DateTimeZone;

/**
 * A calendar date as Zoho gives it: `Y-m-d` text, or empty. It belongs to no time zone.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class calendar_date {
    /**
     * Writes the date the way the reader's language does.
     *
     * @param string $date `Y-m-d`; anything else comes back as it is
     * @return string
     */
    public static function format(string $date): string {
        $parsed = DateTimeImmutable::createFromFormat('!Y-m-d', $date, new DateTimeZone('UTC'));
        if (!$parsed || $parsed->format('Y-m-d') !== $date) {
            return $date;
        }
        return userdate($parsed->getTimestamp(), get_string('strftimedate', 'langconfig'), 'UTC');
    }

    /**
     * Gives the date of an instant, in the time zone of the reader.
     *
     * @param int $time unix seconds, 0: none
     * @return string `Y-m-d`, empty for 0
     */
    public static function of_instant(int $time): string {
        if (!$time) {
            return '';
        }
        return (new DateTimeImmutable("@$time"))->setTimezone(core_date::get_user_timezone_object())->format('Y-m-d');
    }
}
