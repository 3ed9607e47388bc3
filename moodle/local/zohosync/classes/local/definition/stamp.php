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

namespace local_zohosync\local\definition;

/**
 * A mark in a definition's description that nobody sees: a duplicated or restored assignment brings it along, and is known by it.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class stamp {
    /** @var string The mark: a comment in HTML. */
    private const MARK = '<!-- local_zohosync -->';

    /**
     * Put the mark on a description.
     *
     * @param string $description HTML
     * @return string the description with the mark, once
     */
    public static function on(string $description): string {
        return self::in($description) ? $description : $description . self::MARK;
    }

    /**
     * Has a description the mark?
     *
     * @param string|null $description
     * @return bool
     */
    public static function in(?string $description): bool {
        return str_contains((string) $description, self::MARK);
    }
}
