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
 * When to try again: from 2 seconds up to 5 minutes, then hourly; always with jitter, so that rows do not come in step.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class backoff {
    /** @var int Seconds after the first failure. */
    private const FIRST = 2;
    /** @var int Most seconds while it may still be a short outage. */
    private const SHORT = 300;
    /** @var int Seconds between tries once it is a long outage. */
    private const LONG = 3600;
    /** @var int Failures after which an outage counts as long: about half an hour. */
    private const PATIENCE = 13;
    /** @var int Most seconds that a receiver may ask us to stay away. */
    private const LONGEST_WISH = 86400;

    /**
     * Seconds until the next try.
     *
     * @param int $failures tries that failed so far, from 1
     * @param float $random between 0 and 1: where in the window of half to whole delay the try falls
     * @param int|null $retryafter seconds that the receiver asked for
     * @return int
     */
    public static function delay(int $failures, float $random, ?int $retryafter = null): int {
        $whole = $failures >= self::PATIENCE ? self::LONG : min(self::SHORT, self::FIRST * 2 ** min(20, $failures - 1));
        $delay = (int) ceil($whole / 2 + $random * $whole / 2);
        return $retryafter === null ? $delay : max($delay, min($retryafter, self::LONGEST_WISH));
    }

    /**
     * Read a Retry-After header.
     *
     * @param string $header seconds or an HTTP date
     * @param int $now unix time
     * @return int|null seconds, null when there is none or it cannot be read
     */
    public static function retry_after(string $header, int $now): ?int {
        $header = trim($header);
        if (preg_match('/^\d{1,9}$/D', $header)) {
            return (int) $header;
        }
        $date = \DateTimeImmutable::createFromFormat('D, d M Y H:i:s \G\M\T', $header, new \DateTimeZone('UTC'));
        return $date ? max(0, $date->getTimestamp() - $now) : null;
    }
}
