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
use local_zohosync\local\watch\last_status;
use local_zohosync\local\watch\trouble;

/**
 * Is the agent let in here, and for how long still, by the token that it really uses?
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class service_token extends agent_check {
    /** @var int Seconds before its end at which a token is worth a warning. */
    private const SOON = 7 * DAYSECS;

    #[\Override]
    public function get_action_link(): ?\action_link {
        return self::link('/local/zohosync/setup.php', [], get_string('setup', 'local_zohosync'));
    }

    #[\Override]
    protected function judge(): result {
        $now = \core\di::get(\core\clock::class)->time();
        $tokens = array_filter($this->tokens(), fn($token) => !$token->validuntil || $token->validuntil > $now);
        if (!$tokens) {
            return $this->mend(result::ERROR, get_string('check:tokennone', 'local_zohosync'), 'check:token_do');
        }
        // The newest is the one that was shown last; the agent may still hold one that was replaced.
        $used = reset($tokens);
        $newest = max(array_keys($tokens));
        $until = (int) $used->validuntil;
        if ($until && $until - $now < self::SOON) {
            $summary = (int) $used->id === $newest ? 'check:tokenends' : 'check:tokenreplaced';
            return $this->mend(
                $until - $now < HOURSECS ? result::ERROR : result::WARNING,
                get_string($summary, 'local_zohosync', userdate($until)),
                'check:token_do'
            );
        }
        $error = last_status::get()['status']['moodle']['error'] ?? null;
        return $error === null
            ? new result(result::OK, get_string('check:tokenholds', 'local_zohosync'))
            : $this->mend(result::ERROR, trouble::moodlefails->what() . '.', 'trouble:moodlefails_do', $error);
    }

    /**
     * The agent's tokens.
     *
     * @return \stdClass[] by id, the one that was used last first; the newest first where none was used
     */
    private function tokens(): array {
        global $DB;
        $sql = 'SELECT t.id, t.validuntil, t.lastaccess
                  FROM {external_tokens} t
                  JOIN {external_services} s ON s.id = t.externalserviceid
                 WHERE s.shortname = :service AND t.userid = :userid
              ORDER BY COALESCE(t.lastaccess, 0) DESC, t.id DESC';
        return $DB->get_records_sql($sql, ['service' => config::SERVICE, 'userid' => config::service_user_id()]);
    }
}
