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

namespace local_student_dashboard\local\card;

use core\context\system;
use core\exception\moodle_exception;
use core\session\manager;
use local_student_dashboard\local\access;
use local_student_dashboard\local\visibility;

/**
 * Who handles a student card: the student her own, and the staff that decides about photos and cards.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class permission {
    /**
     * Tells whether the present user may give a photo, and have and print a card: only a student for herself.
     *
     * @param int $userid the student
     * @return bool never true for somebody who is logged in as another person, nor where the college hides the card
     */
    public static function may_have(int $userid): bool {
        global $USER;
        return isloggedin() && !isguestuser() && !manager::is_loggedinas() && $userid === (int) $USER->id
            && visibility::shows('card');
    }

    /**
     * Lets the present user handle her own card, or refuses.
     *
     * @return int her id
     * @throws moodle_exception
     */
    public static function require_own(): int {
        $userid = (int) access::require_subject()->id;
        if (!self::may_have($userid)) {
            throw new moodle_exception('nopermissiontoaccesspage', 'error');
        }
        return $userid;
    }

    /**
     * Lets the present user do what a capability of staff allows, or refuses.
     *
     * @param string $capability photos::REVIEW or cards::MANAGE
     * @throws \core\exception\required_capability_exception
     */
    public static function require_staff(string $capability): void {
        require_capability($capability, system::instance());
    }
}
