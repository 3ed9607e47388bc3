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
use local_zohosync\local\agent\fit;
use local_zohosync\local\config;
use local_zohosync\local\transport\client;
use local_zohosync\local\watch\last_status;

/**
 * Does the agent answer, and does it fit this plugin? The only check that asks it: it takes three seconds at most.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class agent_connection extends agent_check {
    #[\Override]
    protected function judge(): result {
        $url = s(config::agent_url());
        $answer = (new client())->health();
        if ($answer->http < 200 || $answer->http >= 300) {
            $summary = get_string('check:agentsilent', 'local_zohosync', $url);
            return $this->mend(result::ERROR, $summary, 'trouble:agentaway_do', $answer->error);
        }
        $agent = last_status::get()['status']['agent'] ?? null;
        $misfit = $agent ? fit::misfit($agent['version'], $agent['plugin_needed'] ?? 0) : '';
        return $misfit === ''
            ? new result(result::OK, get_string('check:agentanswers', 'local_zohosync', $url))
            : new result(result::ERROR, s($misfit));
    }
}
