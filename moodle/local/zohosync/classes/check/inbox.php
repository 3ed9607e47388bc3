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
use local_zohosync\local\watch\judge;

/**
 * Does the agent get on with what came in from Zoho and from here?
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class inbox extends status_check {
    #[\Override]
    protected function of_status(array $status, int $time): result {
        $inbox = $status['inbox'];
        $age = (int) ($inbox['due_seconds'] ?? 0);
        $numbers = ['pending' => $inbox['pending'], 'waiting' => $inbox['waiting'], 'age' => format_time($age)];
        if ($age <= judge::SLOW) {
            return new result(result::OK, get_string('check:inboxflows', 'local_zohosync', $numbers));
        }
        $words = implode('; ', array_map(fn($stop) => "{$stop['target']}: {$stop['message']}", $status['stopped'] ?? []));
        return $this->mend(
            $age > judge::STUCK ? result::ERROR : result::WARNING,
            get_string('check:inboxslow', 'local_zohosync', $numbers),
            'trouble:inboxstuck_do',
            $words
        );
    }
}
