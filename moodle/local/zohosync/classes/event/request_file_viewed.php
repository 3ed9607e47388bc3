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

namespace local_zohosync\event;

use core\event\base;
use core\exception\coding_exception;
use stored_file;

/**
 * Somebody opened a file that another person had put to a request.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class request_file_viewed extends base {
    /**
     * Make the event for a file.
     *
     * @param stored_file $file
     * @param int $owner whose request it is
     * @return self
     */
    public static function of(stored_file $file, int $owner): self {
        return self::create([
            'contextid' => $file->get_contextid(),
            'relateduserid' => $owner,
            'other' => ['requestid' => (int) $file->get_itemid(), 'fileid' => (int) $file->get_id()],
        ]);
    }

    #[\Override]
    protected function init() {
        $this->data['crud'] = 'r';
        $this->data['edulevel'] = self::LEVEL_OTHER;
    }

    #[\Override]
    public static function get_name() {
        return get_string('eventrequestfileviewed', 'local_zohosync');
    }

    #[\Override]
    public function get_description() {
        return "The user with id '$this->userid' opened the file with id '{$this->other['fileid']}' of request "
            . "'{$this->other['requestid']}' of the user with id '$this->relateduserid'.";
    }

    #[\Override]
    protected function validate_data() {
        parent::validate_data();
        if (empty($this->relateduserid)) {
            throw new coding_exception("The 'relateduserid' must be set.");
        }
    }
}
