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

namespace local_zohosync\local\outcome;

use local_zohosync\local\agent_settings;
use local_zohosync\local\grade\listing;
use local_zohosync\local\inbound\mirror;
use local_zohosync\outcome_testcase;
use local_zohosync\task\generate_outcomes;

defined('MOODLE_INTERNAL') || die();
require_once(__DIR__ . '/../../outcome_testcase.php');

/**
 * Generated letters, told to the agent, and what takes them back.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\outcome\generator
 * @covers \local_zohosync\local\outcome\outcomes
 * @covers \local_zohosync\local\grade\listing
 * @covers \local_zohosync\task\generate_outcomes
 */
final class taken_back_test extends outcome_testcase {
    /**
     * A letter is told once with its reason; what comes later takes it back, and that is told as well.
     */
    public function test_told_and_taken_back(): void {
        global $DB;
        $this->setTimezone('Asia/Amman');
        $this->assign(['duedate' => 1800000000 - DAYSECS]);
        $this->enrolment(['timestart' => 1700000000]);
        agent_settings::put('grading.generated', '{"enabled":true,"since":"2026-12-01"}');
        $this->take_events();
        $this->run_at(1800000000);
        [$event] = $this->take_events();
        $this->assertSame(['grade.updated', 'reconcile'], [$event->type, $event->data->origin]);
        $grade = $event->data->grade;
        $this->assertSame(['F', 'Nothing was submitted by 14 January 2027, 11:00.', 1800000000, ''], [
            $grade->outcome, $grade->outcomereason, $grade->outcometime, $grade->finalgrade,
        ]);
        $listed = listing::page(0, 10);
        $this->assertSame([$this->key($this->assign)], array_column($listed, 'key'));
        $this->assertSame([], listing::page($listed[0]['id'], 10));
        $this->run_at(1800000000 + DAYSECS);
        $this->assertSame([], $this->take_events());
        $this->override(['duedate' => 1800000000 - HOURSECS]);
        $this->run_at(1800000000 + DAYSECS);
        $this->assertSame('Nothing was submitted by 15 January 2027, 10:00.', $this->take_events()[0]->data->grade->outcomereason);

        $this->override(['duedate' => 1800000000 + 10 * DAYSECS]);
        $this->run_at(1800000000 + 2 * DAYSECS);
        [$event] = $this->take_events();
        $grade = $event->data->grade;
        $this->assertSame(['', '', 0], [$grade->outcome, $grade->outcomereason, $grade->outcometime]);
        $this->assertSame(0, $DB->count_records(outcomes::TABLE));
        $this->run_at(1800000000 + 11 * DAYSECS);
        $this->assertSame('Nothing was submitted by 25 January 2027, 11:00.', $this->take_events()[0]->data->grade->outcomereason);
    }

    /**
     * What takes a letter back, and what does not: leaving, and the end of a class, undo nothing.
     *
     * @return array[]
     */
    public static function later(): array {
        return [
            'nothing' => ['F', fn() => null],
            'late submission' => ['', fn(self $t) => $t->submit()],
            'mark' => ['', fn(self $t) => $t->mark('50')],
            'referred, second attempt open' => ['RR', function (self $t): void {
                $t->mark('1');
                $t->reopen();
            }],
            'referred, second attempt open, suspended' => ['', function (self $t): void {
                $t->mark('1');
                $t->reopen();
                $t->enrolment(['status' => ENROL_USER_SUSPENDED]);
            }],
            'extension' => ['', fn(self $t) => $t->extend(self::RUN + 10)],
            'no due date any more' => ['', fn(self $t) => $t->set(['duedate' => 0])],
            'no submissions any more' => ['', fn(self $t) => $t->set(
                ['value' => 0],
                'assign_plugin_config',
                'assignment',
                ['subtype' => 'assignsubmission', 'name' => 'enabled']
            )],
            'another type of enrollment' => ['', fn(self $t) =>
                $t->mirrored(mirror::ENROLMENT, ['enrollmenttype' => 'Self-Study'])],
            'a later day set for the beginning' => ['', fn() => agent_settings::put(
                'grading.generated',
                json_encode(['enabled' => true, 'since' => date('Y-m-d', self::now() + 2 * DAYSECS)])
            )],
            'suspended enrolment' => ['F', fn(self $t) => $t->enrolment(['status' => ENROL_USER_SUSPENDED])],
            'ended enrolment' => ['F', fn(self $t) => $t->enrolment(['timeend' => self::now() + self::RUN - 1])],
            'left' => ['F', fn(self $t) => $t->unenrol()],
            'suspended account' => ['F', fn(self $t) => $t->suspend_account()],
            'hidden course' => ['F', fn(self $t) => course_change_visibility($t->linked->course->id, false)],
            'hidden assignment' => ['F', fn(self $t) => set_coursemodule_visible($t->assign->get_course_module()->id, 0)],
            'switched off' => ['F', fn() => agent_settings::put('grading.generated', '{}')],
            'switched off, late submission' => ['', function (self $t): void {
                agent_settings::put('grading.generated', '{}');
                $t->submit();
            }],
            'switched off and on again' => ['F', function (self $t): void {
                agent_settings::put('grading.generated', '{}');
                $t->mock_clock_with_frozen(self::now() + 2 * DAYSECS);
                agent_settings::put('grading.generated', '{"enabled":true}');
            }],
        ];
    }

    /**
     * The letter after what happened later.
     *
     * @param string $letter
     * @param callable $happens
     * @dataProvider later
     */
    public function test_later(string $letter, callable $happens): void {
        $this->assign(['attemptreopenmethod' => 'manual', 'maxattempts' => 2]);
        $this->assertSame('F', $this->letter_after_run());
        $happens($this);
        $this->assertSame($letter, $this->letter_after_run());
    }

    /**
     * While it is switched off what was generated stays, and nobody gets anything new.
     */
    public function test_switched_off(): void {
        global $DB;
        $this->assign();
        $this->assertSame('F', $this->letter_after_run());
        $other = $this->getDataGenerator()->get_plugin_generator('local_zohosync')->linked_student()->user;
        $this->getDataGenerator()->enrol_user($other->id, $this->linked->course->id);
        agent_settings::put('grading.generated', '{}');
        $this->assertSame('F', $this->letter_after_run());
        $this->assertSame(1, $DB->count_records(outcomes::TABLE));
        agent_settings::put('grading.generated', '{"enabled":true}');
        $this->assertSame('F', $this->letter_after_run());
        $this->assertSame(2, $DB->count_records(outcomes::TABLE));
    }

    /**
     * A mark is in force at once, before the next run takes the letter back; so is one of the second attempt.
     */
    public function test_marks_go_first(): void {
        $this->assign(['grade' => 4, 'attemptreopenmethod' => 'manual', 'maxattempts' => 2]);
        $this->assertSame('F', $this->letter_after_run());
        $this->mark('1');
        $this->assertSame('', $this->letter());
        $row = outcomes::of_assignment((int) $this->assign->get_instance()->id)[$this->linked->user->id];
        outcomes::put($this->parsed(), $row, 'RR', 'x', 1);
        $this->assertSame('RR', $this->letter());
        $this->reopen();
        $this->assertSame('RR', $this->letter());
        $this->assign->get_grade_item()->update_final_grade($this->linked->user->id, 1, 'gradebook');
        $this->assertSame('', $this->letter());
        $grade = \grade_grade::fetch(['itemid' => $this->assign->get_grade_item()->id, 'userid' => $this->linked->user->id]);
        $grade->set_overridden(false, false);
        $this->assertSame('RR', $this->letter());
        $this->mark('2', null, 1);
        $this->assertSame('', $this->letter());
    }

    /**
     * A letter whose assignment or account is gone is gone as well, and nobody is told.
     */
    public function test_gone(): void {
        global $DB;
        $this->assign();
        $this->letter_after_run();
        $first = $this->assign;
        $this->assign();
        $this->letter_after_run();
        $this->assertSame(2, $DB->count_records(outcomes::TABLE));
        course_delete_module($first->get_course_module()->id);
        $this->take_events();
        $this->run_at(self::now() + self::RUN);
        $this->assertSame(1, $DB->count_records(outcomes::TABLE));
        delete_user($this->linked->user);
        $this->take_events();
        $this->run_at(self::now() + self::RUN);
        $this->assertSame([0, []], [$DB->count_records(outcomes::TABLE), $this->take_events()]);
    }

    /**
     * A copy of the site generates nothing.
     */
    public function test_task(): void {
        $this->assign(['duedate' => self::now() - 60]);
        $since = date('Y-m-d', self::now() - 2 * DAYSECS);
        agent_settings::put('grading.generated', json_encode(['enabled' => true, 'since' => $since]));
        $this->enrolment(['timestart' => self::now() - 20 * DAYSECS]);
        set_config('siteid', 'x', 'local_zohosync');
        (new generate_outcomes())->execute();
        $this->assertSame('', $this->letter());
        \local_zohosync\local\config::claim_site();
        (new generate_outcomes())->execute();
        $this->assertSame('F', $this->letter());
    }
}
