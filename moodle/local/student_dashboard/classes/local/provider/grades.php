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

namespace local_student_dashboard\local\provider;

use core\context;
use grade_grade;
use grade_item;
use local_student_dashboard\local\enrolled_courses;
use local_student_dashboard\local\grade_visibility;
use local_student_dashboard\local\gradebook;
use local_zohosync\local\agent_settings;
use local_zohosync\local\grading\letter;
use local_zohosync\local\grading\rules;
use stdClass;

/**
 * The released grades of one student, as the gradebook shows them to her, with their BTEC letter.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class grades {
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
     * Lists the grades that the student may see, newest first.
     *
     * @return stdClass[] each with course, name, letter (D, M, P, R, RR, F or empty), mark, feedback (plain text) and
     *     time (unix seconds)
     */
    public function get(): array {
        $userid = $this->enrolled->userid;
        $courses = array_filter($this->enrolled->visible(), fn(stdClass $course): bool => $course->showgrades
            && has_capability('moodle/grade:view', context\course::instance($course->id), $userid));
        if (!$courses) {
            return [];
        }
        $gradebook = new gradebook($userid, array_keys($courses));
        $visibility = new grade_visibility(
            $userid,
            $this->enrolled->now,
            $gradebook->categories(),
            $gradebook->activities(),
        );
        $shown = array_filter($gradebook->grades(), $visibility->allows(...));
        if (!$shown) {
            return [];
        }
        $settings = $gradebook->display_settings();
        $attempts = $gradebook->attempts();
        $rules = rules::from(agent_settings::get('grading.rules'));
        return array_values(array_map(
            fn(grade_grade $grade): stdClass => $this->row($grade, $courses, $settings, $attempts, $rules),
            $shown,
        ));
    }

    /**
     * Builds one row.
     *
     * @param grade_grade $grade the grade with its item
     * @param stdClass[] $courses by id
     * @param string[] $settings see gradebook::display_settings()
     * @param int[] $attempts see gradebook::attempts()
     * @param rules $rules the college's rules for letters
     * @return stdClass see get()
     */
    private function row(grade_grade $grade, array $courses, array $settings, array $attempts, rules $rules): stdClass {
        $item = $grade->grade_item;
        $options = ['context' => context\course::instance($item->courseid), 'escape' => false];
        $row = new stdClass();
        $row->course = format_string($courses[$item->courseid]->fullname, true, $options);
        $row->name = format_string($item->itemname ?? '', true, $options) ?: get_string('gradenoun');
        $row->mark = $this->mark((float) $grade->finalgrade, $item, $settings);
        $row->feedback = $this->feedback($grade);
        $row->letter = $this->letter($grade, $row->feedback, $attempts, $rules);
        $row->time = (int) $grade->get_dategraded();
        return $row;
    }

    /**
     * Gives the BTEC letter; only assignments have one.
     *
     * @param grade_grade $grade the grade with its item
     * @param string $feedback plain text
     * @param int[] $attempts attempt numbers by assignment
     * @param rules $rules the college's rules for letters
     * @return string
     */
    private function letter(grade_grade $grade, string $feedback, array $attempts, rules $rules): string {
        $item = $grade->grade_item;
        if ($item->itemmodule !== 'assign' || $item->itemnumber != 0) {
            return '';
        }
        return letter::of([
            'gradetype' => (int) $item->gradetype,
            'finalgrade' => number_format((float) $grade->finalgrade, 5, '.', ''),
            'grademax' => number_format((float) $item->grademax, 5, '.', ''),
            'scale' => $item->scale ? $item->scale->scale_items : [],
            'attemptnumber' => $attempts[$item->iteminstance] ?? 0,
            'feedback' => $feedback,
        ], $rules);
    }

    /**
     * Writes the mark the way the course displays grades; the settings are handed over, which spares queries.
     *
     * @param float $value the final grade
     * @param grade_item $item its item
     * @param string[] $settings see gradebook::display_settings()
     * @return string plain text
     */
    private function mark(float $value, grade_item $item, array $settings): string {
        global $CFG;
        if ($item->gradetype == GRADE_TYPE_SCALE && !$item->scale) {
            return '';
        }
        $display = (int) ($item->display
            ?: $settings["$item->courseid:displaytype"] ?? $CFG->grade_displaytype);
        $decimals = (int) ($item->decimals ?? $settings["$item->courseid:decimalpoints"] ?? $CFG->grade_decimalpoints);
        $mark = html_entity_decode(
            grade_format_gradevalue($value, $item, true, $display, $decimals),
            ENT_QUOTES | ENT_HTML5,
            'UTF-8',
        );
        if ($item->gradetype == GRADE_TYPE_SCALE || $display !== GRADE_DISPLAY_TYPE_REAL) {
            return $mark;
        }
        $maximum = format_float($item->grademax, $decimals);
        return get_string('markofmaximum', 'local_student_dashboard', ['mark' => $mark, 'maximum' => $maximum]);
    }

    /**
     * Turns the feedback into plain text: no markup, no files.
     *
     * @param grade_grade $grade the grade
     * @return string
     */
    private function feedback(grade_grade $grade): string {
        if (($grade->feedback ?? '') === '') {
            return '';
        }
        $html = format_text($grade->feedback, (int) $grade->feedbackformat, ['filter' => false, 'para' => false]);
        $lines = preg_replace('~<br\s*/?>|</(?:p|div|li|tr|h[1-6]|blockquote|pre)>~i', "\n", $html);
        return trim(html_entity_decode(strip_tags($lines), ENT_QUOTES | ENT_HTML5, 'UTF-8'));
    }
}
