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

use core\event\base;
use local_zohosync\local\links;
use local_zohosync\local\outbox\emitter;

/**
 * Decides which of Moodle's events about enrolments the agent has to hear of.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class listener {
    /**
     * Somebody enrolled a person, changed an enrolment or removed it.
     *
     * @param base $event one of the three user_enrolment events
     */
    public static function changed(base $event): void {
        $key = new key((int) $event->relateduserid, (int) $event->courseid);
        if (links::joins($key) && !removals::concern($key)) {
            emitter::tell($key, snapshots::of([$key])[0], emitter::FROM_MOODLE);
        }
    }

    /**
     * The agent did: the next change is news, even one back to what it was last told.
     *
     * @param base $event one of the three user_enrolment events
     */
    public static function written_by_agent(base $event): void {
        emitter::forget(new key((int) $event->relateduserid, (int) $event->courseid));
    }
}
