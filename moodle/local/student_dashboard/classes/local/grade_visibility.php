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

use core\context;
use grade_grade;
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
     * @param stdClass[] $categories see gradebook::categories()
     * @param stdClass[] $activities see gradebook::activities()
     */
    public function __construct(
        /** @var int The student. */
        private readonly int $userid,
        /** @var int Unix seconds. */
        private readonly int $now,
        /** @var stdClass[] Grade categories by id. */
        private readonly array $categories,
        /** @var stdClass[] Activities by grade item id. */
        private readonly array $activities,
    ) {
    }

    /**
     * Tells whether the student may see this grade now.
     *
     * @param grade_grade $grade with its grade_item
     * @return bool
     */
    public function allows(grade_grade $grade): bool {
        $item = $grade->grade_item;
        if ($this->is_hidden($grade->hidden) || $this->is_hidden($item->hidden)) {
            return false;
        }
        if ($this->in_hidden_category((int) $item->categoryid)) {
            return false;
        }
        return $item->itemtype !== 'mod' || $this->activity_allows($this->activities[$item->id] ?? null);
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

    /**
     * Tells whether the category, or one above it, is hidden.
     *
     * @param int $categoryid the item's category
     * @return bool
     */
    private function in_hidden_category(int $categoryid): bool {
        foreach (explode('/', trim($this->categories[$categoryid]->path ?? '', '/')) as $id) {
            if ($this->is_hidden($this->categories[$id]->hidden ?? 0)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Tells whether the student can see the activity, or at least that it exists.
     *
     * Only where a condition restricts the activity the whole course structure is consulted, which costs queries.
     *
     * @param stdClass|null $activity see gradebook::activities()
     * @return bool
     */
    private function activity_allows(?stdClass $activity): bool {
        if (!$activity || !$activity->visible || $activity->deletioninprogress) {
            return false;
        }
        if ($activity->availability || $activity->sectionavailability || $activity->component) {
            $cm = get_fast_modinfo($activity->courseid, $this->userid)->cms[$activity->cmid] ?? null;
            return $cm && ($cm->uservisible || $cm->availableinfo);
        }
        $capability = "mod/$activity->modname:view";
        return !get_capability_info($capability)
            || has_capability($capability, context\module::instance($activity->cmid), $this->userid);
    }
}
