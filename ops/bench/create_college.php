<?php
// This file is part of Moodle - http://moodle.org/
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
// along with Moodle.  If not, see <http://www.gnu.org/licenses/>.

/**
 * What a straightforward importer would do: a whole college by Moodle's own API in one PHP process, nothing else.
 *
 * It checks nothing, for the site is fresh. Usage: php create_college.php <path to config.php> <college.json>
 * (see export.py); prints the seconds that it took, without reading the file, as JSON.
 *
 * @copyright 2026 The zohosync developers
 * @license   http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);
require($argv[1]);
require_once($CFG->dirroot . '/user/lib.php');
require_once($CFG->dirroot . '/course/lib.php');
require_once($CFG->libdir . '/enrollib.php');

/**
 * Writes records one by one, in the order of dependence.
 */
final class importer {
    /** @var array<string, array<string, int>> Moodle's ids by entity and Zoho's id. */
    private array $ids = [];

    /** @var array<int, \stdClass> Instances of manual enrolment by course. */
    private array $instances = [];

    /** @var array<string, int> Ids of roles by shortname. */
    private array $roles;

    /** @var array<string, true> Short names that are taken. */
    private array $shortnames = [];

    /** @var \enrol_plugin Manual enrolments. */
    private readonly \enrol_plugin $manual;

    /**
     * Read what a hand-written importer would have at hand.
     */
    public function __construct() {
        global $DB;
        $this->manual = enrol_get_plugin('manual');
        $this->roles = $DB->get_records_menu('role', [], '', 'shortname, id');
    }

    /**
     * Write one record.
     *
     * @param \stdClass $record entity, table, row, linestable, lines
     */
    public function import(\stdClass $record): void {
        $row = $record->row;
        $links = match ($record->entity) {
            'program' => ['categoryid' => $this->category($row)],
            'teacher', 'student' => ['userid' => $this->user($row)],
            'class' => $this->course($row),
            'enrollment' => $this->enrol($row),
            default => [],
        };
        $this->ids[$record->entity][$row->zohoid] = reset($links) ?: 0;
        $this->mirror($record, $links);
    }

    /**
     * A category for a programme.
     *
     * @param \stdClass $row
     * @return int its id
     */
    private function category(\stdClass $row): int {
        return \core_course_category::create((object) ['name' => $row->name, 'idnumber' => $row->zohoid])->id;
    }

    /**
     * An account for a person.
     *
     * @param \stdClass $row
     * @return int its id
     */
    private function user(\stdClass $row): int {
        global $CFG;
        return user_create_user((object) [
            'auth' => 'manual',
            'confirmed' => 1,
            'mnethostid' => $CFG->mnet_localhost_id,
            'username' => $row->username,
            'email' => $row->email,
            'firstname' => $row->firstname,
            'lastname' => $row->lastname,
            'city' => $row->city ?? '',
            'idnumber' => $row->zohoid,
            'suspended' => $row->suspended,
            'password' => 'to be generated',
        ], false);
    }

    /**
     * A course for an active class, with its teacher.
     *
     * @param \stdClass $row
     * @return int[] its id and her account
     */
    private function course(\stdClass $row): array {
        if (!$row->create) {
            return [];
        }
        $shortname = isset($this->shortnames[$row->shortname]) ? "$row->shortname $row->zohoid" : $row->shortname;
        $this->shortnames[$shortname] = true;
        $course = create_course((object) [
            'fullname' => $row->fullname,
            'shortname' => $shortname,
            'idnumber' => $row->zohoid,
            'category' => $this->ids['program'][$row->programid] ?? \core_course_category::get_default()->id,
            'startdate' => (int) strtotime($row->startdate),
            'enddate' => (int) strtotime($row->enddate),
        ]);
        $instances = array_filter(enrol_get_instances($course->id, true), fn($instance) => $instance->enrol === 'manual');
        $this->instances[$course->id] = reset($instances);
        $teacher = $this->ids['teacher'][$row->teacherid] ?? 0;
        if ($teacher) {
            $this->manual->enrol_user($this->instances[$course->id], $teacher, $this->roles['editingteacher']);
        }
        return ['courseid' => $course->id, 'teacheruserid' => $teacher];
    }

    /**
     * An enrolment, where there is somebody to enrol in something.
     *
     * @param \stdClass $row
     * @return int[] course and account
     */
    private function enrol(\stdClass $row): array {
        $courseid = $this->ids['class'][$row->classid] ?? 0;
        $userid = $this->ids['student'][$row->studentid] ?? 0;
        if (!$courseid || !$userid) {
            return [];
        }
        $end = (int) strtotime($row->enddate);
        if (!$end || $end >= time()) { // One that is over enrols nobody any more.
            $start = (int) strtotime($row->startdate);
            $this->manual->enrol_user($this->instances[$courseid], $userid, $this->roles['student'], $start, $end);
        }
        return ['courseid' => $courseid, 'userid' => $userid];
    }

    /**
     * The plugin's own rows of a record.
     *
     * @param \stdClass $record
     * @param int[] $links
     */
    private function mirror(\stdClass $record, array $links): void {
        if (!$links && $record->entity === 'enrollment') {
            return; // The plugin keeps no row of an enrollment that waits.
        }
        $this->insert($record->table, $links + (array) $record->row);
        foreach ($record->lines as $number => $line) {
            $this->insert($record->linestable, (array) $line + ['sortorder' => $number]);
        }
    }

    /**
     * Insert what a table has columns for; an amount that is not there is null.
     *
     * @param string $table
     * @param array $values
     */
    private function insert(string $table, array $values): void {
        global $DB;
        $columns = $DB->get_columns($table);
        $row = array_intersect_key($values + ['timecreated' => time(), 'timemodified' => time()], $columns);
        foreach ($row as $name => $value) {
            if ($value === '' && $columns[$name]->meta_type === 'N') {
                $row[$name] = null;
            } else if (is_array($value)) {
                $row[$name] = json_encode($value);
            }
        }
        $DB->insert_record($table, (object) $row);
    }
}

\core\session\manager::set_user(get_admin());
$college = json_decode(file_get_contents($argv[2]), false, 512, JSON_THROW_ON_ERROR);
$importer = new importer();
$started = microtime(true);
foreach ($college as $record) {
    $importer->import($record);
}
echo json_encode(['records' => count($college), 'seconds' => round(microtime(true) - $started, 3)]), "\n";
