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

/**
 * Do the clocks of this site and of the agent agree? Signatures hold for five minutes only.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class clock extends status_check {
    /** @var int Seconds beyond which it is worth a warning. */
    public const FAR = 60;
    /** @var int Seconds beyond which signatures are refused (protocol, section 1). */
    private const WINDOW = 300;

    #[\Override]
    public function get_action_link(): ?\action_link {
        return null;
    }

    #[\Override]
    protected function of_status(array $status, int $time): result {
        $apart = abs(strtotime($status['agent']['time']) - $time);
        if ($apart <= self::FAR) {
            return new result(result::OK, get_string('check:clocksagree', 'local_zohosync'));
        }
        return $this->mend(
            $apart > self::WINDOW ? result::ERROR : result::WARNING,
            get_string('check:clocksapart', 'local_zohosync', format_time($apart)),
            'check:clocksapart_do'
        );
    }
}
