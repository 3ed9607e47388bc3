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
use local_zohosync\local\history_reader;

/**
 * Does the gradebook keep the history in which changes without an event are found?
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class grade_history extends agent_check {
    #[\Override]
    public function get_action_link(): ?\action_link {
        return self::link('/admin/settings.php', ['section' => 'cleanup'], get_string('cleanup', 'admin'));
    }

    #[\Override]
    protected function judge(): result {
        global $CFG;
        if (history_reader::is_complete()) {
            return new result(result::OK, get_string('check:historykept', 'local_zohosync'));
        }
        $summary = empty($CFG->disablegradehistory)
            ? get_string('check:historyshort', 'local_zohosync', (int) $CFG->gradehistorylifetime)
            : get_string('check:historyoff', 'local_zohosync');
        return $this->mend(result::WARNING, $summary, 'check:history_do');
    }
}
