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
use local_zohosync\local\watch\judge;

/**
 * Do events leave this site in time, and does the agent take them?
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class backlog extends agent_check {
    #[\Override]
    protected function judge(): result {
        $oldest = repository::oldest_pending();
        if (!$oldest) {
            return new result(result::OK, get_string('check:backlogempty', 'local_zohosync'));
        }
        $age = \core\di::get(\core\clock::class)->time() - $oldest;
        $status = match (true) {
            $age > judge::STUCK => result::ERROR,
            $age > judge::SLOW => result::WARNING,
            default => result::OK,
        };
        $numbers = ['pending' => repository::count(repository::PENDING), 'age' => format_time($age)];
        $summary = get_string('check:backlogsummary', 'local_zohosync', $numbers);
        return $status === result::OK
            ? new result($status, $summary)
            : $this->mend($status, $summary, 'trouble:outboxstuck_do', implode('; ', repository::recent_errors()));
    }
}
