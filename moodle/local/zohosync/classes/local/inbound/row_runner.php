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

namespace local_zohosync\local\inbound;

/**
 * Carries out one row: alone among parallel requests, in its own transaction, with a result whatever happens.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class row_runner {
    /** @var int Seconds to wait for another request that works on the same record. */
    private const LOCK_WAIT = 10;

    /**
     * Run the work of one row.
     *
     * @param string $zohoid record id in Zoho
     * @param callable $work does the row and returns its result; may throw
     * @return array the result row
     */
    public static function run(string $zohoid, callable $work): array {
        try {
            return $work();
        } catch (row_exception $e) {
            return result::row($zohoid, $e->status, 0, $e->code(), $e->getMessage());
        } catch (\Throwable $e) {
            debugging('local_zohosync: ' . $e->getMessage(), DEBUG_DEVELOPER, $e->getTrace());
            $code = $e instanceof \moodle_exception ? $e->errorcode : 'exception';
            return result::row($zohoid, result::ERROR, 0, $code, $e->getMessage());
        }
    }

    /**
     * Hold locks while the work is done.
     *
     * They are taken in one order by everybody, so that two requests never wait for each other.
     *
     * @param string[] $names what to lock, e.g. "student:5725767000000415001"
     * @param callable $work
     * @return mixed the work's answer
     * @throws row_exception locked, when another request holds one of them for too long
     */
    public static function locked(array $names, callable $work): mixed {
        $factory = \core\lock\lock_config::get_lock_factory('local_zohosync');
        $names = array_unique($names);
        sort($names, SORT_STRING);
        $locks = [];
        try {
            foreach ($names as $name) {
                $lock = $factory->get_lock($name, self::LOCK_WAIT);
                if (!$lock) {
                    throw new row_exception(result::ERROR, 'locked', $name);
                }
                $locks[] = $lock;
            }
            return $work();
        } finally {
            foreach (array_reverse($locks) as $lock) {
                $lock->release();
            }
        }
    }

    /**
     * Do the work in a transaction that is rolled back when the work throws.
     *
     * @param callable $work
     * @return array the work's answer
     */
    public static function atomic(callable $work): array {
        global $DB;

        $transaction = $DB->start_delegated_transaction();
        try {
            $answer = $work();
            $transaction->allow_commit();
            return $answer;
        } catch (\Throwable $e) {
            if (!$transaction->is_disposed()) {
                $transaction->rollback($e);
            }
            throw $e;
        }
    }
}
