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

use core_text;
use grade_grade;
use grade_item;
use grade_scale;
use stdClass;

defined('MOODLE_INTERNAL') || die();

global $CFG;
require_once($CFG->libdir . '/gradelib.php');

/**
 * Reads what the gradebook holds of one student in all courses in which she is enrolled, in one query.
 *
 * However many courses and grades there are. No grade is recalculated here.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class gradebook {
    /** @var stdClass[]|null See entries(); null: not read yet. */
    private ?array $entries = null;

    /**
     * Constructor.
     *
     * @param enrolled_courses $enrolled the student's courses in Moodle
     */
    public function __construct(
        /** @var enrolled_courses The student's courses in Moodle. */
        private readonly enrolled_courses $enrolled,
    ) {
    }

    /**
     * Gives the grades that were given, of an activity or a manual item and no outcome, whether she may see them or not.
     *
     * @return stdClass[] newest first; each with grade (grade_grade, with its item, and that with its scale), the columns of
     *     activity, categoryhidden (0 or 1: its category, or one above it), displaytype and decimalpoints (of the course, or null)
     *     and unit (name in Zoho, may be null)
     */
    public function entries(): array {
        return $this->entries ??= array_map($this->entry(...), array_values($this->rows()));
    }

    /**
     * Names the assignments for which she has a grade, visible or not.
     *
     * @return true[] by key()
     */
    public function graded(): array {
        $graded = [];
        foreach ($this->entries() as $entry) {
            $item = $entry->grade->grade_item;
            if ($item->itemmodule === 'assign') {
                $graded[self::key((int) $item->courseid, (string) $item->itemname)] = true;
            }
        }
        return $graded;
    }

    /**
     * Names an assignment in a course, however its name is spaced and cased.
     *
     * @param int $courseid the course
     * @param string $name the assignment's name
     * @return string
     */
    public static function key(int $courseid, string $name): string {
        return "$courseid:" . core_text::strtolower(trim(preg_replace('/\s+/u', ' ', $name)));
    }

    /**
     * Reads everything.
     *
     * @return stdClass[]
     */
    private function rows(): array {
        global $DB;
        $courses = array_keys($this->enrolled->all());
        if (!$courses) {
            return [];
        }
        [$insql, $params] = $DB->get_in_or_equal($courses, SQL_PARAMS_NAMED, 'c');
        $item = implode(', ', array_map(fn(string $name): string => "gi.$name AS gi_$name", self::item_fields()));
        $activity = activity::columns();
        $joins = activity::joins('gi.itemmodule', 'gi.iteminstance', 'gi.courseid');
        $below = $DB->sql_concat('p.path', "'%'");
        return $DB->get_records_sql(
            "SELECT gg.*, $item, s.name AS scalename, s.scale AS scaleitems, dt.value AS displaytype, dp.value AS decimalpoints,
                    (SELECT COUNT(p.id)
                       FROM {grade_categories} c
                       JOIN {grade_categories} p ON p.courseid = c.courseid AND c.path LIKE $below
                      WHERE c.id = gi.categoryid AND (p.hidden = 1 OR p.hidden > :now)) AS categoryhidden,
                    (SELECT MAX(z.unitname)
                       FROM {local_zohosync_course} z
                      WHERE z.courseid = gi.courseid AND z.deleted = 0) AS unit,
                    $activity
               FROM {grade_grades} gg
               JOIN {grade_items} gi ON gi.id = gg.itemid
          LEFT JOIN {scale} s ON s.id = gi.scaleid
          LEFT JOIN {grade_settings} dt ON dt.courseid = gi.courseid AND dt.name = 'displaytype'
          LEFT JOIN {grade_settings} dp ON dp.courseid = gi.courseid AND dp.name = 'decimalpoints'
               $joins
              WHERE gi.courseid $insql AND gg.userid = :userid AND gg.finalgrade IS NOT NULL AND gi.outcomeid IS NULL
                    AND gi.itemtype IN ('mod', 'manual') AND gi.gradetype IN (1, 2)
           ORDER BY gg.timemodified DESC, gg.id DESC",
            $params + ['now' => $this->enrolled->now, 'userid' => $this->enrolled->userid],
        );
    }

    /**
     * Makes Moodle's own objects of a row.
     *
     * @param stdClass $row see rows()
     * @return stdClass see entries()
     */
    private function entry(stdClass $row): stdClass {
        $item = [];
        foreach (self::item_fields() as $name) {
            $item[$name] = $row->{"gi_$name"};
        }
        $row->grade = new grade_grade(array_intersect_key((array) $row, array_flip(self::grade_fields())), false);
        $row->grade->grade_item = new grade_item($item, false);
        if ($row->scaleitems !== null) {
            $scale = ['id' => $item['scaleid'], 'name' => $row->scalename, 'scale' => $row->scaleitems];
            $row->grade->grade_item->scale = new grade_scale($scale, false);
            $row->grade->grade_item->scale->load_items();
        }
        return $row;
    }

    /**
     * Names the columns of a grade.
     *
     * @return string[]
     */
    private static function grade_fields(): array {
        $grade = new grade_grade(null, false);
        return [...$grade->required_fields, ...array_keys($grade->optional_fields)];
    }

    /**
     * Names the columns of a grade item.
     *
     * @return string[]
     */
    private static function item_fields(): array {
        return (new grade_item(null, false))->required_fields;
    }
}
