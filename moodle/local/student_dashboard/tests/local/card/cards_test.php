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

namespace local_student_dashboard\local\card;

use core\exception\moodle_exception;
use stdClass;

#[\PHPUnit\Framework\Attributes\CoversClass(cards::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(standing::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(holder::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(\local_student_dashboard\event\card_issued::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(\local_student_dashboard\event\card_revoked::class)]
/**
 * Tests of issuing, verifying and revoking student cards.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\card\cards
 * @covers     \local_student_dashboard\local\card\standing
 * @covers     \local_student_dashboard\local\card\holder
 * @covers     \local_student_dashboard\event\card_issued
 * @covers     \local_student_dashboard\event\card_revoked
 */
final class cards_test extends \advanced_testcase {
    /** @var stdClass The student's account. */
    private stdClass $user;

    /** @var stdClass Her row in the mirror. */
    private stdClass $student;

    /** @var \core\clock Frozen. */
    private \core\clock $clock;

    /** @var \local_student_dashboard_generator Makes rows of the mirror. */
    private \component_generator_base $mirror;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setTimezone('Asia/Damascus', 'Asia/Damascus');
        $this->clock = $this->mock_clock_with_frozen(strtotime('2026-06-15 12:00 UTC'));
        $this->mirror = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $this->user = $this->getDataGenerator()->create_user();
        $this->student = $this->mirror->create_student($this->user->id);
    }

    /**
     * Everything that a card needs makes one.
     */
    public function test_issue(): void {
        $request = $this->ready();
        $events = $this->redirectEvents();

        $card = cards::issue($this->user->id);

        $this->assertEquals($request->id, $card->requestid);
        $this->assertEquals($this->clock->time(), $card->timeissued);
        $this->assertSame('2027-06-15 23:59:59', userdate($card->timeexpires, '%Y-%m-%d %H:%M:%S', 'Asia/Damascus'));
        [$event] = $events->get_events();
        $this->assertInstanceOf(\local_student_dashboard\event\card_issued::class, $event);
        $this->assertSame([(int) $card->id, (int) $this->user->id], [(int) $event->objectid, (int) $event->relateduserid]);
        $this->assertStringContainsString('issued', $event->get_description());
        $this->assertEventContextNotUsed($event);
    }

    /**
     * For how long a card is valid is a setting.
     */
    public function test_validity_is_a_setting(): void {
        $this->ready();
        set_config('cardmonths', 3, 'local_student_dashboard');
        $this->assertSame('2026-09-15', userdate(cards::issue($this->user->id)->timeexpires, '%Y-%m-%d', 'Asia/Damascus'));
    }

    /**
     * Issuing again gives the same card, and one event.
     */
    public function test_issue_twice(): void {
        global $DB;
        $this->ready();
        $first = cards::issue($this->user->id);
        $events = $this->redirectEvents();
        $this->assertEquals($first, cards::issue($this->user->id));
        $this->assertSame(1, $DB->count_records('local_student_dashboard_card'));
        $this->assertCount(0, $events->get_events());
    }

    /**
     * What is missing is said, and no card is made.
     *
     * @param string $missing what is missing
     * @param string $obstacle what is said
     * @dataProvider missing
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('missing')]
    public function test_what_is_missing(string $missing, string $obstacle): void {
        global $DB;
        $this->ready();
        $this->assertSame(standing::CLEAR, standing::of($this->user->id)->obstacle);
        match ($missing) {
            'student' => $DB->delete_records('local_zohosync_student'),
            'account' => $DB->set_field('user', 'suspended', 1, ['id' => $this->user->id]),
            'deleted student' => $DB->set_field('local_zohosync_student', 'deleted', 1, []),
            'registration' => $DB->delete_records('local_zohosync_registration'),
            'deleted registration' => $DB->set_field('local_zohosync_registration', 'deleted', 1, []),
            'photo' => $DB->delete_records('local_student_dashboard_photo'),
            'approval' => $DB->set_field('local_student_dashboard_photo', 'status', photos::PENDING, []),
            'request' => $DB->delete_records('local_zohosync_request'),
            'deleted request' => $DB->set_field('local_zohosync_request', 'deleted', 1, []),
            'answer' => $DB->set_field('local_zohosync_request', 'status', 'Pending', []),
            'agreement' => $DB->set_field('local_zohosync_request', 'status', 'Rejected', []),
            'request of that type' => $DB->set_field('local_zohosync_request', 'type', 'Class Drop', []),
            default => $DB->set_field('local_zohosync_registration', 'status', $missing, []),
        };

        $this->assertSame($obstacle, standing::of($this->user->id)->obstacle);
        try {
            cards::issue($this->user->id);
            $this->fail('A card was issued');
        } catch (moodle_exception $e) {
            $this->assertSame("card:$obstacle", $e->errorcode);
        }
        $this->assertSame(0, $DB->count_records('local_student_dashboard_card'));
    }

    /**
     * What a card needs, and every status of a registration but one.
     *
     * @return array[]
     */
    public static function missing(): array {
        $cases = [
            'student' => 'norecord',
            'account' => 'inactive',
            'deleted student' => 'inactive',
            'registration' => 'inactive',
            'deleted registration' => 'inactive',
            'photo' => 'nophoto',
            'approval' => 'nophoto',
            'request' => 'norequest',
            'deleted request' => 'norequest',
            'answer' => 'norequest',
            'agreement' => 'norequest',
            'request of that type' => 'norequest',
        ];
        $cases += array_fill_keys(['New', 'Graduated', 'Freeze', 'Blocked', 'Withdraw', 'Special', ''], 'inactive');
        $named = [];
        foreach ($cases as $missing => $obstacle) {
            $named["without: $missing"] = [$missing, $obstacle];
        }
        return $named;
    }

    /**
     * The request, photo and registration of another student help nobody.
     */
    public function test_another_students_papers(): void {
        $other = $this->getDataGenerator()->create_user();
        $this->ready();
        $this->mirror->create_student($other->id, ['studentnumber' => 'ST-0043']);
        $this->assertSame(standing::INACTIVE, standing::of($other->id)->obstacle);
    }

    /**
     * One request stands for one card: for another, the student asks again.
     */
    public function test_one_request_one_card(): void {
        $this->ready();
        cards::revoke(cards::issue($this->user->id), $this->user->id);
        $this->assertNull(cards::in_force($this->user->id));
        $this->assertSame(standing::NO_REQUEST, standing::of($this->user->id)->obstacle);

        $second = $this->mirror->create_request($this->student, ['type' => 'Student Card', 'status' => 'Completed']);
        $this->assertEquals($second->id, cards::issue($this->user->id)->requestid);
    }

    /**
     * Of two requests that were agreed to the older is answered first.
     */
    public function test_older_request_first(): void {
        $first = $this->ready();
        $this->mirror->create_request($this->student, ['type' => 'Student Card', 'status' => 'Approved']);
        $this->assertEquals($first->id, cards::issue($this->user->id)->requestid);
    }

    /**
     * A request that was typed into Zoho counts as well as one that was raised in Moodle.
     */
    public function test_request_typed_into_zoho(): void {
        global $DB;
        $request = $this->ready();
        $DB->set_field('local_zohosync_request', 'userid', 0, []);
        $this->assertEquals($request->id, cards::issue($this->user->id)->requestid);
    }

    /**
     * A college may do without requests.
     */
    public function test_without_requests(): void {
        global $DB;
        $this->ready();
        $DB->delete_records('local_zohosync_request');
        set_config('cardneedsrequest', 0, 'local_student_dashboard');
        $card = cards::issue($this->user->id);
        $this->assertEquals(0, $card->requestid);
        cards::revoke($card, $this->user->id);
        $this->assertNotEquals($card->id, cards::issue($this->user->id)->id);
    }

    /**
     * Whoever reads the code learns whether the card is valid, and enough to compare it with the person.
     */
    public function test_verify(): void {
        $this->ready();
        $card = cards::issue($this->user->id);
        $holder = cards::verify(self::token($card));
        $this->assertSame(['R. H.', '042'], [$holder->initials(), $holder->digits()]);
        $this->assertNull(cards::verify(''));
        $this->assertNull(cards::verify(self::token($card) . 'x'));
        $this->assertNull(cards::verify($card->tokenhash), 'what the table holds opens nothing');
        $this->assertNull(cards::verify($card->token), 'what the table holds opens nothing');
    }

    /**
     * The database alone makes no card: the token is not in it.
     */
    public function test_token_is_not_in_the_database(): void {
        global $DB;
        $this->ready();
        $token = self::token(cards::issue($this->user->id));
        $this->assertMatchesRegularExpression('/^[A-Za-z0-9]{24}$/', $token);
        $this->assertStringNotContainsString($token, json_encode($DB->get_records('local_student_dashboard_card')));
    }

    /**
     * A card ceases to be valid.
     *
     * @param string $how what happens
     * @dataProvider ends
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('ends')]
    public function test_end_of_validity(string $how): void {
        global $DB;
        $this->ready();
        $card = cards::issue($this->user->id);
        $token = self::token($card);
        $this->assertNotNull(cards::verify($token));
        match ($how) {
            'revoked' => cards::revoke($card, $this->user->id),
            'expired' => $this->clock->set_to((int) $card->timeexpires),
            'graduated' => $DB->set_field('local_zohosync_registration', 'status', 'Graduated', []),
            'student deleted' => $DB->set_field('local_zohosync_student', 'deleted', 1, []),
            'account suspended' => $DB->set_field('user', 'suspended', 1, ['id' => $this->user->id]),
            'account deleted' => delete_user($this->user),
        };
        $this->assertNull(cards::verify($token));
    }

    /**
     * What ends a card.
     *
     * @return array[]
     */
    public static function ends(): array {
        $ends = ['revoked', 'expired', 'graduated', 'student deleted', 'account suspended', 'account deleted'];
        return array_combine($ends, array_map(fn(string $how): array => [$how], $ends));
    }

    /**
     * A card is valid to its last second.
     */
    public function test_last_second(): void {
        $this->ready();
        $card = cards::issue($this->user->id);
        $this->clock->set_to($card->timeexpires - 1);
        $this->assertNotNull(cards::verify(self::token($card)));
        $this->assertNotNull(cards::in_force($this->user->id));
        $this->clock->bump(1);
        $this->assertNull(cards::in_force($this->user->id));
    }

    /**
     * Revoking says who did it, and is told.
     */
    public function test_revoke(): void {
        global $DB;
        $this->ready();
        $card = cards::issue($this->user->id);
        $officer = $this->getDataGenerator()->create_user();
        $events = $this->redirectEvents();

        cards::revoke($card, $officer->id);

        $row = $DB->get_record('local_student_dashboard_card', ['id' => $card->id]);
        $this->assertEquals([$officer->id, $this->clock->time()], [$row->revokedby, $row->timerevoked]);
        [$event] = $events->get_events();
        $this->assertInstanceOf(\local_student_dashboard\event\card_revoked::class, $event);
        $this->assertEquals($this->user->id, $event->relateduserid);
        $this->assertStringContainsString('revoked', $event->get_description());
    }

    /**
     * Without the key with which it was encrypted a token is not shown, and nothing breaks.
     */
    public function test_key_of_the_site_was_changed(): void {
        $this->ready();
        $card = cards::issue($this->user->id);
        $card->token = 'sodium:' . base64_encode(str_repeat('x', 64));
        $this->assertNull(cards::verification_url($card));
        $this->assertDebuggingCalled();
    }

    /**
     * Names, numbers and programmes as a card shows them.
     *
     * @param array $fields of the student
     * @param string[] $expected name, native name, number, initials, digits
     * @dataProvider holders
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('holders')]
    public function test_holder(array $fields, array $expected): void {
        global $DB;
        $DB->update_record('local_zohosync_student', ['id' => $this->student->id] + $fields);
        $holder = holder::of($this->user->id);
        $this->assertSame($expected, [
            $holder->name, $holder->nativename, $holder->number, $holder->initials(), $holder->digits(),
        ]);
    }

    /**
     * Students.
     *
     * @return array[]
     */
    public static function holders(): array {
        return [
            'two names' => [
                ['displayname' => 'Rana Haddad', 'firstnamenative' => 'رنا', 'lastnamenative' => 'حداد'],
                ['Rana Haddad', 'رنا حداد', 'ST-0042', 'R. H.', '042'],
            ],
            'no Latin name' => [
                [
                    'displayname' => '',
                    'firstname' => 'رنا',
                    'lastname' => 'حداد',
                    'firstnamenative' => 'رنا',
                    'lastnamenative' => 'حداد',
                ],
                ['رنا حداد', '', 'ST-0042', 'ر. ح.', '042'],
            ],
            'four names' => [
                ['displayname' => 'Rana  Ahmad Al Haddad '],
                ['Rana  Ahmad Al Haddad', '', 'ST-0042', 'R. H.', '042'],
            ],
            'one name' => [['displayname' => 'Rana'], ['Rana', '', 'ST-0042', 'R.', '042']],
            'no name at all' => [['displayname' => ''], ['', '', 'ST-0042', '', '042']],
            'a letter of two parts' => [
                ['displayname' => "E\u{301}va Ng"],
                ["E\u{301}va Ng", '', 'ST-0042', "E\u{301}. N.", '042'],
            ],
            'a number that is its own end' => [
                ['displayname' => 'Rana Haddad', 'studentnumber' => '042'],
                ['Rana Haddad', '', '042', 'R. H.', ''],
            ],
        ];
    }

    /**
     * The card names the programme of the newest registration that is active.
     */
    public function test_program(): void {
        $this->assertSame('Level 5', holder::of($this->user->id)->program);
        $this->assertFalse(holder::of($this->user->id)->active);
        $of = fn(string $date, string $name, string $status): stdClass => $this->mirror->create_registration(
            $this->student,
            ['registrationdate' => $date, 'programname' => $name, 'status' => $status],
        );
        $of('2026-02-01', 'Level 4 Computing', 'Active');
        $of('2025-02-01', 'Level 3 Computing', 'Active');
        $of('2026-05-01', 'Level 5 Computing', 'Withdraw');
        $this->assertSame('Level 4 Computing', holder::of($this->user->id)->program);
        $this->assertTrue(holder::of($this->user->id)->active);
    }

    /**
     * Reading how a student stands takes few queries.
     */
    public function test_queries(): void {
        global $DB;
        $this->ready();
        get_config('local_student_dashboard', 'cardneedsrequest');
        $before = $DB->perf_get_reads();
        standing::of($this->user->id);
        $this->assertLessThanOrEqual(5, $DB->perf_get_reads() - $before);
    }

    /**
     * Gives the student all that a card needs.
     *
     * @return stdClass the request that was agreed to
     */
    private function ready(): stdClass {
        set_config('cardneedsrequest', 1, 'local_student_dashboard');
        $this->mirror->create_registration($this->student);
        photos::approve(photos::submit($this->user->id, $this->mirror->photo()), $this->user->id);
        return $this->mirror->create_request($this->student, ['type' => 'Student Card', 'status' => 'Approved']);
    }

    /**
     * Reads the token that a card carries.
     *
     * @param stdClass $card row of the table
     * @return string
     */
    private static function token(stdClass $card): string {
        return cards::verification_url($card)->get_param('token');
    }
}
