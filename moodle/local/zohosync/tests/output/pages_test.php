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

namespace local_zohosync\output;

use local_zohosync\local\outbox\repository;
use local_zohosync\local\student_search;
use local_zohosync\event\outbox_sent_again;
use local_zohosync\event\sync_started;

/**
 * What the administrator's pages say of the agent's answers. The pages themselves are tested in a browser.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\output\lists
 * @covers \local_zohosync\output\listing
 * @covers \local_zohosync\output\event_story
 * @covers \local_zohosync\output\student_standing
 * @covers \local_zohosync\local\agent\wording
 * @covers \local_zohosync\local\student_search
 * @covers \local_zohosync\local\outbox\repository
 * @covers \local_zohosync\reportbuilder\local\systemreports\outbox
 * @covers \local_zohosync\reportbuilder\local\entities\outbox_event
 * @covers \local_zohosync\event\sync_started
 * @covers \local_zohosync\event\outbox_sent_again
 */
final class pages_test extends \advanced_testcase {
    /** @var string A student's record id in Zoho. */
    private const ZOHOID = '5725767000000415001';

    /** @var string What somebody could write into a field, to be run in an administrator's browser. */
    private const EVIL = '<script>alert(1)</script>';

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
    }

    /**
     * An event of the agent's.
     *
     * @param array $values other than those of a failed one
     * @return array
     */
    private static function event(array $values = []): array {
        return $values + [
            'id' => 12,
            'source' => 'zoho',
            'event_type' => 'student.updated',
            'entity_type' => 'student',
            'record_id' => self::ZOHOID,
            'status' => 'failed',
            'outcome' => null,
            'retry_count' => 3,
            'waits_for' => null,
            'error_code' => 'INVALID_DATA',
            'error_message' => self::EVIL,
            'received_at' => '2026-11-23T08:00:00+00:00',
            'started_at' => null,
            'finished_at' => null,
            'available_at' => '2026-11-23T09:00:00+00:00',
            'correlation_id' => 'c1',
        ];
    }

    /**
     * A record as the agent remembers it.
     *
     * @param array $values other than those of one that is as it should be
     * @return array
     */
    private static function record(array $values = []): array {
        return $values + [
            'entity' => 'payment',
            'record_id' => '5725767000000415777',
            'zoho_id' => null,
            'moodle_id' => null,
            'state' => 'synced',
            'agreed' => true,
            'error_code' => null,
            'error_message' => null,
            'source_time' => null,
            'synced_at' => '2026-11-23T08:00:00+00:00',
            'deleted_at' => null,
        ];
    }

    /**
     * Render something.
     *
     * @param string $template
     * @param \core\output\templatable $page
     * @return string HTML
     */
    private function render(string $template, \core\output\templatable $page): string {
        global $PAGE;
        $output = $PAGE->get_renderer('core');
        return $output->render_from_template("local_zohosync/$template", $page->export_for_template($output));
    }

    /**
     * Whatever stands in Zoho, Moodle or a path is text on every list.
     */
    public function test_text_is_text(): void {
        $evil = self::EVIL;
        $url = new \moodle_url('/local/zohosync/runs.php');
        $row = [
            'id' => 1, 'entity' => $evil, 'record_id' => $evil, 'outcome' => $evil, 'fields' => [$evil],
            'error_message' => $evil, 'error_code' => $evil, 'recorded_at' => '2026-11-23T08:00:00+00:00',
            'detail' => [$evil => ['kept' => $evil, 'lost' => [$evil], 'agreed' => null]],
        ];
        $run = [
            'id' => 1, 'entity' => $evil, 'kind' => $evil, 'status' => $evil, 'counts' => [$evil => 1], 'error' => $evil,
            'started_at' => '2026-11-23T08:00:00+00:00', 'finished_at' => null,
        ];
        $wanted = ['status' => $evil, 'source' => $evil, 'entity' => $evil, 'record_id' => $evil];
        $event = self::event(['entity_type' => $evil, 'record_id' => $evil, 'waits_for' => $evil]);
        $story = ['event' => $event, 'payload' => [$evil => $evil], 'result' => [$evil], 'writes' => [], 'same_record' => [$event]];
        $student = (object) ['zohoid' => $evil, 'userid' => 0];
        $record = self::record(['error_message' => $evil]);
        $pages = [
            $this->render('listing', lists::events(['events' => [$event], 'next' => 7], $wanted)),
            $this->render('listing', lists::runs([$run], ['kind' => $evil, 'entity' => $evil])),
            $this->render('listing', lists::records('records', [$row], $url, $evil)),
            $this->render('listing', lists::conflicts([$row])),
            $this->render('event_story', new event_story($story, true)),
            $this->render('student_standing', new student_standing($student, [$record], $evil, true)),
        ];
        foreach ($pages as $number => $html) {
            $this->assertStringNotContainsString('<script', $html, "page $number");
            $this->assertStringContainsString('&lt;script&gt;', $html, "page $number");
        }
    }

    /**
     * Only who may, and only a failed event, gets the button.
     */
    public function test_event_story(): void {
        $carried = ['operation' => 'edit'];
        $story = ['event' => self::event(), 'payload' => $carried, 'result' => null, 'writes' => [], 'same_record' => []];
        $this->assertStringContainsString('name="retry"', $this->render('event_story', new event_story($story, true)));
        $this->assertStringNotContainsString('name="retry"', $this->render('event_story', new event_story($story, false)));
        $story['event'] = self::event(['status' => 'completed', 'error_message' => null, 'outcome' => 'applied']);
        $html = $this->render('event_story', new event_story($story, true));
        $this->assertStringNotContainsString('name="retry"', $html);
        $this->assertStringContainsString('applied', $html);
        $this->assertStringContainsString('&quot;operation&quot;: &quot;edit&quot;', $html);
    }

    /**
     * The next page begins where this one ends; there is none after a page that is not full.
     */
    public function test_next_page(): void {
        $row = fn(int $id): array => [
            'id' => $id, 'entity' => 'unit', 'record_id' => '1', 'outcome' => 'created', 'fields' => null,
            'error_message' => null, 'error_code' => null,
        ];
        $url = new \moodle_url('/local/zohosync/runs.php', ['number' => 4]);
        $full = lists::records('records', array_map($row, range(101, 150)), $url, '');
        $this->assertStringContainsString('runs.php?number=4&amp;after=150', $this->render('listing', $full));
        $last = lists::records('records', array_map($row, range(101, 149)), $url, 'none');
        $this->assertStringNotContainsString('after=', $this->render('listing', $last));
        $page = ['events' => [self::event()], 'next' => 12];
        $wanted = ['status' => 'failed', 'source' => '', 'entity' => '', 'record_id' => ''];
        $html = $this->render('listing', lists::events($page, $wanted));
        $this->assertStringContainsString('before=12', $html);
        $this->assertStringContainsString('<option value="failed" selected>', $html);
    }

    /**
     * What is wrong with a student comes first, and nothing is called well that is not.
     */
    public function test_student_standing(): void {
        $wrong = self::record(['entity' => 'registration', 'state' => 'error', 'error_message' => 'no such programme']);
        $apart = self::record(['entity' => 'grade', 'record_id' => '3_4_5', 'agreed' => false]);
        $records = [self::record(['record_id' => '5725767000000415888']), $wrong, self::record(['entity' => 'unit']), $apart];
        $user = $this->getDataGenerator()->create_user(['suspended' => 1]);
        $student = (object) ['zohoid' => self::ZOHOID, 'userid' => $user->id];
        $html = $this->render('student_standing', new student_standing($student, $records, '', true));
        $this->assertStringContainsString('suspended', $html);
        $this->assertStringNotContainsString(get_string('student:well', 'local_zohosync'), $html);
        $this->assertLessThan(strpos($html, '3_4_5'), strpos($html, 'no such programme'));
        $this->assertLessThan(strpos($html, '5725767000000415888'), strpos($html, '3_4_5'));
        $this->assertSame(4, substr_count($html, '<th scope="row">'));
        $this->assertStringContainsString('name="sync"', $html);

        $student->userid = 0;
        $html = $this->render('student_standing', new student_standing($student, [self::record()], '', false));
        $this->assertStringContainsString(get_string('student:well', 'local_zohosync'), $html);
        $this->assertStringContainsString(get_string('student:noaccount', 'local_zohosync'), $html);
        $this->assertStringNotContainsString('name="sync"', $html);
        // The agent did not tell: that is not well either.
        $html = $this->render('student_standing', new student_standing($student, [], 'away', true));
        $this->assertStringNotContainsString(get_string('student:well', 'local_zohosync'), $html);
        $this->assertStringNotContainsString('name="sync"', $html);
        $this->assertStringContainsString('away', $html);
    }

    /**
     * A student is found by what an administrator knows of her, and by nothing else.
     */
    public function test_student_search(): void {
        global $DB;
        $row = [
            'zohoid' => self::ZOHOID, 'userid' => 77, 'username' => 'lina.haddad', 'email' => 'lina@example.org',
            'studentnumber' => 'S-1', 'firstname' => 'Lina', 'lastname' => 'Haddad', 'changehash' => '', 'sourcetime' => 0,
            'timecreated' => 0, 'timemodified' => 0,
        ];
        $DB->insert_record('local_zohosync_student', (object) $row);
        $DB->insert_record('local_zohosync_student', (object) (['zohoid' => '5725767000000415002', 'userid' => 78] + $row));
        foreach (['', 'nobody', '#77', '%', 'lina%', 'S-1', '77'] as $who) {
            $this->assertNull(student_search::find($who), "'$who' means nobody, or more than one");
        }
        $DB->set_field('local_zohosync_student', 'studentnumber', 'S-2', ['userid' => 78]);
        $DB->set_field('local_zohosync_student', 'username', 'other', ['userid' => 78]);
        $DB->set_field('local_zohosync_student', 'email', 'other@example.org', ['userid' => 78]);
        foreach ([self::ZOHOID, 'S-1', 'lina.haddad', 'LINA@example.org'] as $who) {
            $this->assertSame(self::ZOHOID, student_search::find($who)->zohoid, $who);
            $this->assertEquals(77, student_search::find($who)->userid, $who);
        }
        $unknown = student_search::find('5725767000000419999');
        $this->assertSame(['5725767000000419999', 0], [$unknown->zohoid, $unknown->userid]);
    }

    /**
     * What is parked is sent again with fresh tries; nothing else is touched.
     */
    public function test_send_again(): void {
        global $DB;
        foreach ([repository::DEAD, repository::PENDING, repository::SENT, repository::DEAD] as $number => $status) {
            $DB->insert_record(repository::TABLE, (object) [
                'eventid' => "e$number", 'type' => 'grade.updated', 'objectkey' => "grade:$number", 'payload' => '{}',
                'requestid' => 'r', 'status' => $status, 'attempts' => 9, 'nextattempt' => 5, 'timecreated' => 1,
            ]);
        }
        $this->assertSame(2, repository::send_again(1000));
        $this->assertSame(0, repository::count(repository::DEAD));
        $rows = array_values($DB->get_records(repository::TABLE, null, 'id'));
        $this->assertEquals(['pending', 0, 1000], [$rows[0]->status, $rows[0]->attempts, $rows[0]->nextattempt]);
        $this->assertEquals(['pending', 9, 5], [$rows[1]->status, $rows[1]->attempts, $rows[1]->nextattempt]);
        $this->assertEquals(['sent', 9, 5], [$rows[2]->status, $rows[2]->attempts, $rows[2]->nextattempt]);
        $this->assertSame(0, repository::send_again(1000));
    }

    /**
     * The report of the outbox is for those who may see it, whatever page asks for it; an agent's refusal is text in it.
     */
    public function test_outbox_report(): void {
        global $DB, $PAGE;
        $PAGE->set_url('/local/zohosync/outbox.php');
        $system = \core\context\system::instance();
        $DB->insert_record(repository::TABLE, (object) [
            'eventid' => 'e', 'type' => 'grade.updated', 'objectkey' => 'grade:1', 'payload' => '{}', 'requestid' => 'r',
            'status' => repository::DEAD, 'lasterror' => self::EVIL, 'timecreated' => 1,
        ]);
        $class = \local_zohosync\reportbuilder\local\systemreports\outbox::class;
        $html = \core_reportbuilder\system_report_factory::create($class, $system)->output();
        $this->assertStringContainsString('&lt;script&gt;alert', $html);
        $this->assertStringNotContainsString('<script>alert', $html);
        $this->assertStringContainsString('parked', $html);

        $this->setUser($this->getDataGenerator()->create_user());
        $this->expectException(\core_reportbuilder\exception\report_access_exception::class);
        \core_reportbuilder\system_report_factory::create($class, $system);
    }

    /**
     * Whatever an administrator begins stands in the log with who did it.
     */
    public function test_events(): void {
        global $USER;
        $sink = $this->redirectEvents();
        sync_started::of(sync_started::PASS)->trigger();
        sync_started::of(sync_started::COMPARISON)->trigger();
        sync_started::of(sync_started::STUDENT, self::ZOHOID, 5)->trigger();
        outbox_sent_again::of(3)->trigger();
        [$pass, $comparison, $student, $outbox] = $sink->get_events();
        $this->assertStringContainsString("'$USER->id' began a pass", $pass->get_description());
        $this->assertStringContainsString('comparison', $comparison->get_description());
        $this->assertStringContainsString(self::ZOHOID, $student->get_description());
        $this->assertEquals(5, $student->relateduserid);
        $this->assertStringContainsString('student.php?who=' . self::ZOHOID, $student->get_url()->out(false));
        $this->assertStringContainsString("'$USER->id' let 3 parked events", $outbox->get_description());
        foreach ([$pass, $comparison, $student, $outbox] as $event) {
            $this->assertNotSame('', $event->get_name());
        }
    }
}
