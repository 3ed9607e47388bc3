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

namespace local_zohosync;

use core\event\base;
use core\event\course_module_created;
use core\event\course_restored;
use core\event\grade_deleted;
use core\event\grade_item_deleted;
use core\event\grade_item_updated;
use core\event\user_enrolment_created;
use core\event\user_enrolment_deleted;
use core\event\user_enrolment_updated;
use core\event\user_graded;
use local_zohosync\local\config;
use local_zohosync\local\definition\queue;
use local_zohosync\local\enrolment\listener as enrolment_listener;
use local_zohosync\local\grade\listener;
use local_zohosync\local\origin;
use mod_assign\event\submission_graded;
use mod_assign\event\workflow_state_updated;

/**
 * Hears of grades and enrolments. Nothing that goes wrong here may reach whoever is saving.
 *
 * An \Error that leaves an observer breaks the page, and all later events of the process with it: core catches only \Exception.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class observer {
    /**
     * The official grade has a new value or was withdrawn: the authority.
     *
     * @param user_graded $event
     */
    public static function user_graded(user_graded $event): void {
        self::guarded($event, [listener::class, 'graded']);
    }

    /**
     * A grade was removed from the gradebook.
     *
     * @param grade_deleted $event
     */
    public static function grade_deleted(grade_deleted $event): void {
        self::guarded($event, [listener::class, 'deleted']);
    }

    /**
     * A whole grade item was removed; core does not tell of its grades one by one.
     *
     * @param grade_item_deleted $event
     */
    public static function grade_item_deleted(grade_item_deleted $event): void {
        self::guarded($event, [listener::class, 'item_deleted']);
    }

    /**
     * A grade item was changed; core does not tell of its grades one by one.
     *
     * @param grade_item_updated $event
     */
    public static function grade_item_updated(grade_item_updated $event): void {
        self::guarded($event, [listener::class, 'item_changed']);
    }

    /**
     * A student's marking went on to another state of the workflow.
     *
     * @param workflow_state_updated $event
     */
    public static function workflow_state_updated(workflow_state_updated $event): void {
        self::guarded($event, [listener::class, 'moved']);
    }

    /**
     * A marking was saved: feedback or criteria may have changed beside an equal grade.
     *
     * @param submission_graded $event
     */
    public static function submission_graded(submission_graded $event): void {
        self::guarded($event, [listener::class, 'marked']);
    }

    /**
     * An activity was added to a course.
     *
     * @param course_module_created $event
     */
    public static function course_module_created(course_module_created $event): void {
        self::guarded($event, [queue::class, 'added']);
    }

    /**
     * Something was restored or imported into a course.
     *
     * @param course_restored $event
     */
    public static function course_restored(course_restored $event): void {
        self::guarded($event, [queue::class, 'restored']);
    }

    /**
     * Somebody was enrolled, by any method.
     *
     * @param user_enrolment_created $event
     */
    public static function user_enrolment_created(user_enrolment_created $event): void {
        self::guarded($event, [enrolment_listener::class, 'changed'], [enrolment_listener::class, 'written_by_agent']);
    }

    /**
     * An enrolment was suspended, made active, or got other dates.
     *
     * @param user_enrolment_updated $event
     */
    public static function user_enrolment_updated(user_enrolment_updated $event): void {
        self::guarded($event, [enrolment_listener::class, 'changed'], [enrolment_listener::class, 'written_by_agent']);
    }

    /**
     * Somebody was unenrolled.
     *
     * @param user_enrolment_deleted $event
     */
    public static function user_enrolment_deleted(user_enrolment_deleted $event): void {
        self::guarded($event, [enrolment_listener::class, 'changed'], [enrolment_listener::class, 'written_by_agent']);
    }

    /**
     * Work on an event, unless nothing is to be sent, and swallow whatever is thrown.
     *
     * @param base $event
     * @param callable $work when a person did it
     * @param callable|null $ifagent when the agent did it: it is not told of itself
     */
    private static function guarded(base $event, callable $work, ?callable $ifagent = null): void {
        try {
            $work = origin::is_agent() ? $ifagent : $work;
            if ($work && config::is_active()) {
                $work($event);
            }
        } catch (\Throwable $e) {
            try {
                debugging('local_zohosync: ' . $e->getMessage(), DEBUG_DEVELOPER, $e->getTrace());
            } catch (\Throwable) {
                return;
            }
        }
    }
}
