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

namespace local_zohosync\local\transport;

/**
 * What came back from the agent.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class response {
    /**
     * Hold an answer.
     *
     * @param int $http
     * @param string $error
     * @param int|null $retryafter
     * @param array $said
     */
    public function __construct(
        /** @var int HTTP status, 0: no answer. */
        public readonly int $http,
        /** @var string Why it was not taken, in words. */
        public readonly string $error = '',
        /** @var int|null Seconds that the agent asked us to wait. */
        public readonly ?int $retryafter = null,
        /** @var array What it said, of an answer that is read. */
        public readonly array $said = []
    ) {
    }
}
