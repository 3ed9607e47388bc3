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

namespace local_zohosync\event;

use core\context\system;
use core\event\base;

/**
 * Somebody began a pass, a comparison, or the sync of one student.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class sync_started extends base {
    /** @var string A pass over all modules. */
    public const PASS = 'pass';

    /** @var string A comparison that writes nothing. */
    public const COMPARISON = 'comparison';

    /** @var string Everything of one student. */
    public const STUDENT = 'student';

    /**
     * Make the event.
     *
     * @param string $kind PASS | COMPARISON | STUDENT
     * @param string $zohoid of the student
     * @param int|null $userid her account, where it is known
     * @return self
     */
    public static function of(string $kind, string $zohoid = '', ?int $userid = null): self {
        return self::create([
            'context' => system::instance(),
            'relateduserid' => $userid,
            'other' => ['kind' => $kind, 'zohoid' => $zohoid],
        ]);
    }

    #[\Override]
    protected function init() {
        $this->data['crud'] = 'u';
        $this->data['edulevel'] = self::LEVEL_OTHER;
    }

    #[\Override]
    public static function get_name() {
        return get_string('eventsyncstarted', 'local_zohosync');
    }

    #[\Override]
    public function get_description() {
        $what = match ($this->other['kind']) {
            self::PASS => 'a pass over all modules',
            self::COMPARISON => 'a comparison of both sides',
            default => "the sync of the student '{$this->other['zohoid']}'",
        };
        return "The user with id '$this->userid' began $what.";
    }

    #[\Override]
    public function get_url() {
        return $this->other['kind'] === self::STUDENT
            ? new \moodle_url('/local/zohosync/student.php', ['who' => $this->other['zohoid']])
            : new \moodle_url('/local/zohosync/runs.php');
    }
}
