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

namespace local_zohosync\local\watch;

use local_zohosync\local\agent\client;
use local_zohosync\local\agent\problem;
use local_zohosync\local\config;
use local_zohosync\local\outbox\repository;

/**
 * Looks how everything stands, and tells administrators once what needs them, and once when it is well again.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class watcher {
    /**
     * Look, unless another looks now. A copied site asks nobody and tells nobody.
     *
     * @return notice|null what was told
     */
    public static function run(): ?notice {
        if (config::agent_url() === '' || !config::is_same_site()) {
            return null;
        }
        $lock = \core\lock\lock_config::get_lock_factory('local_zohosync')->get_lock('watch', 0);
        if (!$lock) {
            return null;
        }
        try {
            return self::look(\core\di::get(\core\clock::class)->time());
        } finally {
            $lock->release();
        }
    }

    /**
     * Look. Runs under the lock.
     *
     * @param int $now unix time
     * @return notice|null
     */
    private static function look(int $now): ?notice {
        [$status, $problem] = self::ask();
        $oldest = config::is_active() ? repository::oldest_pending() : 0;
        $troubles = judge::troubles($status, $problem, $oldest ? $now - $oldest : 0);
        $parked = $status === null ? null : $status['inbox']['failed'] + repository::count(repository::DEAD);
        $memory = memory::recall();
        $notice = $memory->see($troubles, $parked, $now);
        // Kept before it is told: a message that cannot be sent must not come each minute.
        $memory->keep();
        if ($notice) {
            mtrace('Told to ' . messenger::tell($notice) . ' people.');
        }
        return $notice;
    }

    /**
     * Ask the agent, and keep what it says.
     *
     * @return array its status (null: it did not tell) and the problem (null: none, or it cannot be asked before a token is set)
     */
    private static function ask(): array {
        if ((string) get_config('local_zohosync', 'agenttoken') === '') {
            return [null, null];
        }
        try {
            $status = (new client())->status();
            last_status::keep($status);
            return [$status, null];
        } catch (problem $e) {
            return [null, $e];
        }
    }
}
