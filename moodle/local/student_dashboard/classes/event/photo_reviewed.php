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

use core\context\user as user_context;
use core\event\base;
use stdClass;

/**
 * A photo for a student card was decided about.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class photo_reviewed extends base {
    /**
     * Makes the event.
     *
     * @param stdClass $photo row of the photo
     * @param string $status the decision, see photos
     * @return self
     */
    public static function of(stdClass $photo, string $status): self {
        return self::create([
            'context' => user_context::instance($photo->userid),
            'objectid' => $photo->id,
            'relateduserid' => $photo->userid,
            'other' => ['status' => $status],
        ]);
    }

    #[\Override]
    protected function init() {
        $this->data['crud'] = 'u';
        $this->data['edulevel'] = self::LEVEL_OTHER;
        $this->data['objecttable'] = 'local_student_dashboard_photo';
    }

    #[\Override]
    public static function get_name() {
        return get_string('eventphotoreviewed', 'local_student_dashboard');
    }

    #[\Override]
    public function get_description() {
        return "The user with id '$this->userid' decided about the photo of the user with id '$this->relateduserid': "
            . "{$this->other['status']}.";
    }
}
