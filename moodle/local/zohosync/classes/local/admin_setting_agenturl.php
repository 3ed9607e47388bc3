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

namespace local_zohosync\local;

use local_zohosync\local\transport\agent_url;

/**
 * Setting for the agent's address: https, or http on this machine.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class admin_setting_agenturl extends \admin_setting_configtext {
    #[\Override]
    public function validate($data) {
        if (trim($data) === '' || agent_url::is_allowed(trim($data))) {
            return true;
        }
        return get_string('error:agenturlinvalid', 'local_zohosync', s($data));
    }

    #[\Override]
    public function write_setting($data) {
        return parent::write_setting(rtrim(trim($data), '/'));
    }
}
