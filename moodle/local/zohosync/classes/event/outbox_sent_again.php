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

use core\context\system;
use core\event\base;

/**
 * Somebody let parked events be sent to the agent again.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class outbox_sent_again extends base {
    /**
     * Make the event.
     *
     * @param int $number how many
     * @return self
     */
    public static function of(int $number): self {
        return self::create(['context' => system::instance(), 'other' => ['number' => $number]]);
    }

    #[\Override]
    protected function init() {
        $this->data['crud'] = 'u';
        $this->data['edulevel'] = self::LEVEL_OTHER;
    }

    #[\Override]
    public static function get_name() {
        return get_string('eventoutboxsentagain', 'local_zohosync');
    }

    #[\Override]
    public function get_description() {
        return "The user with id '$this->userid' let {$this->other['number']} parked events be sent again.";
    }

    #[\Override]
    public function get_url() {
        return new \moodle_url('/local/zohosync/outbox.php');
    }
}
