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

/**
 * The attempt that a student's grade belongs to: submission, marking, feedback.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class attempt {
    /** @var \stdClass[] Rows of assign_grades that hold a mark, newest attempt first. */
    private readonly array $marks;

    /** @var \stdClass|null Row of assign_grades of the newest marked attempt. */
    private readonly ?\stdClass $marked;

    /** @var \stdClass[] Rows of assign_submission, newest attempt first. */
    private readonly array $submissions;

    /**
     * Read the attempts of a student.
     *
     * @param \stdClass $assign row of table assign
     * @param int $userid
     */
    public function __construct(
        /** @var \stdClass Row of table assign. */
        private readonly \stdClass $assign,
        /** @var int The student. */
        private readonly int $userid
    ) {
        global $DB;
        // A second attempt that is handed in and not marked yet leaves the first one's grade in force.
        $this->marks = array_values($DB->get_records_select(
            'assign_grades',
            'assignment = :assignment AND userid = :userid AND grade IS NOT NULL AND grade >= 0',
            ['assignment' => $assign->id, 'userid' => $userid],
            'attemptnumber DESC'
        ));
        $this->marked = $this->marks[0] ?? null;
        $this->submissions = array_values($DB->get_records(
            'assign_submission',
            ['assignment' => $assign->id] + $this->submitter(),
            'attemptnumber DESC'
        ));
    }

    /**
     * Fields of the snapshot.
     *
     * @return array workflow, attemptnumber, submitted
     */
    public function fields(): array {
        $handedin = array_filter($this->submissions, fn($submission) => $submission->status === 'submitted');
        $newest = $this->submissions ? (int) $this->submissions[0]->attemptnumber : -1;
        return [
            'workflow' => $this->workflow(),
            'attemptnumber' => $this->marked ? (int) $this->marked->attemptnumber : $newest,
            'submitted' => $handedin ? (int) reset($handedin)->timemodified : 0,
        ];
    }

    /**
     * All attempts, the first one first.
     *
     * @return array[] attemptnumber, submitted, grade (empty: not marked, or not released), timegraded, grader (user id)
     */
    public function all(): array {
        $submitted = [];
        foreach ($this->submissions as $submission) {
            $time = $submission->status === 'submitted' ? (int) $submission->timemodified : 0;
            $submitted[(int) $submission->attemptnumber] = $time;
        }
        $marks = array_column($this->marks, null, 'attemptnumber');
        if ($this->marked && !in_array($this->workflow(), ['', 'released'], true)) {
            unset($marks[$this->marked->attemptnumber]);
            $submitted += [(int) $this->marked->attemptnumber => 0];
        }
        $numbers = array_keys($submitted + $marks);
        sort($numbers);
        return array_map(fn(int $number) => [
            'attemptnumber' => $number,
            'submitted' => $submitted[$number] ?? 0,
            'grade' => isset($marks[$number]) ? assignment::decimal($marks[$number]->grade) : '',
            'timegraded' => (int) ($marks[$number]->timemodified ?? 0),
            'grader' => (int) ($marks[$number]->grader ?? 0),
        ], $numbers);
    }

    /**
     * Who marked.
     *
     * @return int user id, 0 when not marked
     */
    public function grader(): int {
        return $this->marked ? (int) $this->marked->grader : 0;
    }

    /**
     * When it was marked.
     *
     * @return int unix time, 0 when not marked
     */
    public function timegraded(): int {
        return $this->marked ? (int) $this->marked->timemodified : 0;
    }

    /**
     * The marking's record.
     *
     * @return int assign_grades.id, 0 when not marked
     */
    public function gradeid(): int {
        return $this->marked ? (int) $this->marked->id : 0;
    }

    /**
     * The teacher's comment.
     *
     * @return string plain text
     */
    public function feedback(): string {
        global $DB;
        $comment = $this->marked ? $DB->get_record('assignfeedback_comments', ['grade' => $this->marked->id]) : false;
        return $comment ? plain_text::of((string) $comment->commenttext) : '';
    }

    /**
     * State of the marking workflow.
     *
     * @return string empty when the assignment uses none
     */
    private function workflow(): string {
        global $DB;
        if (!$this->assign->markingworkflow) {
            return '';
        }
        $params = ['assignment' => $this->assign->id, 'userid' => $this->userid];
        return $DB->get_field('assign_user_flags', 'workflowstate', $params) ?: 'notmarked';
    }

    /**
     * Whose submissions count: the student's own, or those of her group.
     *
     * @return array conditions on assign_submission
     */
    private function submitter(): array {
        if (!$this->assign->teamsubmission) {
            return ['userid' => $this->userid];
        }
        $grouping = $this->assign->teamsubmissiongroupingid;
        $groups = groups_get_all_groups($this->assign->course, $this->userid, $grouping, 'g.*', false, true);
        return ['userid' => 0, 'groupid' => count($groups) === 1 ? (int) reset($groups)->id : 0];
    }
}
