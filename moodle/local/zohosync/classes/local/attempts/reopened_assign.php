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

namespace local_zohosync\local\attempts;

/**
 * An assignment of which a second attempt can be opened. mod_assign does it for its own pages only, and without a page's
 * request there is no public way that would not grade the student again.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class reopened_assign extends \assign {
    /**
     * Open a student's second attempt (her team's, where teams hand in), where the assignment leaves that to the teacher.
     *
     * @param int $userid
     * @return bool false when there is a further attempt already, or when the assignment allows none
     */
    public function open_second(int $userid): bool {
        $instance = $this->get_instance();
        $methods = [ASSIGN_ATTEMPT_REOPEN_METHOD_MANUAL, ASSIGN_ATTEMPT_REOPEN_METHOD_UNTILPASS];
        if (!in_array($instance->attemptreopenmethod, $methods, true)) {
            return false;
        }
        // Who was marked without having handed in has no submission that could be followed by another.
        $submission = $instance->teamsubmission
            ? $this->get_group_submission($userid, 0, true)
            : $this->get_user_submission($userid, true);
        if (!$submission || (int) $submission->attemptnumber !== 0) {
            return false;
        }
        if ($instance->teamsubmission) {
            $this->set_most_recent_team_submission($submission);
        }
        // Left to mod_assign, a submission that was locked would be unlocked with the check of a page's session key.
        if (!empty($this->get_user_flags($userid, false)->locked)) {
            $this->unlock_submission($userid);
        }
        return $this->add_attempt($userid);
    }
}
