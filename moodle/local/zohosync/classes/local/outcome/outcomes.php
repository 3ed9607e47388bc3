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

namespace local_zohosync\local\outcome;

use local_zohosync\local\grade\attempt;
use local_zohosync\local\grade\key;
use local_zohosync\local\grade\snapshot;
use local_zohosync\local\links;
use local_zohosync\local\outbox\emitter;

/**
 * Letters that were generated where a student submitted nothing.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class outcomes {
    /** @var string Where they are kept. */
    public const TABLE = 'local_zohosync_outcome';

    /** @var string Nothing was submitted, nothing is marked. */
    public const FAIL = 'F';

    /** @var string The first attempt was R, the second was not submitted. */
    public const REFER_AGAIN = 'RR';

    /**
     * What a grade's snapshot says of it.
     *
     * @param key $key
     * @param array $official finalgrade and overridden of the official grade
     * @param attempt $attempt
     * @return array outcome, outcomereason, outcometime
     */
    public static function in_force(key $key, array $official, attempt $attempt): array {
        global $DB;
        $row = $DB->get_record(self::TABLE, ['assignid' => $key->assignid, 'userid' => $key->userid]);
        if (!$row || !self::stands($row->letter, $official, $attempt)) {
            return ['outcome' => '', 'outcomereason' => '', 'outcometime' => 0];
        }
        return ['outcome' => $row->letter, 'outcomereason' => $row->reason, 'outcometime' => (int) $row->timemodified];
    }

    /**
     * The letters of one assignment.
     *
     * @param int $assignid
     * @return \stdClass[] rows by user id
     */
    public static function of_assignment(int $assignid): array {
        global $DB;
        return $DB->get_records(self::TABLE, ['assignid' => $assignid], '', 'userid, id, letter, reason');
    }

    /**
     * Make the letter of one grade what it is to be.
     *
     * @param key $key
     * @param \stdClass|null $before its row, null when there is none
     * @param string $letter empty: none
     * @param string $reason
     * @param int $now unix time
     * @return bool did anything change?
     */
    public static function put(key $key, ?\stdClass $before, string $letter, string $reason, int $now): bool {
        global $DB;
        if ($letter === ($before->letter ?? '') && ($letter === '' || $reason === $before->reason)) {
            return false;
        }
        $row = (object) ['letter' => $letter, 'reason' => $reason, 'timemodified' => $now];
        if ($letter === '') {
            $DB->delete_records(self::TABLE, ['id' => $before->id]);
        } else if ($before) {
            $row->id = $before->id;
            $DB->update_record(self::TABLE, $row);
        } else {
            $row->userid = $key->userid;
            $row->courseid = $key->courseid;
            $row->assignid = $key->assignid;
            $row->timecreated = $now;
            $DB->insert_record(self::TABLE, $row, false);
        }
        return true;
    }

    /**
     * Tell the agent of a letter that was generated, changed or taken back.
     *
     * @param key $key
     * @param snapshot $snapshots
     */
    public static function tell(key $key, snapshot $snapshots): void {
        if (links::joins($key)) {
            emitter::tell($key, $snapshots->build($key), emitter::FROM_RECONCILE);
        }
    }

    /**
     * Remove the letters of assignments and accounts that are gone.
     */
    public static function forget_gone(): void {
        global $DB;
        $DB->delete_records_select(
            self::TABLE,
            'NOT EXISTS (SELECT 1 FROM {grade_items} gi
                          WHERE gi.iteminstance = assignid AND gi.itemtype = :mod AND gi.itemmodule = :assign)
             OR NOT EXISTS (SELECT 1 FROM {user} u WHERE u.id = userid AND u.deleted = 0)',
            ['mod' => 'mod', 'assign' => 'assign']
        );
    }

    /**
     * Is there no official grade of the attempt that the letter is about?
     *
     * @param string $letter
     * @param array $official finalgrade and overridden
     * @param attempt $attempt
     * @return bool
     */
    private static function stands(string $letter, array $official, attempt $attempt): bool {
        if ($official['finalgrade'] === '') {
            return true;
        }
        return $letter === self::REFER_AGAIN && !$official['overridden'] && $attempt->fields()['attemptnumber'] === 0;
    }
}
