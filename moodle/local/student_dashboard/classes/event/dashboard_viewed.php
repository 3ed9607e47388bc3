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

namespace local_student_dashboard\event;

use core\context;
use core\event\base;
use local_student_dashboard\local\access;
use stdClass;

/**
 * Somebody looked at another person's dashboard.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class dashboard_viewed extends base {
    /**
     * Makes the event for the dashboard of this person.
     *
     * @param stdClass $user whose dashboard was looked at
     * @return self
     */
    public static function of(stdClass $user): self {
        return self::create([
            'context' => context\user::instance($user->id),
            'relateduserid' => $user->id,
        ]);
    }

    #[\Override]
    protected function init() {
        $this->data['crud'] = 'r';
        $this->data['edulevel'] = self::LEVEL_OTHER;
    }

    #[\Override]
    public static function get_name() {
        return get_string('eventdashboardviewed', 'local_student_dashboard');
    }

    #[\Override]
    public function get_description() {
        return "The user with id '$this->userid' viewed the student dashboard of the user with id '$this->relateduserid'.";
    }

    #[\Override]
    public function get_url() {
        return access::url((int) $this->relateduserid);
    }

    #[\Override]
    protected function validate_data() {
        parent::validate_data();
        if (empty($this->relateduserid)) {
            throw new \core\exception\coding_exception("The 'relateduserid' must be set.");
        }
    }
}
