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
 * The agent refused, or did not answer.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class problem extends \moodle_exception {
    /** @var int Somebody else changed it in between. */
    public const CHANGED = 412;

    /** @var int What was sent does not fit; errors() says which fields. */
    public const MISFIT = 422;

    /**
     * Hold what was wrong.
     *
     * @param int $status of HTTP; 0: there was no answer that can be used
     * @param string $words for a person; text, not markup
     * @param array[] $errors each with `field` (its path, joined by points) and `message`
     */
    public function __construct(
        /** @var int Status of HTTP; 0: there was no answer that can be used. */
        public readonly int $status,
        /** @var string For a person; text, not markup. */
        public readonly string $words,
        /** @var array[] Each with `field` and `message`. */
        public readonly array $errors = []
    ) {
        parent::__construct('error:agent', 'local_zohosync', '', s($words));
    }
}
