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
 * What became of one row of a batch.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class result {
    /** @var string A Moodle record was made. */
    public const CREATED = 'created';
    /** @var string Something was written. */
    public const UPDATED = 'updated';
    /** @var string Nothing needed writing. */
    public const UNCHANGED = 'unchanged';
    /** @var string The row is older than what is stored; nothing done. */
    public const STALE = 'stale';
    /** @var string A person must decide; nothing done. */
    public const REFUSED = 'refused';
    /** @var string The row cannot be written as it is; nothing done. */
    public const ERROR = 'error';
    /** @var string Another record must arrive first; nothing done. */
    public const WAITING = 'waiting';

    /**
     * Build the answer for one row.
     *
     * @param string $zohoid record id in Zoho
     * @param string $status one of the constants above
     * @param int $moodleid id of the linked user or course, 0 if none
     * @param string $errorcode stable code, empty if none
     * @param string $message sentence for a person, empty if none
     * @return array as described by the external functions
     */
    public static function row(
        string $zohoid,
        string $status,
        int $moodleid = 0,
        string $errorcode = '',
        string $message = ''
    ): array {
        return [
            'zohoid' => $zohoid,
            'status' => $status,
            'moodleid' => $moodleid,
            'errorcode' => $errorcode,
            'message' => $message,
        ];
    }
}
