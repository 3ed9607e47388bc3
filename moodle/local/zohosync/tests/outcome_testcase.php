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

namespace local_zohosync;

use local_zohosync\local\agent_settings;
use local_zohosync\local\grade\key;
use local_zohosync\local\grade\snapshot;
use local_zohosync\local\inbound\mirror;
use local_zohosync\local\outcome\generator;
use local_zohosync\local\outcome\outcomes;

defined('MOODLE_INTERNAL') || die();
require_once(__DIR__ . '/grade_testcase.php');

/**
 * An assignment that is due tomorrow, what may happen to it, and a run on the third day that generates letters.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class outcome_testcase extends grade_testcase {
    /** @var int Seconds after now at which the assignment is due. */
    protected const DUE = DAYSECS;

    /** @var int Seconds after now at which the task runs. */
    protected const RUN = 3 * DAYSECS;

    /** @var \mod_assign_testable_assign The assignment, due tomorrow. */
    protected \mod_assign_testable_assign $assign;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->setAdminUser();
        agent_settings::put('grading.generated', '{"enabled":true}');
    }

    /**
     * The first day: one moment for all, however long the tests take.
     *
     * @return int unix time
     */
    protected static function now(): int {
        static $now;
        return $now ??= time();
    }

    /**
     * Make the assignment.
     *
     * @param array $settings
     */
    protected function assign(array $settings = []): void {
        $this->assign = $this->assignment($settings + ['duedate' => self::now() + self::DUE, 'submissiondrafts' => 0]);
    }

    /**
     * Save work without handing it in, where there is a button for that.
     */
    protected function save(): void {
        $this->add_submission($this->linked->user, $this->assign);
        $this->setAdminUser();
    }

    /**
     * Hand in.
     */
    protected function submit(): void {
        global $DB;
        $this->save();
        if ($this->assign->get_instance()->submissiondrafts) {
            $this->submit_for_grading($this->linked->user, $this->assign);
            $this->setAdminUser();
        }
        $rows = $DB->get_fieldset('assign_submission', 'status', ['assignment' => $this->assign->get_instance()->id]);
        $this->assertContains('submitted', $rows);
    }

    /**
     * Mark an attempt.
     *
     * @param string $mark
     * @param array|null $feedback
     * @param int $attempt
     */
    protected function mark(string $mark, ?array $feedback = null, int $attempt = -1): void {
        $more = ['attemptnumber' => $attempt] + ($feedback ? ['assignfeedbackcomments_editor' => $feedback] : []);
        $this->assign->testable_apply_grade_to_user(
            (object) ($more + [
                'grade' => $mark, 'addattempt' => false, 'workflowstate' => 'inmarking',
                'assignfeedbackcomments_editor' => ['text' => '', 'format' => FORMAT_HTML],
            ]),
            $this->linked->user->id,
            $feedback && $attempt < 0 ? 0 : $attempt
        );
    }

    /**
     * Open the second attempt.
     */
    protected function reopen(): void {
        if ($this->assign->get_instance()->teamsubmission) {
            $this->assign->set_most_recent_team_submission($this->assign->get_group_submission($this->linked->user->id, 0, false));
        }
        $this->assign->get_user_submission($this->linked->user->id, true);
        $_POST['sesskey'] = sesskey();
        $this->assertTrue($this->assign->testable_process_add_attempt($this->linked->user->id));
    }

    /**
     * Grant an extension.
     *
     * @param int $seconds from now
     */
    protected function extend(int $seconds): void {
        $this->assertTrue($this->assign->save_user_extension($this->linked->user->id, self::now() + $seconds));
    }

    /**
     * Override dates, of the student unless it says whose.
     *
     * @param array $override
     */
    protected function override(array $override): void {
        $whose = isset($override['groupid']) ? [] : ['userid' => $this->linked->user->id];
        $this->getDataGenerator()->get_plugin_generator('mod_assign')
            ->create_override($override + $whose + ['assignid' => $this->assign->get_instance()->id, 'sortorder' => 1]);
    }

    /**
     * A new group of the course.
     *
     * @param bool $hers is the student a member?
     * @return int
     */
    protected function group(bool $hers = true): int {
        $group = $this->getDataGenerator()->create_group(['courseid' => $this->linked->course->id]);
        if ($hers) {
            groups_add_member($group, $this->linked->user);
        }
        return (int) $group->id;
    }

    /**
     * Change columns, of the assignment unless it says of what.
     *
     * @param array $values
     * @param string $table
     * @param string $column that names the assignment or the course
     * @param array $where
     */
    protected function set(array $values, string $table = 'assign', string $column = 'id', array $where = []): void {
        global $DB;
        $instance = $this->assign->get_instance();
        foreach ($values as $name => $value) {
            $id = $column === 'courseid' ? $instance->course : $instance->id;
            $DB->set_field($table, $name, $value, $where + [$column => $id]);
        }
    }

    /**
     * Change the student's enrolment.
     *
     * @param array $values
     */
    protected function enrolment(array $values): void {
        global $DB;
        foreach ($values as $name => $value) {
            $DB->set_field('user_enrolments', $name, $value, ['userid' => $this->linked->user->id]);
        }
    }

    /**
     * Suspend the student's account.
     */
    protected function suspend_account(): void {
        user_update_user(['id' => $this->linked->user->id, 'suspended' => 1], false);
    }

    /**
     * Unenrol the student.
     */
    protected function unenrol(): void {
        global $DB;
        $instance = $DB->get_record('enrol', ['courseid' => $this->linked->course->id, 'enrol' => 'manual'], '*', MUST_EXIST);
        enrol_get_plugin('manual')->unenrol_user($instance, $this->linked->user->id);
    }

    /**
     * The student's role.
     *
     * @return \stdClass
     */
    protected function role(): \stdClass {
        global $DB;
        return $DB->get_record('role', ['shortname' => 'student'], '*', MUST_EXIST);
    }

    /**
     * Change what Zoho is known to hold.
     *
     * @param string $table with one row
     * @param array $values
     */
    protected function mirrored(string $table, array $values): void {
        global $DB;
        foreach ($values as $name => $value) {
            $DB->set_field($table, $name, $value);
        }
    }

    /**
     * A newer enrollment of the student in the class.
     *
     * @param string $type
     * @param string $enddate Y-m-d
     */
    protected function second_enrollment(string $type, string $enddate): void {
        global $DB;
        $row = $DB->get_record(mirror::ENROLMENT, []);
        unset($row->id);
        $row->zohoid .= '0';
        $row->enrollmenttype = $type;
        $row->enddate = $enddate;
        $DB->insert_record(mirror::ENROLMENT, $row);
    }

    /**
     * A restriction of access.
     *
     * @param array $condition
     * @return string JSON
     */
    protected static function restricted(array $condition): string {
        return json_encode(['op' => '&', 'c' => [$condition], 'showc' => [true]]);
    }

    /**
     * Run the generation on the third day.
     *
     * @return string the letter after it
     */
    protected function letter_after_run(): string {
        $this->run_at(self::now() + self::RUN);
        $kept = $this->kept();
        if ($kept !== '') {
            $this->assertSame($kept, $this->letter());
        }
        return $kept;
    }

    /**
     * Run the generation.
     *
     * @param int $now unix time
     */
    protected function run_at(int $now): void {
        (new generator($now))->run();
    }

    /**
     * The generated letter that is in force.
     *
     * @return string
     */
    protected function letter(): string {
        return (new snapshot())->build($this->parsed())['outcome'];
    }

    /**
     * The letter that was generated.
     *
     * @return string
     */
    private function kept(): string {
        global $DB;
        return (string) $DB->get_field(outcomes::TABLE, 'letter', [
            'userid' => $this->linked->user->id, 'assignid' => $this->assign->get_instance()->id,
        ]);
    }

    /**
     * The key of the student's grade.
     *
     * @return key
     */
    protected function parsed(): key {
        return key::parse($this->key($this->assign));
    }
}
