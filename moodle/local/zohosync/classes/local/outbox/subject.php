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
 * What an event is about: named by Moodle's ids, and able to tell whether two pictures of it are the same.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class subject {
    /** @var string What kind of thing it is; names the event, its address and the picture in its body. */
    public const KIND = '';

    /** @var string[] Fields of a picture that may change although nothing changed for anybody. */
    protected const VOLATILE = [];

    /**
     * Name a subject.
     *
     * @param int $userid
     * @param int $courseid
     */
    public function __construct(
        /** @var int The student. */
        public readonly int $userid,
        /** @var int The course, 0 if it is about none. */
        public readonly int $courseid
    ) {
    }

    /**
     * Its name among its kind, as the agent knows it.
     *
     * @return string
     */
    abstract public function text(): string;

    /**
     * The key by which the outbox keeps order.
     *
     * @return string
     */
    public function object_key(): string {
        return static::KIND . ':' . $this->text();
    }

    /**
     * Fingerprint of a picture. MD5 serves change detection only, never security.
     *
     * @param array|null $snapshot null: there is nothing left
     * @return string 32 hex digits
     */
    public function fingerprint(?array $snapshot): string {
        if ($snapshot === null) {
            return md5('deleted');
        }
        $kept = array_diff_key($snapshot, array_flip(static::VOLATILE));
        ksort($kept);
        return md5(json_encode($kept, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE));
    }
}
