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

use stdClass;

/**
 * Decides whether a student may see one of her grades: the rules of core's user grade report.
 *
 * Stricter in one point: what that report shows as a row without a grade is left out here. Grades held back by a marking
 * workflow never come this far, since the gradebook has no value for them until they are released.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class grade_visibility {
    /**
     * Constructor.
     *
     * @param int $userid the student
     * @param int $now unix seconds
     */
    public function __construct(
        /** @var int The student. */
        private readonly int $userid,
        /** @var int Unix seconds. */
        private readonly int $now,
    ) {
    }

    /**
     * Tells whether the student may see this grade now.
     *
     * @param stdClass $entry see gradebook::entries()
     * @return bool
     */
    public function allows(stdClass $entry): bool {
        $item = $entry->grade->grade_item;
        if ($this->is_hidden($entry->grade->hidden) || $this->is_hidden($item->hidden) || $entry->categoryhidden) {
            return false;
        }
        return $item->itemtype !== 'mod' || activity::is_visible($entry, $this->userid);
    }

    /**
     * Reads a hidden flag: 0 shown, 1 hidden, else hidden until that time.
     *
     * @param int|string|null $hidden the flag
     * @return bool
     */
    private function is_hidden($hidden): bool {
        return $hidden == 1 || $hidden > $this->now;
    }
}
