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

namespace local_student_dashboard\local;

use core\clock;
use core\di;
use core\exception\moodle_exception;
use local_student_dashboard\local\provider\released;
use local_zohosync\local\inbound\row_runner;
use stdClass;

/**
 * Which of her results a student says she has seen; a result that changes afterwards is unseen again.
 *
 * A result goes by its key: `assign:12` (Moodle's assignment), `item:34` (another item of the gradebook) or `result:5725…` (a
 * record of Zoho).
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class seen {
    /** @var string The table. */
    private const TABLE = 'local_student_dashboard_seen';

    /**
     * Gives what a student has said of her results.
     *
     * @param int $userid the student
     * @return stdClass[] gradekey, version and timeseen (unix seconds), by key
     */
    public static function of_student(int $userid): array {
        global $DB;
        return $DB->get_records(self::TABLE, ['userid' => $userid], '', 'gradekey, version, timeseen');
    }

    /**
     * Names what a result says, so that a change is noticed whatever language it is read in.
     *
     * @param stdClass $row see provider\grades::get()
     * @return string 64 hexadecimal digits
     */
    public static function version(stdClass $row): string {
        $said = [$row->letter, $row->exact, $row->feedback, $row->reason, $row->attempt, $row->criteria];
        return hash('sha256', json_encode($said, JSON_THROW_ON_ERROR | JSON_INVALID_UTF8_SUBSTITUTE));
    }

    /**
     * Notes that the present user has seen one of her own results as it is now.
     *
     * @param string $key of the result
     * @param string $version of what she looked at
     * @return int when, unix seconds; the first time stays
     * @throws moodle_exception she may not say so, she has no such result, or it has changed since she looked
     */
    public static function acknowledge(string $key, string $version): int {
        $userid = (int) access::require_subject()->id;
        if (!access::may_acknowledge($userid)) {
            throw new moodle_exception('nopermissiontoaccesspage', 'error');
        }
        $rows = array_column(released::of_student($userid)->get(), null, 'key');
        if (!isset($rows[$key])) {
            throw new moodle_exception('seen:nosuchgrade', 'local_student_dashboard');
        }
        if ($rows[$key]->version !== $version) {
            throw new moodle_exception('seen:changed', 'local_student_dashboard');
        }
        return $rows[$key]->timeseen ?: row_runner::locked(["seen:$userid"], fn(): int => self::note($userid, $key, $version));
    }

    /**
     * Writes it down.
     *
     * @param int $userid the student
     * @param string $key of the result
     * @param string $version of the result
     * @return int unix seconds
     */
    private static function note(int $userid, string $key, string $version): int {
        global $DB;
        $now = di::get(clock::class)->time();
        $id = $DB->get_field(self::TABLE, 'id', ['userid' => $userid, 'gradekey' => $key]);
        $row = ['userid' => $userid, 'gradekey' => $key, 'version' => $version, 'timeseen' => $now];
        $id ? $DB->update_record(self::TABLE, ['id' => $id] + $row) : $DB->insert_record(self::TABLE, $row);
        return $now;
    }
}
