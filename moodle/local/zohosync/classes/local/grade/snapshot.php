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

namespace local_zohosync\local\grade;

use local_zohosync\local\grade\criteria\finder;
use local_zohosync\local\links;
use local_zohosync\local\outcome\outcomes;

/**
 * Builds the picture of a student's grade that is sent to the agent (docs/protocol.md, section 4).
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class snapshot {
    /** @var array What a grade looks like of which nothing is left. */
    private const NOTHING = [
        'key' => '', 'found' => 0, 'gradeid' => 0, 'itemid' => 0, 'cmid' => 0, 'courseid' => 0, 'assignid' => 0, 'userid' => 0,
        'assignname' => '', 'coursename' => '', 'studentzohoid' => '', 'classzohoid' => '', 'studentname' => '',
        'gradetype' => 0, 'grademax' => '', 'scale' => [], 'finalgrade' => '', 'overridden' => 0, 'hidden' => 0, 'locked' => 0,
        'workflow' => '', 'attemptnumber' => -1, 'maxattempts' => 0, 'submitted' => 0, 'timegraded' => 0, 'timemodified' => 0,
        'grader' => '', 'graderrole' => '', 'feedback' => '', 'criteria' => [], 'method' => '', 'bycriteria' => 0,
        'outcome' => '', 'outcomereason' => '', 'outcometime' => 0, 'attempts' => [], 'gone' => '',
    ];

    /** @var array<string, assignment|null> Assignments of this run, by "courseid_assignid". */
    private array $assignments = [];

    /**
     * Build one snapshot.
     *
     * @param key $key
     * @return array the fields of section 4; "found" is 0 when the student, the assignment or its grade item is gone
     */
    public function build(key $key): array {
        global $DB;
        $named = [
            'key' => $key->text(),
            'courseid' => $key->courseid,
            'assignid' => $key->assignid,
            'userid' => $key->userid,
        ];
        $assignment = $this->assignment($key);
        $user = $DB->get_record('user', ['id' => $key->userid, 'deleted' => 0]);
        if (!$assignment || !$user) {
            return array_merge(self::NOTHING, $named, ['gone' => $user ? assignment::missing($key) : 'user']);
        }
        $grade = $assignment->grade($key->userid);
        if (empty($grade->id) && left_grade::is_lost($grade->grade_item, $user)) {
            return array_merge(self::NOTHING, $named, ['gone' => 'user']);
        }
        $named['found'] = 1;
        $named['studentzohoid'] = links::student($key->userid);
        $named['studentname'] = fullname($user, true);
        $attempt = new attempt($assignment->assign, $key->userid);
        $official = $assignment->official($grade);
        return array_merge(
            self::NOTHING,
            $named,
            $assignment->fields(),
            $official,
            $attempt->fields(),
            self::marking($assignment, $grade, $attempt),
            outcomes::in_force($key, $official, $attempt),
            ['attempts' => array_map(fn($one) => ['grader' => self::person($one['grader'])] + $one, $attempt->all())]
        );
    }

    /**
     * Who marked, when, and what was said.
     *
     * @param assignment $assignment
     * @param \grade_grade $grade
     * @param attempt $attempt
     * @return array grader, graderrole, timegraded, feedback, criteria
     */
    private static function marking(assignment $assignment, \grade_grade $grade, attempt $attempt): array {
        $overridden = $grade->is_overridden();
        $grader = $overridden ? (int) $grade->usermodified : $attempt->grader();
        return [
            'grader' => self::person($grader),
            'graderrole' => $grader > 0 ? self::role($grader, $assignment->assign->course) : '',
            'timegraded' => $overridden ? (int) $grade->overridden : $attempt->timegraded(),
            'feedback' => $overridden ? plain_text::of((string) $grade->feedback) : $attempt->feedback(),
            'criteria' => finder::criteria($assignment->contextid, $attempt->gradeid()),
        ];
    }

    /**
     * Full name of a person.
     *
     * @param int $userid
     * @return string empty when there is none
     */
    private static function person(int $userid): string {
        $user = $userid > 0 ? \core_user::get_user($userid) : false;
        return $user ? fullname($user, true) : '';
    }

    /**
     * Shortname of the role under which somebody works in a course.
     *
     * @param int $userid
     * @param int $courseid
     * @return string empty when she has none
     */
    private static function role(int $userid, int $courseid): string {
        // Ordered by core: nearest context first, then the site's order of roles.
        $roles = get_user_roles(\core\context\course::instance($courseid), $userid);
        return $roles ? reset($roles)->shortname : '';
    }

    /**
     * The assignment that a key names.
     *
     * @param key $key
     * @return assignment|null null when it or its grade item is gone
     */
    private function assignment(key $key): ?assignment {
        $name = "{$key->courseid}_{$key->assignid}";
        if (!array_key_exists($name, $this->assignments)) {
            $this->assignments[$name] = assignment::find($key->courseid, $key->assignid);
        }
        return $this->assignments[$name];
    }
}
