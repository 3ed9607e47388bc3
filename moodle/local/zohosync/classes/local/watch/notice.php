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
 * What administrators are to be told, once.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class notice {
    /**
     * Hold the news.
     *
     * @param array[] $troubles by trouble: since (unix time) and words
     * @param int $parked how many more records are parked
     * @param int $total how many are parked in all
     * @param int $since unix time: of what is parked, or of the troubles that are over
     * @param bool $well whether this is the news that troubles are over
     */
    public function __construct(
        /** @var array[] By trouble: since (unix time) and words. */
        public readonly array $troubles,
        /** @var int How many more records are parked. */
        public readonly int $parked,
        /** @var int How many are parked in all. */
        public readonly int $total,
        /** @var int Unix time: of what is parked, or of the troubles that are over. */
        public readonly int $since,
        /** @var bool Whether this is the news that troubles are over. */
        public readonly bool $well = false
    ) {
    }
}
