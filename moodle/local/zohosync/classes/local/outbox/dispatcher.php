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

namespace local_zohosync\local\outbox;

use local_zohosync\local\config;
use local_zohosync\local\transport\client;
use local_zohosync\local\transport\response;

/**
 * Sends what is due, one sender at a time, each object's events in their order.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class dispatcher {
    /** @var int Rows read at once. */
    private const BATCH = 50;

    /**
     * Send until nothing is due, the time is used up, or the agent does not take more.
     *
     * @param int $seconds most time to spend
     * @param bool $probe whether this sender may find out if an agent that failed is back
     * @return bool true when all went well and nothing is left that could be sent now
     */
    public static function run(int $seconds, bool $probe): bool {
        if (!config::is_active() || !breaker::allows($probe)) {
            return false;
        }
        $lock = \core\lock\lock_config::get_lock_factory('local_zohosync')->get_lock('deliver', 0);
        if (!$lock) {
            return false;
        }
        try {
            return self::drain(microtime(true) + $seconds, $probe);
        } finally {
            $lock->release();
        }
    }

    /**
     * The loop. Runs under the lock.
     *
     * @param float $deadline
     * @param bool $probe
     * @return bool true when nothing is due any more and nothing failed
     */
    private static function drain(float $deadline, bool $probe): bool {
        $client = new client();
        $well = true;
        while ($rows = repository::due(self::now(), self::BATCH)) {
            foreach ($rows as $row) {
                if (microtime(true) >= $deadline || !breaker::allows($probe)) {
                    return false;
                }
                $well = self::note($row, $client->send($row->eventid, strtok($row->type, '.'), $row->payload)) && $well;
            }
        }
        return $well;
    }

    /**
     * Record what became of a try.
     *
     * @param \stdClass $row
     * @param response $response
     * @return bool whether the event needs no further try
     */
    private static function note(\stdClass $row, response $response): bool {
        $verdict = verdict::of($response->http);
        if ($verdict === verdict::delivered) {
            repository::mark_sent([$row->eventid], $response->http);
            if (breaker::success()) {
                // The agent is back: what only waited for that need not wait longer.
                repository::hurry(self::now());
            }
            return true;
        }
        if ($verdict === verdict::park) {
            breaker::success();
            repository::mark_failed($row, true, 0, $response->http, $response->error);
            return true;
        }
        breaker::failure($verdict === verdict::configuration);
        $delay = backoff::delay($row->attempts + 1, random_int(0, 1000) / 1000, $response->retryafter);
        repository::mark_failed($row, false, self::now() + $delay, $response->http, $response->error);
        return false;
    }

    /**
     * The time.
     *
     * @return int
     */
    private static function now(): int {
        return \core\di::get(\core\clock::class)->time();
    }
}
