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

use core\context_helper;
use grade_grade;
use grade_item;
use grade_scale;
use stdClass;

defined('MOODLE_INTERNAL') || die();

require_once($CFG->libdir . '/gradelib.php');
require_once($CFG->libdir . '/grade/grade_item.php');
require_once($CFG->libdir . '/grade/grade_grade.php');
require_once($CFG->libdir . '/grade/grade_scale.php');

/**
 * Reads one student's grades in some courses, with all that decides whether and how they are shown.
 *
 * A fixed number of queries, however many courses and grades. No grade is recalculated here.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class gradebook {
    /** @var string The grades in question: given, of an activity or a manual item, and no outcome. */
    private const GIVEN = "gg.userid = :userid AND gg.finalgrade IS NOT NULL AND gi.outcomeid IS NULL
                           AND gi.itemtype IN ('mod', 'manual') AND gi.gradetype IN (1, 2)";

    /** @var string Condition on grade_items.courseid. */
    private readonly string $insql;

    /** @var array Parameters of the condition, and the user. */
    private readonly array $params;

    /**
     * Constructor.
     *
     * @param int $userid the student
     * @param int[] $courseids the courses, at least one
     */
    public function __construct(int $userid, array $courseids) {
        global $DB;
        [$this->insql, $params] = $DB->get_in_or_equal($courseids, SQL_PARAMS_NAMED, 'c');
        $this->params = $params + ['userid' => $userid];
    }

    /**
     * Reads the grades that were given.
     *
     * @return grade_grade[] each with its grade_item, and that with its scale; newest first
     */
    public function grades(): array {
        global $DB;
        $from = "FROM {grade_grades} gg JOIN {grade_items} gi ON gi.id = gg.itemid
                WHERE gi.courseid $this->insql AND " . self::GIVEN;
        $items = $DB->get_records_sql("SELECT gi.* $from", $this->params);
        $scales = $this->scales(array_filter(array_column($items, 'scaleid')));
        $grades = [];
        foreach ($DB->get_records_sql("SELECT gg.* $from ORDER BY gg.timemodified DESC, gg.id DESC", $this->params) as $row) {
            if (!isset($items[$row->itemid])) {
                continue;
            }
            $grade = new grade_grade($row, false);
            $grade->grade_item = new grade_item($items[$row->itemid], false);
            $grade->grade_item->scale = $scales[$grade->grade_item->scaleid] ?? null;
            $grades[] = $grade;
        }
        return $grades;
    }

    /**
     * Reads the grade categories of the courses.
     *
     * @return stdClass[] id, path (`/1/5/`), hidden; by id
     */
    public function categories(): array {
        global $DB;
        return $DB->get_records_select('grade_categories', "courseid $this->insql", $this->params, '', 'id, path, hidden');
    }

    /**
     * Reads the activities behind the grades and preloads their contexts.
     *
     * @return stdClass[] cmid, courseid, modname, visible, availability, sectionavailability, component (of a delegated
     *     section), deletioninprogress; by grade item id
     */
    public function activities(): array {
        global $DB;
        $context = context_helper::get_preload_record_columns_sql('ctx');
        $rows = $DB->get_records_sql(
            "SELECT gi.id AS itemid, cm.id AS cmid, cm.course AS courseid, m.name AS modname, cm.visible, cm.availability,
                    cm.deletioninprogress, cs.availability AS sectionavailability, cs.component, $context
               FROM {grade_grades} gg
               JOIN {grade_items} gi ON gi.id = gg.itemid
               JOIN {modules} m ON m.name = gi.itemmodule
               JOIN {course_modules} cm ON cm.module = m.id AND cm.instance = gi.iteminstance AND cm.course = gi.courseid
               JOIN {course_sections} cs ON cs.id = cm.section
               JOIN {context} ctx ON ctx.instanceid = cm.id AND ctx.contextlevel = :level
              WHERE gi.courseid $this->insql AND " . self::GIVEN,
            $this->params + ['level' => CONTEXT_MODULE],
        );
        array_walk($rows, [context_helper::class, 'preload_from_record']);
        return $rows;
    }

    /**
     * Reads how the courses want grades displayed.
     *
     * @return string[] by `courseid:name`, name being displaytype or decimalpoints
     */
    public function display_settings(): array {
        global $DB;
        $rows = $DB->get_records_select(
            'grade_settings',
            "courseid $this->insql AND name IN ('displaytype', 'decimalpoints')",
            $this->params,
        );
        $settings = [];
        foreach ($rows as $row) {
            $settings["$row->courseid:$row->name"] = $row->value;
        }
        return $settings;
    }

    /**
     * Reads scales.
     *
     * @param int[] $ids their ids
     * @return grade_scale[] with their items, by id
     */
    private function scales(array $ids): array {
        global $DB;
        $scales = [];
        foreach ($DB->get_records_list('scale', 'id', array_unique($ids)) as $row) {
            $scales[$row->id] = new grade_scale($row, false);
            $scales[$row->id]->load_items();
        }
        return $scales;
    }
}
