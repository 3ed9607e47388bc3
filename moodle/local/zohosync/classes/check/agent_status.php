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
use local_zohosync\local\watch\memory;
use local_zohosync\local\watch\trouble;

/**
 * Does the agent tell how everything stands, and can all its modules work?
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class agent_status extends status_check {
    #[\Override]
    protected function judge(): result {
        if ((string) get_config('local_zohosync', 'agenttoken') === '') {
            return $this->mend(result::WARNING, get_string('check:notoken', 'local_zohosync'), 'check:notoken_do');
        }
        $refused = memory::recall()->words(trouble::tokenrefused);
        return $refused === null
            ? parent::judge()
            : $this->mend(result::ERROR, trouble::tokenrefused->what() . '.', 'trouble:tokenrefused_do', $refused);
    }

    #[\Override]
    protected function of_status(array $status, int $time): result {
        $off = judge::modules_off($status);
        if ($off !== '') {
            return $this->mend(result::ERROR, trouble::modulesoff->what() . '.', 'trouble:modulesoff_do', $off);
        }
        return new result(result::OK, get_string('check:told', 'local_zohosync', userdate($time)));
    }
}
