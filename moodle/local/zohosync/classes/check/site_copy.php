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

namespace local_zohosync\check;

use core\check\result;
use local_zohosync\local\config;

/**
 * Is this the site that was set up, or a copy of it?
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class site_copy extends agent_check {
    #[\Override]
    public function get_action_link(): ?\action_link {
        return self::link('/local/zohosync/setup.php', [], get_string('setup', 'local_zohosync'));
    }

    #[\Override]
    public function get_result(): result {
        return config::is_copied()
            ? $this->mend(result::ERROR, get_string('check:copiedsite', 'local_zohosync'), 'check:copiedsite_do')
            : parent::get_result();
    }

    #[\Override]
    protected function judge(): result {
        return new result(result::OK, get_string('check:samesite', 'local_zohosync'));
    }
}
