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
use local_zohosync\local\transport\client;

/**
 * Does the agent answer?
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class agent_connection extends agent_check {
    #[\Override]
    public function get_result(): result {
        $url = config::agent_url();
        if ($url === '') {
            return new result(result::INFO, get_string('check:notsetup', 'local_zohosync'));
        }
        $answer = (new client())->health();
        if ($answer->http >= 200 && $answer->http < 300) {
            return new result(result::OK, get_string('check:agentanswers', 'local_zohosync', s($url)));
        }
        return new result(result::ERROR, get_string('check:agentsilent', 'local_zohosync', s($url)), s($answer->error));
    }
}
