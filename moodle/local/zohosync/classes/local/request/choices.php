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
use local_zohosync\local\inbound\mirror;
use local_zohosync\local\links;

/**
 * What a student may choose from when she raises a request: classes and assignments of her own.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class choices {
    /** @var string[] Status of a class that is over, in both of Zoho's words. */
    private const OVER = ['End', 'Completed'];

    /** @var string Condition on an enrollment e that it runs. */
    private const RUNS = "e.deleted = 0 AND (e.enddate = '' OR e.enddate >= :today)";

    /** @var string Condition on a class c that it is not over. */
    private const GOES_ON = "c.deleted = 0 AND (c.enddate = '' OR c.enddate >= :thisday)";

    /**
     * Classes of her programmes that are not over, and that she is not in.
     *
     * @param int $userid the student
     * @return string[] names by Zoho's id, by name
     */
    public static function to_join(int $userid): array {
        $sql = "SELECT c.zohoid, c.fullname, c.shortname
                  FROM {" . mirror::COURSE . "} c
                 WHERE %s
                   AND c.programid IN (SELECT r.programid
                                         FROM {" . mirror::REGISTRATION . "} r
                                        WHERE r.studentid = :student AND r.deleted = 0 AND r.programid <> '')
                   AND NOT EXISTS (SELECT 1
                                     FROM {" . mirror::ENROLMENT . "} e
                                    WHERE e.classid = c.zohoid AND e.studentid = :enrolled AND " . self::RUNS . ")";
        $student = links::student($userid);
        return self::named(self::classes($sql, ['student' => $student, 'enrolled' => $student, 'today' => self::today()]));
    }

    /**
     * Classes that she is in and that are not over.
     *
     * @param int $userid the student
     * @return string[] names by Zoho's id, by name
     */
    public static function running(int $userid): array {
        return self::named(self::running_classes($userid));
    }

    /**
     * Assignments that she can see in the courses of her running classes.
     *
     * @param int $userid the student
     * @return \stdClass[] by the assignment's id: name, classid (Zoho's id), classname
     */
    public static function assignments(int $userid): array {
        $rows = self::running_classes($userid);
        $names = self::named($rows);
        $found = [];
        foreach ($names as $classid => $classname) {
            $courseid = (int) $rows[$classid]->courseid;
            $here = $courseid ? get_fast_modinfo($courseid, $userid)->get_instances_of('assign') : [];
            foreach ($here as $assignid => $cm) {
                if ($cm->uservisible) {
                    $found[(int) $assignid] = (object) [
                        'name' => $cm->name, 'classid' => (string) $classid, 'classname' => $classname,
                    ];
                }
            }
        }
        return $found;
    }

    /**
     * Read the classes that a student is in.
     *
     * @param int $userid
     * @return \stdClass[] zohoid, fullname, shortname, courseid by Zoho's id
     */
    private static function running_classes(int $userid): array {
        $sql = "SELECT c.zohoid, c.fullname, c.shortname, c.courseid
                  FROM {" . mirror::COURSE . "} c
                 WHERE %s
                   AND EXISTS (SELECT 1
                                 FROM {" . mirror::ENROLMENT . "} e
                                WHERE e.classid = c.zohoid AND e.studentid = :student AND " . self::RUNS . ")";
        return self::classes($sql, ['student' => links::student($userid), 'today' => self::today()]);
    }

    /**
     * Read classes that are not over.
     *
     * @param string $sql with a place for the condition that they are not
     * @param array $params
     * @return \stdClass[] by Zoho's id, by name
     */
    private static function classes(string $sql, array $params): array {
        global $DB;
        [$status, $over] = $DB->get_in_or_equal(self::OVER, SQL_PARAMS_NAMED, 'over', false);
        $sql = sprintf($sql, self::GOES_ON . " AND c.status $status") . ' ORDER BY c.fullname, c.zohoid';
        return $DB->get_records_sql($sql, $params + $over + ['thisday' => self::today()]);
    }

    /**
     * Name classes so that no two are called the same.
     *
     * @param \stdClass[] $rows by Zoho's id
     * @return string[] names by Zoho's id
     */
    private static function named(array $rows): array {
        $times = array_count_values(array_column($rows, 'fullname'));
        return array_map(
            fn(\stdClass $row): string => $times[$row->fullname] > 1 ? "$row->fullname ($row->shortname)" : $row->fullname,
            $rows
        );
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
