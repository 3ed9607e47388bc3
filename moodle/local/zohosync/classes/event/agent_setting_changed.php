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
 * Somebody changed a setting of the agent, or set it back to its default.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class agent_setting_changed extends base {
    /**
     * Make the event.
     *
     * @param string $key of the setting
     * @param bool $reset is it its default again?
     * @return self
     */
    public static function of(string $key, bool $reset): self {
        return self::create(['context' => system::instance(), 'other' => ['key' => $key, 'reset' => $reset]]);
    }

    #[\Override]
    protected function init() {
        $this->data['crud'] = 'u';
        $this->data['edulevel'] = self::LEVEL_OTHER;
    }

    #[\Override]
    public static function get_name() {
        return get_string('eventagentsettingchanged', 'local_zohosync');
    }

    #[\Override]
    public function get_description() {
        $setting = "the setting '{$this->other['key']}' of the agent";
        $done = $this->other['reset'] ? "set $setting back to its default" : "changed $setting";
        return "The user with id '$this->userid' $done.";
    }

    #[\Override]
    public function get_url() {
        return new \moodle_url('/local/zohosync/agentsettings.php', ['key' => $this->other['key']]);
    }
}
