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

/**
 * Keeps requests from waiting for an agent that does not answer. Shared by all processes through an application cache.
 *
 * Closed: everybody sends. Open: nobody sends for 30 seconds to 5 minutes. After that a task, never a page, may try.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class breaker {
    /** @var int Failures in a row that open it. */
    private const THRESHOLD = 3;
    /** @var int Seconds it stays open at first. */
    private const FIRST = 30;
    /** @var int Most seconds it stays open. */
    private const LONGEST = 300;

    /**
     * May an event be sent now?
     *
     * @param bool $probe whether the caller may find out if the agent is back
     * @return bool
     */
    public static function allows(bool $probe): bool {
        ['failures' => $failures, 'until' => $until] = self::state();
        return $failures < self::THRESHOLD || ($probe && $until <= self::now());
    }

    /**
     * Note that the agent answered.
     *
     * @return bool whether it had been failing
     */
    public static function success(): bool {
        $failing = self::state()['failures'] > 0;
        if ($failing) {
            self::cache()->delete('state');
        }
        return $failing;
    }

    /**
     * Note a failure.
     *
     * @param bool $certain open at once: the next event would meet the same fault
     */
    public static function failure(bool $certain): void {
        $failures = self::state()['failures'] + 1;
        if ($certain) {
            $failures = max($failures, self::THRESHOLD);
        }
        $open = min(self::LONGEST, self::FIRST * 2 ** min(10, max(0, $failures - self::THRESHOLD)));
        $until = $failures < self::THRESHOLD ? 0 : self::now() + $open;
        self::cache()->set('state', ['failures' => $failures, 'until' => $until]);
    }

    /**
     * The shared state.
     *
     * @return array failures (int, in a row) and until (int, unix time)
     */
    private static function state(): array {
        return self::cache()->get('state') ?: ['failures' => 0, 'until' => 0];
    }

    /**
     * The cache that holds it.
     *
     * @return \core_cache\cache
     */
    private static function cache(): \core_cache\cache {
        return \core_cache\cache::make('local_zohosync', 'breaker');
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
