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
use local_zohosync\local\watch\last_status;

/**
 * A check of what the agent told when it was last asked. The agent is not asked again while somebody waits for the page.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class status_check extends agent_check {
    #[\Override]
    protected function judge(): result {
        $last = last_status::get();
        $age = $last ? \core\di::get(\core\clock::class)->time() - $last['time'] : 0;
        if (!$last) {
            return $this->mend(result::UNKNOWN, get_string('check:nevertold', 'local_zohosync'), 'check:nottold_do');
        }
        if ($age > last_status::FRESH) {
            $summary = get_string('check:toldlongago', 'local_zohosync', format_time($age));
            return $this->mend(result::UNKNOWN, $summary, 'check:nottold_do');
        }
        return $this->of_status($last['status'], $last['time']);
    }

    /**
     * The result by what the agent told.
     *
     * @param array $status body of its /v1/status
     * @param int $time when it told, by this site's clock
     * @return result
     */
    abstract protected function of_status(array $status, int $time): result;
}
