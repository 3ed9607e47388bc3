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

/**
 * Do events leave in time, and does the agent take them?
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class backlog extends agent_check {
    /** @var int Seconds after which an event that has not left is worth a warning. */
    private const SLOW = 60;
    /** @var int Seconds after which it is an error. */
    private const STUCK = 900;

    #[\Override]
    public function get_result(): result {
        $oldest = repository::oldest_pending();
        $age = $oldest ? \core\di::get(\core\clock::class)->time() - $oldest : 0;
        $numbers = (object) [
            'pending' => repository::count(repository::PENDING),
            'dead' => repository::count(repository::DEAD),
            'age' => format_time($age),
        ];
        $status = match (true) {
            $numbers->dead > 0 || $age > self::STUCK => result::ERROR,
            $age > self::SLOW => result::WARNING,
            default => result::OK,
        };
        $details = implode(\html_writer::empty_tag('br'), array_map('s', repository::recent_errors()));
        $summary = $numbers->pending ? 'check:backlogsummary' : 'check:backlogempty';
        return new result($status, get_string($summary, 'local_zohosync', $numbers), $details);
    }
}
