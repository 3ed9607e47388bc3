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

namespace local_zohosync\local\grade;

/**
 * Fingerprint of a snapshot. MD5 serves change detection only, never security.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class snapshot_hash {
    /** @var string[] Fields that may change although nothing changed for the student: the same mark saved again moves times. */
    private const VOLATILE = ['gradeid', 'timegraded', 'timemodified'];

    /**
     * Compute.
     *
     * @param array|null $snapshot null: the grade was deleted
     * @return string 32 hex digits
     */
    public static function of(?array $snapshot): string {
        // A grade that is not in the gradebook is the same as one that was deleted.
        if ($snapshot === null || !$snapshot['gradeid']) {
            return md5('deleted');
        }
        $kept = array_diff_key($snapshot, array_flip(self::VOLATILE));
        ksort($kept);
        return md5(json_encode($kept, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE));
    }
}
