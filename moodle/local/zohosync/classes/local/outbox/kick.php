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

use local_zohosync\task\deliver_now;

/**
 * Sees to it that a new event leaves soon: after the page has been sent where PHP can do that, else by an ad-hoc task.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class kick {
    /** @var int Seconds that a PHP process may spend on sending after its page is out. */
    private const BUDGET = 3;

    /** @var bool Whether this request has arranged for it already. */
    private static bool $arranged = false;

    /**
     * Arrange for sending, once per request.
     */
    public static function soon(): void {
        if (self::finisher() === null) {
            self::queue();
        } else if (!self::$arranged) {
            self::$arranged = true;
            // A plain shutdown function, not core's manager: this one runs after core's, when the page is complete and the
            // session is closed.
            register_shutdown_function([self::class, 'after_response']);
        }
    }

    /**
     * Send what is due, with the page already out. Runs at the end of the request.
     */
    public static function after_response(): void {
        global $DB;
        try {
            if ($DB->is_transaction_started()) {
                // The event is not committed; whoever ends the transaction will have queued its own.
                return;
            }
            ignore_user_abort(true);
            \core\session\manager::write_close();
            (self::finisher())();
            if (!dispatcher::run(self::BUDGET, false)) {
                self::queue();
            }
        } catch (\Throwable $e) {
            debugging('local_zohosync: ' . $e->getMessage(), DEBUG_DEVELOPER);
        }
    }

    /**
     * Queue the ad-hoc task for when the next row is due, unless it is queued already.
     */
    private static function queue(): void {
        $task = new deliver_now();
        // A second less: Moodle runs what was due before the present second. So the same run of cron sends what it told.
        $task->set_next_run_time(repository::next_attempt() - 1);
        \core\task\manager::queue_adhoc_task($task, true);
    }

    /**
     * How this PHP ends a response while it goes on running.
     *
     * @return string|null name of a function, null where that is impossible
     */
    private static function finisher(): ?string {
        if (CLI_SCRIPT) {
            return null;
        }
        foreach (['fastcgi_finish_request', 'litespeed_finish_request'] as $function) {
            if (function_exists($function)) {
                return $function;
            }
        }
        return null;
    }
}
