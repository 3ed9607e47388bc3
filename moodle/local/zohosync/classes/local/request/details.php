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

namespace local_zohosync\local\request;

/**
 * What a request of a student is about, besides its type and reason, as she sent it. Nothing of it is to be believed yet.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class details {
    /**
     * Hold what was sent.
     *
     * @param string[] $classes Zoho's ids of classes
     * @param int $assignid an assignment, 0: none
     * @param string[] $changes new values of her information, by field
     * @param int $draftid draft area of her own with the files, 0: none
     */
    public function __construct(
        /** @var string[] Zoho's ids of classes. */
        public readonly array $classes = [],
        /** @var int An assignment, 0: none. */
        public readonly int $assignid = 0,
        /** @var string[] New values of her information, by field. */
        public readonly array $changes = [],
        /** @var int Draft area of her own with the files, 0: none. */
        public readonly int $draftid = 0
    ) {
    }
}
