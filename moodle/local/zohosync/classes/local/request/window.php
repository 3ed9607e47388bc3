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

namespace local_zohosync\local\request;

use core\clock;
use core\di;
use local_zohosync\local\agent_settings;

/**
 * When requests of one type may be raised, by the setting student_dashboard.requests.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class window {
    /**
     * Hold a window.
     *
     * @param bool $open whether it is open at all
     * @param string $opens first day (Y-m-d), empty: no limit
     * @param string $closes last day, empty: no limit
     * @param string $attachment whether there are files: none, optional or required
     */
    private function __construct(
        /** @var bool Whether it is open at all. */
        private readonly bool $open,
        /** @var string First day (Y-m-d), empty: no limit. */
        public readonly string $opens,
        /** @var string Last day, empty: no limit. */
        public readonly string $closes,
        /** @var string Whether there are files: none, optional or required. */
        public readonly string $attachment
    ) {
    }

    /**
     * The window of a type.
     *
     * @param string $type one of requests::TYPES
     * @return self
     */
    public static function of(string $type): self {
        $window = agent_settings::get('student_dashboard.requests')[strtolower(str_replace(' ', '_', $type))];
        return new self($window['open'], (string) $window['opens'], (string) $window['closes'], $window['attachment']);
    }

    /**
     * May a request be raised today, by the server's calendar?
     *
     * @return bool
     */
    public function is_open(): bool {
        return $this->open && !$this->opens_later() && !$this->is_past();
    }

    /**
     * Will it open on a day to come?
     *
     * @return bool
     */
    public function opens_later(): bool {
        return $this->open && $this->opens !== '' && self::today() < $this->opens;
    }

    /**
     * Has it closed on a day that is past?
     *
     * @return bool
     */
    public function is_past(): bool {
        return $this->open && $this->closes !== '' && self::today() > $this->closes;
    }

    /**
     * The day, by the server's calendar.
     *
     * @return string Y-m-d
     */
    private static function today(): string {
        return date('Y-m-d', di::get(clock::class)->time());
    }
}
