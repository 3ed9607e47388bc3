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

namespace local_zohosync\local\enrolment;

use local_zohosync\local\inbound\mirror;

/**
 * Builds the pictures of students' enrolments (docs/protocol.md, section 5): a handful of queries for any number of them.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class snapshots {
    /** @var string One of the enrolments is active, and so is its instance. */
    public const ACTIVE = 'active';
    /** @var string There are enrolments, but none is active. */
    public const SUSPENDED = 'suspended';
    /** @var string There is none. */
    public const ABSENT = 'absent';

    /** @var array<string, string> Types of a snapshot's fields. */
    public const FIELDS = [
        'key' => PARAM_RAW,
        'found' => PARAM_INT,
        'userid' => PARAM_INT,
        'courseid' => PARAM_INT,
        'studentzohoid' => PARAM_RAW,
        'classzohoid' => PARAM_RAW,
        'status' => PARAM_ALPHA,
        'startdate' => PARAM_RAW,
        'enddate' => PARAM_RAW,
        'timemodified' => PARAM_INT,
        'today' => PARAM_RAW,
        'changed' => PARAM_RAW,
    ];

    /**
     * Build the pictures of these.
     *
     * @param key[] $keys
     * @return array[] the fields of section 5, in the order of the keys
     */
    public static function of(array $keys): array {
        global $DB;
        if (!$keys) {
            return [];
        }
        $userids = array_unique(array_map(fn(key $key) => $key->userid, $keys));
        $courseids = array_unique(array_map(fn(key $key) => $key->courseid, $keys));
        $enrolments = self::enrolments($userids, $courseids);
        $students = self::zohoids(mirror::STUDENT, 'userid', 'user', 'l.deleted = 0', $userids);
        $classes = self::zohoids(mirror::COURSE, 'courseid', 'course', '1 = 1', $courseids);
        $zone = \core_date::get_server_timezone_object();
        return array_values(array_map(fn(key $key) => self::picture(
            $key,
            $students[$key->userid] ?? '',
            $classes[$key->courseid] ?? '',
            $enrolments[$key->text()] ?? null,
            $zone
        ), $keys));
    }

    /**
     * Build the pictures of all linked students enrolled in linked courses, page by page.
     *
     * @param int $after id after which the page begins
     * @param int $limit most pictures
     * @return array[] the fields of section 5 and "id", the lowest of the user_enrolments, by which they are in order
     */
    public static function listed(int $after, int $limit): array {
        global $DB;
        $sql = "SELECT ue.id, ue.userid, e.courseid
                  FROM {user_enrolments} ue
                  JOIN {enrol} e ON e.id = ue.enrolid
                  JOIN {course} c ON c.id = e.courseid
                  JOIN {user} u ON u.id = ue.userid AND u.deleted = 0
                  JOIN {" . mirror::STUDENT . "} s ON s.userid = ue.userid
                 WHERE ue.id > :after
                       AND EXISTS (SELECT 1 FROM {" . mirror::COURSE . "} m WHERE m.courseid = e.courseid)
                       AND NOT EXISTS (
                           SELECT 1
                             FROM {user_enrolments} earlier
                             JOIN {enrol} other ON other.id = earlier.enrolid
                            WHERE earlier.userid = ue.userid AND other.courseid = e.courseid AND earlier.id < ue.id
                       )
              ORDER BY ue.id";
        $rows = array_values($DB->get_records_sql($sql, ['after' => $after], 0, $limit));
        $pictures = self::of(array_map(fn($row) => new key((int) $row->userid, (int) $row->courseid), $rows));
        return array_map(fn($row, $picture) => ['id' => (int) $row->id] + $picture, $rows, $pictures);
    }

    /**
     * Put one picture together.
     *
     * @param key $key
     * @param string $student Zoho's id, empty when not linked
     * @param string $class Zoho's id, empty when not linked
     * @param \stdClass|null $enrolment the one that counts
     * @param \DateTimeZone $zone the server's
     * @return array the fields of section 5
     */
    private static function picture(
        key $key,
        string $student,
        string $class,
        ?\stdClass $enrolment,
        \DateTimeZone $zone
    ): array {
        $day = fn(int $time): string => $time ? (new \DateTimeImmutable("@$time"))->setTimezone($zone)->format('Y-m-d') : '';
        return [
            'key' => $key->text(),
            'found' => (int) ($student !== '' && $class !== ''),
            'userid' => $key->userid,
            'courseid' => $key->courseid,
            'studentzohoid' => $student,
            'classzohoid' => $class,
            'status' => !$enrolment ? self::ABSENT : ($enrolment->active ? self::ACTIVE : self::SUSPENDED),
            'startdate' => $day((int) ($enrolment->timestart ?? 0)),
            'enddate' => $day((int) ($enrolment->timeend ?? 0)),
            'timemodified' => (int) ($enrolment->timemodified ?? 0),
            'today' => $day(\core\di::get(\core\clock::class)->time()),
            'changed' => $day((int) ($enrolment->timemodified ?? 0)),
        ];
    }

    /**
     * The enrolment that counts of each pair: an active one, and of several the newest.
     *
     * @param int[] $userids
     * @param int[] $courseids
     * @return \stdClass[] by "userid_courseid"
     */
    private static function enrolments(array $userids, array $courseids): array {
        global $CFG, $DB;
        require_once($CFG->libdir . '/enrollib.php');

        [$users, $params] = $DB->get_in_or_equal($userids, SQL_PARAMS_NAMED, 'user');
        [$courses, $courseparams] = $DB->get_in_or_equal($courseids, SQL_PARAMS_NAMED, 'course');
        $sql = "SELECT ue.id, ue.userid, e.courseid, ue.timestart, ue.timeend, ue.timemodified,
                       CASE WHEN ue.status = :active AND e.status = :enabled THEN 1 ELSE 0 END AS active
                  FROM {user_enrolments} ue
                  JOIN {enrol} e ON e.id = ue.enrolid
                 WHERE ue.userid $users AND e.courseid $courses
              ORDER BY active, ue.id";
        $params += $courseparams + ['active' => ENROL_USER_ACTIVE, 'enabled' => ENROL_INSTANCE_ENABLED];
        $found = [];
        foreach ($DB->get_records_sql($sql, $params) as $row) {
            $found["{$row->userid}_{$row->courseid}"] = $row;
        }
        return $found;
    }

    /**
     * Zoho's ids of people or courses that exist.
     *
     * @param string $mirror table of the links
     * @param string $column its column that links
     * @param string $table table that it links to
     * @param string $condition which rows of that table, as "l", exist
     * @param int[] $ids
     * @return string[] by id
     */
    private static function zohoids(string $mirror, string $column, string $table, string $condition, array $ids): array {
        global $DB;
        [$in, $params] = $DB->get_in_or_equal($ids);
        $sql = "SELECT m.$column, MIN(m.zohoid) AS zohoid
                  FROM {{$mirror}} m
                  JOIN {{$table}} l ON l.id = m.$column
                 WHERE m.$column $in AND $condition
              GROUP BY m.$column";
        return $DB->get_records_sql_menu($sql, $params);
    }
}
