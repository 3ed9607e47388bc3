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

namespace local_zohosync\local\enrolment;

use local_zohosync\local\outbox\subject;

/**
 * Courses and accounts that are being deleted at this moment.
 *
 * Moodle unenrols everybody and removes all grades on the way. Nobody was withdrawn, and no grade: the next synchronisation
 * makes course or account anew.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class removals {
    /** @var array<int, true> Courses, by id. */
    private static array $courses = [];

    /** @var array<int, true> Accounts, by id. */
    private static array $users = [];

    /**
     * A course is about to be deleted.
     *
     * @param \core_course\hook\before_course_deleted $hook
     */
    public static function course(\core_course\hook\before_course_deleted $hook): void {
        self::$courses[(int) $hook->course->id] = true;
    }

    /**
     * An account is about to be deleted.
     *
     * @param \core_user\hook\before_user_deleted $hook
     */
    public static function user(\core_user\hook\before_user_deleted $hook): void {
        self::$users[(int) $hook->user->id] = true;
    }

    /**
     * A course is gone.
     *
     * @param \core\event\course_deleted $event
     */
    public static function course_gone(\core\event\course_deleted $event): void {
        unset(self::$courses[(int) $event->objectid]);
    }

    /**
     * An account is gone.
     *
     * @param \core\event\user_deleted $event
     */
    public static function user_gone(\core\event\user_deleted $event): void {
        unset(self::$users[(int) $event->objectid]);
    }

    /**
     * Is the student or the course on the way out?
     *
     * @param subject $subject an enrolment or a grade
     * @return bool
     */
    public static function concern(subject $subject): bool {
        return isset(self::$users[$subject->userid]) || isset(self::$courses[$subject->courseid]);
    }
}
