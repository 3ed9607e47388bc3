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
use local_zohosync\local\outbox\repository;
use local_zohosync\local\watch\last_status;

/**
 * Are there records that could not be carried over and wait for a person?
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class parked extends agent_check {
    #[\Override]
    public function get_action_link(): ?\action_link {
        return self::link('/local/zohosync/failures.php', [], get_string('failures', 'local_zohosync'));
    }

    #[\Override]
    protected function judge(): result {
        $there = (int) (last_status::get()['status']['inbox']['failed'] ?? 0);
        $here = repository::count(repository::DEAD);
        if ($there + $here === 0) {
            return new result(result::OK, get_string('check:parkednone', 'local_zohosync'));
        }
        $summary = get_string('check:parkedsome', 'local_zohosync', ['there' => $there, 'here' => $here]);
        $reasons = $here ? implode('; ', repository::recent_errors()) : '';
        return $this->mend(result::ERROR, $summary, 'watch:parked_do', $reasons);
    }
}
