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

use core\event\grade_deleted;
use core\event\grade_item_deleted;
use core\event\grade_item_updated;
use core\event\user_graded;
use local_zohosync\local\attempts\opener;
use local_zohosync\local\enrolment\removals;
use local_zohosync\local\links;
use local_zohosync\local\outbox\emitter;
use local_zohosync\task\look_at_item;
use mod_assign\event\submission_graded;
use mod_assign\event\workflow_state_updated;

/**
 * Decides which of Moodle's events about grades the agent has to hear of.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class listener {
    /**
     * The official grade has a new value or was withdrawn.
     *
     * @param user_graded $event
     */
    public static function graded(user_graded $event): void {
        $grade = $event->get_grade();
        $key = self::key($grade->load_grade_item(), (int) $grade->userid);
        if ($key) {
            $snapshot = (new snapshot())->build($key);
            emitter::emit($key, $snapshot, emitter::FROM_MOODLE);
            opener::consider($key, $snapshot);
        }
    }

    /**
     * A grade was removed from the gradebook: by somebody, not by Moodle, which clears away the grades of whoever leaves a course.
     *
     * @param grade_deleted $event
     */
    public static function deleted(grade_deleted $event): void {
        $grade = $event->get_grade();
        $key = self::key($grade->load_grade_item(), (int) $grade->userid);
        if ($key && is_enrolled($event->get_context(), $key->userid) && !removals::concern($key)) {
            emitter::emit($key, null, emitter::FROM_MOODLE);
        }
    }

    /**
     * A grade item was removed: every grade of it that the agent heard of is gone.
     *
     * @param grade_item_deleted $event
     */
    public static function item_deleted(grade_item_deleted $event): void {
        global $DB;
        foreach ($DB->get_records(emitter::EMITTED, ['itemid' => $event->objectid], 'id') as $row) {
            $key = key::parse(substr($row->objectkey, strlen('grade:')));
            if (!removals::concern($key)) {
                emitter::tell($key, null, emitter::FROM_MOODLE);
            }
        }
    }

    /**
     * A marking was saved. The grade itself is user_graded's affair: while it is not released the gradebook holds none, and
     * the agent is told nothing.
     *
     * @param submission_graded $event
     */
    public static function marked(submission_graded $event): void {
        $assignid = (int) $event->get_assign()->get_instance()->id;
        $key = new key((int) $event->relateduserid, (int) $event->courseid, $assignid);
        if (!links::joins($key)) {
            return;
        }
        $snapshot = (new snapshot())->build($key);
        if ($snapshot['finalgrade'] !== '') {
            emitter::tell($key, $snapshot, emitter::FROM_MOODLE);
            opener::consider($key, $snapshot);
        }
    }

    /**
     * The marking workflow went on. What it does to the grade itself is user_graded's affair; here a grade that was told before
     * and is not released now gets another status.
     *
     * @param workflow_state_updated $event
     */
    public static function moved(workflow_state_updated $event): void {
        $assignid = (int) $event->get_assign()->get_instance()->id;
        $key = new key((int) $event->relateduserid, (int) $event->courseid, $assignid);
        if (!links::joins($key) || emitter::last_hash($key) === null) {
            return;
        }
        $snapshot = (new snapshot())->build($key);
        if ($snapshot['finalgrade'] === '' && $snapshot['workflow'] !== 'released') {
            emitter::tell($key, $snapshot, emitter::FROM_MOODLE);
        }
    }

    /**
     * A grade item was changed: hidden or shown with all its grades, or given another maximum or scale.
     *
     * @param grade_item_updated $event
     */
    public static function item_changed(grade_item_updated $event): void {
        global $DB;
        if ($DB->record_exists(emitter::EMITTED, ['itemid' => $event->objectid])) {
            $task = new look_at_item();
            $task->set_custom_data(['itemid' => (int) $event->objectid]);
            \core\task\manager::queue_adhoc_task($task, true);
        }
    }

    /**
     * The key of a grade that concerns Zoho.
     *
     * @param \grade_item|false $item
     * @param int $userid
     * @return key|null null for other activities, totals, and people or courses that are not linked
     */
    private static function key(\grade_item|false $item, int $userid): ?key {
        if (!$item || $item->itemtype !== 'mod' || $item->itemmodule !== 'assign' || (int) $item->itemnumber !== 0) {
            return null;
        }
        $key = new key($userid, (int) $item->courseid, (int) $item->iteminstance);
        return links::joins($key) ? $key : null;
    }
}
