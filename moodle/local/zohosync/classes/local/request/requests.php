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
use local_zohosync\local\config;
use local_zohosync\local\inbound\mirror;
use local_zohosync\local\inbound\row_runner;
use local_zohosync\local\links;
use local_zohosync\local\outbox\emitter;

/**
 * Requests of students: raised here, answered in Zoho (docs/protocol.md, section 6).
 *
 * What students and staff wrote is plain text, kept as it was typed: whoever shows it has to escape it.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class requests {
    /** @var string[] What can be asked for, in Zoho's words. */
    public const TYPES = ['Enroll Next Semester', 'Class Drop', 'Late Submission', 'Student Card', 'Change Information'];
    /** @var string Nobody has decided yet. */
    public const PENDING = 'Pending';
    /** @var int Longest reason, in characters; less where the type has more to say. */
    public const LONGEST_REASON = 2000;
    /** @var int Seconds in which the same again is a second click. */
    private const REPEAT = MINSECS;

    /** @var array Types of a snapshot's fields, of a list those of its rows. */
    public const FIELDS = [
        'requestid' => PARAM_INT,
        'found' => PARAM_INT,
        'zohoid' => PARAM_RAW,
        'userid' => PARAM_INT,
        'studentzohoid' => PARAM_RAW,
        'type' => PARAM_RAW,
        'status' => PARAM_RAW,
        'reason' => PARAM_RAW,
        'timecreated' => PARAM_INT,
        'timemodified' => PARAM_INT,
        'classes' => ['zohoid' => PARAM_RAW, 'name' => PARAM_RAW],
        'assignid' => PARAM_INT,
        'assignname' => PARAM_RAW,
        'changes' => ['field' => PARAM_RAW, 'value' => PARAM_RAW],
        'attachments' => [
            'fileid' => PARAM_INT, 'filename' => PARAM_RAW, 'size' => PARAM_INT, 'mimetype' => PARAM_RAW,
            'contenthash' => PARAM_RAW, 'status' => PARAM_RAW, 'message' => PARAM_RAW,
        ],
    ];

    /**
     * Raise a request. The same again within a minute, while it is pending, is the same request.
     *
     * @param int $userid the student
     * @param string $type one of TYPES
     * @param string $reason plain text, may be empty
     * @param details $details what else the type needs
     * @return int its number
     * @throws \moodle_exception the type is none or closed now, the user is no student of Zoho's, the reason is too long, or
     *     what the type needs is missing or not hers to ask for
     */
    public static function raise(int $userid, string $type, string $reason, details $details = new details()): int {
        if (!in_array($type, self::TYPES, true)) {
            throw new \moodle_exception('error:requesttypeinvalid', 'local_zohosync', '', $type);
        }
        $student = links::student($userid);
        if ($student === '') {
            throw new \moodle_exception('error:nostudent', 'local_zohosync');
        }
        $window = window::of($type);
        if (!$window->is_open()) {
            throw new \moodle_exception('error:requestclosed', 'local_zohosync', '', $type);
        }
        $reason = trim(str_replace(["\r\n", "\r", "\0"], ["\n", "\n", ''], fix_utf8($reason)));
        $asked = asked::of($userid, $type, $details);
        if (\core_text::strlen($reason) > $asked->room()) {
            throw new \moodle_exception('error:valuetoolong', 'local_zohosync', '', (object) [
                'field' => get_string('request:reason', 'local_zohosync'),
                'longest' => $asked->room(),
            ]);
        }
        $asked = ['type' => $type, 'reason' => $reason] + $asked->columns();
        $files = attachments::of_draft($userid, $window->attachment, $details->draftid);
        return row_runner::locked(
            ["requestsof:$userid"],
            fn(): int => self::repeated($userid, $asked, $files) ?? self::add($userid, $student, $asked, $files)
        );
    }

    /**
     * The requests of a student, wherever they were raised.
     *
     * @param int $userid
     * @return \stdClass[] id (the number), type, status, reason, number (Zoho's, empty until it has one), fees (decimal text or
     *     null), currency, raised (1: here), userid, assignname, classes and changes (JSON or null), files (see
     *     attachments::notes()), timecreated, timetaken, timeanswered, timemodified (unix seconds); the newest first
     */
    public static function for_user(int $userid): array {
        global $DB;
        $sql = "SELECT r.id, r.type, r.status, r.reason, r.number, r.fees, r.currency, r.raised, r.userid,
                       r.assignname, r.classes, r.changes, r.files, r.timetaken, r.timeanswered,
                       CASE WHEN r.requesttime > 0 THEN r.requesttime ELSE r.timecreated END AS timecreated, r.timemodified
                  FROM {" . mirror::REQUEST . "} r
                 WHERE r.deleted = 0 AND (r.userid = :userid OR (r.studentid <> '' AND r.studentid IN (
                       SELECT s.zohoid FROM {" . mirror::STUDENT . "} s WHERE s.userid = :studentuserid)))
              ORDER BY timecreated DESC, r.id DESC";
        return array_values($DB->get_records_sql($sql, ['userid' => $userid, 'studentuserid' => $userid]));
    }

    /**
     * Build the pictures of requests.
     *
     * @param int[] $ids their numbers
     * @return array[] the fields of section 6, in the order of the numbers
     */
    public static function snapshots(array $ids): array {
        $found = $ids ? self::read($ids) : [];
        $files = attachments::of_requests($ids);
        return array_map(fn(int $id) => self::picture($id, $found[$id] ?? null, $files[$id] ?? []), array_values($ids));
    }

    /**
     * Build the pictures of the requests that were raised in Moodle, page by page.
     *
     * @param int $after number after which the page begins
     * @param int $limit most pictures
     * @return array[] the fields of section 6, by number
     */
    public static function listed(int $after, int $limit): array {
        global $DB;
        $where = 'raised = 1 AND id > :after';
        $rows = $DB->get_records_select(mirror::REQUEST, $where, ['after' => $after], 'id', 'id', 0, $limit);
        return self::snapshots(array_map('intval', array_keys($rows)));
    }

    /**
     * The number of the same request, raised a moment ago.
     *
     * @param int $userid
     * @param array $asked the columns that say what is asked for
     * @param \stored_file[] $files
     * @return int|null
     */
    private static function repeated(int $userid, array $asked, array $files): ?int {
        global $DB;
        $where = 'userid = :userid AND raised = 1 AND deleted = 0 AND type = :type AND status = :status AND requesttime > :since';
        $params = ['userid' => $userid, 'type' => $asked['type'], 'status' => self::PENDING, 'since' => self::now() - self::REPEAT];
        $rows = $DB->get_records_select(mirror::REQUEST, $where, $params, 'id', 'id, ' . implode(', ', array_keys($asked)));
        $kept = attachments::of_requests(array_keys($rows));
        $mine = array_map(fn(\stored_file $file): string => $file->get_contenthash(), $files);
        foreach ($rows as $row) {
            $same = array_intersect_key((array) $row, $asked) == $asked;
            if ($same && array_column($kept[$row->id] ?? [], 'contenthash') === $mine) {
                return (int) $row->id;
            }
        }
        return null;
    }

    /**
     * Store a request together with the event that tells the agent of it.
     *
     * @param int $userid
     * @param string $student Zoho's id
     * @param array $asked the columns that say what is asked for
     * @param \stored_file[] $files
     * @return int its number
     */
    private static function add(int $userid, string $student, array $asked, array $files): int {
        global $DB;
        $now = self::now();
        $transaction = $DB->start_delegated_transaction();
        $id = (int) $DB->insert_record(mirror::REQUEST, (object) ($asked + [
            'zohoid' => '', 'userid' => $userid, 'studentid' => $student, 'raised' => 1, 'number' => '',
            'status' => self::PENDING, 'requesttime' => $now, 'fees' => null, 'currency' => '',
            'changehash' => '', 'timecreated' => $now, 'timemodified' => $now,
        ]));
        attachments::keep($id, $userid, $files);
        if (config::is_active()) {
            emitter::emit(new key($id, $userid), self::snapshots([$id])[0], emitter::FROM_MOODLE);
        }
        $transaction->allow_commit();
        return $id;
    }

    /**
     * Read requests with the links of those who raised them.
     *
     * @param int[] $ids their numbers
     * @return \stdClass[] by number
     */
    private static function read(array $ids): array {
        global $DB;
        [$in, $params] = $DB->get_in_or_equal($ids);
        $sql = "SELECT r.*, s.zohoid AS linked
                  FROM {" . mirror::REQUEST . "} r
             LEFT JOIN {" . mirror::STUDENT . "} s ON s.userid = r.userid AND r.userid > 0
                 WHERE r.id $in";
        return $DB->get_records_sql($sql, $params);
    }

    /**
     * Put one picture together.
     *
     * @param int $id
     * @param \stdClass|null $row null when there is none
     * @param \stdClass[] $files as attachments::of_requests() gives them
     * @return array the fields of section 6
     */
    private static function picture(int $id, ?\stdClass $row, array $files): array {
        $notes = $row ? attachments::notes($row) : [];
        return [
            'requestid' => $id,
            'found' => (int) ($row !== null),
            'zohoid' => $row->zohoid ?? '',
            'userid' => (int) ($row->userid ?? 0),
            'studentzohoid' => (string) ($row->linked ?? $row->studentid ?? ''),
            'type' => $row->type ?? '',
            'status' => $row->status ?? '',
            'reason' => (string) ($row->reason ?? ''),
            'timecreated' => (int) ($row->requesttime ?? 0) ?: (int) ($row->timecreated ?? 0),
            'timemodified' => (int) ($row->timemodified ?? 0),
            'classes' => json_decode((string) ($row->classes ?? ''), true) ?: [],
            'assignid' => (int) ($row->assignid ?? 0),
            'assignname' => $row->assignname ?? '',
            'changes' => json_decode((string) ($row->changes ?? ''), true) ?: [],
            'attachments' => array_map(fn(\stdClass $file): array => [
                'fileid' => (int) $file->id, 'filename' => $file->filename, 'size' => (int) $file->filesize,
                'mimetype' => $file->mimetype, 'contenthash' => $file->contenthash,
                'status' => $notes[$file->id]['status'] ?? '', 'message' => $notes[$file->id]['message'] ?? '',
            ], $files),
        ];
    }

    /**
     * The time.
     *
     * @return int
     */
    private static function now(): int {
        return \core\di::get(clock::class)->time();
    }
}
