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
use local_zohosync\local\grade\marked_attempts;
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
    /** @var gradebook What the gradebook holds of her. */
    private readonly gradebook $gradebook;

    /**
     * Constructor.
     *
     * @param enrolled_courses $enrolled the student's courses in Moodle
     * @param gradebook|null $gradebook what the gradebook holds of her, where the caller has it
     */
    public function __construct(
        /** @var enrolled_courses The student's courses in Moodle. */
        private readonly enrolled_courses $enrolled,
        ?gradebook $gradebook = null,
    ) {
        $this->gradebook = $gradebook ?? new gradebook($enrolled);
    }

    /**
     * Lists the grades that the student may see, newest first.
     *
     * @return stdClass[] each with key (see seen), courseid, course, unit (may be empty), name, letter (D, M, P, R, RR, F or
     *     empty), mark, exact (mark and maximum in digits that no language changes), feedback (plain text), time (unix seconds),
     *     attempt (from 1, 0: none), earlier (attempt, letter and time of each before), criteria (shortname and achieved, 0 or 1;
     *     where they decide), and reason (of a letter that was generated because nothing was submitted, else empty)
     */
    public function get(): array {
        $userid = $this->enrolled->userid;
        $courses = array_filter($this->enrolled->visible(), fn(stdClass $course): bool => $course->showgrades
            && has_capability('moodle/grade:view', context\course::instance($course->id), $userid));
        if (!$courses) {
            return [];
        }
        $visibility = new grade_visibility($userid, $this->enrolled->now);
        $shown = array_filter($this->gradebook->entries(), fn(stdClass $entry): bool
            => isset($courses[$entry->grade->grade_item->courseid]) && $visibility->allows($entry));
        $items = array_map(fn(stdClass $entry): grade_item => $entry->grade->grade_item, $shown);
        $assignids = array_column(array_filter($items, $this->is_assignment(...)), 'iteminstance');
        $attempts = marked_attempts::of_student($userid, array_map(intval(...), $assignids));
        $rules = rules::from(agent_settings::get('grading.rules'));
        $rows = array_map(
            fn(stdClass $entry): stdClass => $this->row($entry, $courses, $attempts, $rules),
            array_values($shown),
        );
        return (new generated($userid, $courses))->among($rows);
    }

    /**
     * Tells whether an item is the grade of an assignment: only these have letters.
     *
     * @param grade_item $item
     * @return bool
     */
    private function is_assignment(grade_item $item): bool {
        return $item->itemmodule === 'assign' && $item->itemnumber == 0;
    }

    /**
     * Builds one row.
     *
     * @param stdClass $entry see gradebook::entries()
     * @param stdClass[] $courses by id
     * @param stdClass[][] $attempts see marked_attempts::of_student()
     * @param rules $rules the college's rules for letters
     * @return stdClass see get()
     */
    private function row(stdClass $entry, array $courses, array $attempts, rules $rules): stdClass {
        $grade = $entry->grade;
        $item = $grade->grade_item;
        $options = ['context' => context\course::instance($item->courseid), 'escape' => false];
        $row = new stdClass();
        $row->assignid = $this->is_assignment($item) ? (int) $item->iteminstance : 0;
        $row->key = $row->assignid ? "assign:$row->assignid" : "item:$item->id";
        $row->courseid = (int) $item->courseid;
        $row->course = format_string($courses[$item->courseid]->fullname, true, $options);
        $row->unit = (string) $entry->unit;
        $row->name = format_string($item->itemname ?? '', true, $options) ?: get_string('gradenoun');
        $row->mark = $this->mark((float) $grade->finalgrade, $item, $entry);
        $row->exact = sprintf('%.5F/%.5F', $grade->finalgrade, $item->grademax);
        $row->feedback = $this->feedback($grade);
        $row->time = (int) $grade->get_dategraded();
        $row->letter = $row->reason = '';
        $row->attempt = 0;
        $row->earlier = $row->criteria = [];
        if ($row->assignid) {
            $this->judge($row, $grade, $attempts[$item->iteminstance] ?? [], $rules);
        }
        return $row;
    }

    /**
     * Adds letter and attempts to the row of an assignment.
     *
     * @param stdClass $row see get()
     * @param grade_grade $grade the grade with its item
     * @param stdClass[] $attempts its marked ones, see marked_attempts::of_student()
     * @param rules $rules the college's rules for letters
     */
    private function judge(stdClass $row, grade_grade $grade, array $attempts, rules $rules): void {
        $newest = $attempts ? array_key_last($attempts) : 0;
        $row->attempt = $newest + 1;
        $row->criteria = $attempts[$newest]->criteria ?? [];
        $official = [
            'finalgrade' => number_format((float) $grade->finalgrade, 5, '.', ''),
            'feedback' => $row->feedback,
            'overridden' => (int) $grade->is_overridden(),
        ];
        $row->letter = $this->letter($grade, $newest, $attempts[$newest] ?? null, $official, $rules);
        foreach ($attempts as $number => $attempt) {
            if ($number < $newest) {
                $row->earlier[] = (object) [
                    'attempt' => $number + 1,
                    'letter' => $this->letter($grade, $number, $attempt, ['finalgrade' => $attempt->grade], $rules),
                    'time' => $attempt->time,
                ];
            }
        }
    }

    /**
     * Gives the BTEC letter of one attempt.
     *
     * @param grade_grade $grade the grade with its item
     * @param int $number of the attempt, from 0
     * @param stdClass|null $attempt its marking, see marked_attempts::of_student()
     * @param array $values finalgrade, and feedback and overridden where they count
     * @param rules $rules the college's rules for letters
     * @return string
     */
    private function letter(grade_grade $grade, int $number, ?stdClass $attempt, array $values, rules $rules): string {
        $item = $grade->grade_item;
        return letter::of($values + [
            'gradetype' => (int) $item->gradetype,
            'grademax' => number_format((float) $item->grademax, 5, '.', ''),
            'scale' => $item->scale ? $item->scale->scale_items : [],
            'attemptnumber' => $number,
            'bycriteria' => $attempt->bycriteria ?? 0,
            'criteria' => $attempt->criteria ?? [],
        ], $rules);
    }

    /**
     * Writes the mark the way the course displays grades; its settings come with the entry, which spares queries.
     *
     * @param float $value the final grade
     * @param grade_item $item its item
     * @param stdClass $entry see gradebook::entries()
     * @return string plain text
     */
    private function mark(float $value, grade_item $item, stdClass $entry): string {
        global $CFG;
        if ($item->gradetype == GRADE_TYPE_SCALE && !$item->scale) {
            return '';
        }
        $display = (int) ($item->display ?: $entry->displaytype ?? $CFG->grade_displaytype);
        $decimals = (int) ($item->decimals ?? $entry->decimalpoints ?? $CFG->grade_decimalpoints);
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
