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

namespace local_student_dashboard\privacy;

use core\context\system;
use core\context\user as user_context;
use core_privacy\local\metadata\collection;
use core_privacy\local\request\approved_contextlist;
use core_privacy\local\request\approved_userlist;
use core_privacy\local\request\userlist;
use core_privacy\local\request\writer;
use core_privacy\tests\provider_testcase;
use local_student_dashboard\local\card\cards;
use local_student_dashboard\local\card\photos;
use stdClass;

#[\PHPUnit\Framework\Attributes\CoversClass(provider::class)]
/**
 * Tests of what a person gets of her data, and of forgetting her.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\privacy\provider
 */
final class provider_test extends provider_testcase {
    /** @var string The component. */
    private const COMPONENT = 'local_student_dashboard';

    /** @var stdClass A student. */
    private stdClass $user;

    /** @var stdClass Another one. */
    private stdClass $other;

    /** @var stdClass Who decided about their photos, and revoked their cards. */
    private stdClass $officer;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        set_config('cardneedsrequest', 0, self::COMPONENT);
        $mirror = $this->getDataGenerator()->get_plugin_generator(self::COMPONENT);
        $this->officer = $this->getDataGenerator()->create_user();
        foreach (['user', 'other'] as $who) {
            $this->$who = $this->getDataGenerator()->create_user();
            $mirror->create_registration($mirror->create_student($this->$who->id));
            photos::approve(photos::submit($this->$who->id, $mirror->photo()), $this->officer->id);
            photos::submit($this->$who->id, $mirror->photo());
            cards::revoke(cards::issue($this->$who->id), $this->officer->id);
            $this->has_seen((int) $this->$who->id);
        }
    }

    /**
     * Every column is declared.
     */
    public function test_metadata(): void {
        global $DB;
        $declared = [];
        foreach (provider::get_metadata(new collection(self::COMPONENT))->get_collection() as $item) {
            $declared[$item->get_name()] = array_keys($item->get_privacy_fields() ?? []);
        }
        foreach (['photo', 'card', 'seen'] as $name) {
            $table = "local_student_dashboard_$name";
            $this->assertEqualsCanonicalizing(array_diff(array_keys($DB->get_columns($table)), ['id']), $declared[$table]);
        }
        $this->assertArrayHasKey('core_files', $declared);
    }

    /**
     * The contexts of a student, of who decided, and of somebody else.
     */
    public function test_contexts(): void {
        $contexts = fn(stdClass $user): array => array_map(
            intval(...),
            provider::get_contexts_for_userid($user->id)->get_contextids(),
        );
        $own = [user_context::instance($this->user->id)->id, user_context::instance($this->other->id)->id];
        $this->assertSame([$own[0]], $contexts($this->user));
        $this->assertEqualsCanonicalizing($own, $contexts($this->officer));
        $this->assertSame([], $contexts($this->getDataGenerator()->create_user()));
        $reader = $this->getDataGenerator()->create_user();
        $this->has_seen((int) $reader->id);
        $this->assertSame([user_context::instance($reader->id)->id], $contexts($reader));
    }

    /**
     * The people in a student's context.
     */
    public function test_users_in_context(): void {
        $users = new userlist(user_context::instance($this->user->id), self::COMPONENT);
        provider::get_users_in_context($users);
        $this->assertEqualsCanonicalizing([$this->user->id, $this->officer->id], $users->get_userids());

        $users = new userlist(system::instance(), self::COMPONENT);
        provider::get_users_in_context($users);
        $this->assertSame([], $users->get_userids());
    }

    /**
     * A student gets her photos with their pictures, her cards without their secrets, and what she said she has seen.
     */
    public function test_export(): void {
        $context = user_context::instance($this->user->id);
        $this->export_context_data_for_user($this->user->id, $context, self::COMPONENT);

        $writer = writer::with_context($context);
        $path = fn(string $table): array => ['Student dashboard', get_string("privacy:metadata:$table", self::COMPONENT)];
        $photos = $writer->get_data($path('local_student_dashboard_photo'))->rows;
        $this->assertEqualsCanonicalizing(['approved', 'pending'], array_column($photos, 'status'));
        $this->assertArrayNotHasKey('id', $photos[0]);
        $cards = $writer->get_data($path('local_student_dashboard_card'))->rows;
        $this->assertCount(1, $cards);
        $this->assertArrayNotHasKey('token', $cards[0]);
        $this->assertArrayNotHasKey('tokenhash', $cards[0]);
        $this->assertStringContainsString((string) (date('Y') + 1), $cards[0]['timeexpires']);
        $this->assertArrayHasKey('photo.jpg', $writer->get_files(['Student dashboard']));
        $seen = $writer->get_data($path('local_student_dashboard_seen'))->rows;
        $this->assertSame(['assign:12'], array_column($seen, 'gradekey'));
        $this->assertStringContainsString('2027', $seen[0]['timeseen']);
    }

    /**
     * Who decided gets her decisions only.
     */
    public function test_export_for_who_decided(): void {
        $context = user_context::instance($this->user->id);
        $this->export_context_data_for_user($this->officer->id, $context, self::COMPONENT);

        $writer = writer::with_context($context);
        $path = ['Student dashboard', get_string('privacy:metadata:local_student_dashboard_photo', self::COMPONENT)];
        $this->assertSame(['approved'], array_column($writer->get_data($path)->rows, 'status'));
        $this->assertSame([], $writer->get_files(['Student dashboard']));
        $path = ['Student dashboard', get_string('privacy:metadata:local_student_dashboard_seen', self::COMPONENT)];
        $this->assertSame([], (array) $writer->get_data($path), 'what she has seen is no decision of theirs');
    }

    /**
     * A student is forgotten, nobody else.
     */
    public function test_delete_for_user(): void {
        $list = new approved_contextlist($this->user, self::COMPONENT, $this->all_contexts());
        provider::delete_data_for_user($list);
        $this->assertSame([0, 0, 0, 0], $this->kept($this->user));
        $this->assertSame([2, 1, 2, 1], $this->kept($this->other));
    }

    /**
     * Who decided is forgotten; the decisions stay.
     */
    public function test_delete_for_who_decided(): void {
        global $DB;
        $context = user_context::instance($this->user->id);
        provider::delete_data_for_user(new approved_contextlist($this->officer, self::COMPONENT, [$context->id]));
        $this->assertSame([2, 1, 2, 1], $this->kept($this->user));
        foreach (['photo' => 'reviewerid', 'card' => 'revokedby'] as $name => $column) {
            $rows = $DB->get_records("local_student_dashboard_$name", [$column => $this->officer->id]);
            $this->assertEquals([$this->other->id], array_column($rows, 'userid'));
        }
    }

    /**
     * Several people of one context are forgotten.
     */
    public function test_delete_for_users(): void {
        global $DB;
        $context = user_context::instance($this->user->id);
        provider::delete_data_for_users(new approved_userlist($context, self::COMPONENT, [$this->officer->id, $this->other->id]));
        $this->assertSame([2, 1, 2, 1], $this->kept($this->user));
        $this->assertSame([2, 1, 2, 1], $this->kept($this->other));
        $this->assertFalse($DB->record_exists('local_student_dashboard_card', [
            'userid' => $this->user->id, 'revokedby' => $this->officer->id,
        ]));
        provider::delete_data_for_users(new approved_userlist($context, self::COMPONENT, [$this->user->id]));
        $this->assertSame([0, 0, 0, 0], $this->kept($this->user));
    }

    /**
     * All of a context are forgotten; another context has nothing to forget.
     */
    public function test_delete_for_all_in_context(): void {
        provider::delete_data_for_all_users_in_context(system::instance());
        $this->assertSame([2, 1, 2, 1], $this->kept($this->user));
        provider::delete_data_for_all_users_in_context(user_context::instance($this->user->id));
        $this->assertSame([0, 0, 0, 0], $this->kept($this->user));
        $this->assertSame([2, 1, 2, 1], $this->kept($this->other));
    }

    /**
     * Counts what is kept of a student.
     *
     * @param stdClass $user the student
     * @return int[] photos, cards, pictures, results that she has seen
     */
    private function kept(stdClass $user): array {
        global $DB;
        $context = user_context::instance($user->id);
        return [
            $DB->count_records('local_student_dashboard_photo', ['userid' => $user->id]),
            $DB->count_records('local_student_dashboard_card', ['userid' => $user->id]),
            count(get_file_storage()->get_area_files($context->id, self::COMPONENT, 'photo', false, 'id', false)),
            $DB->count_records('local_student_dashboard_seen', ['userid' => $user->id]),
        ];
    }

    /**
     * Notes that a student has seen a result.
     *
     * @param int $userid the student
     */
    private function has_seen(int $userid): void {
        global $DB;
        $row = ['userid' => $userid, 'gradekey' => 'assign:12', 'version' => str_repeat('0', 64), 'timeseen' => 1800000000];
        $DB->insert_record('local_student_dashboard_seen', $row);
    }

    /**
     * Gives the contexts of both students.
     *
     * @return int[]
     */
    private function all_contexts(): array {
        return [user_context::instance($this->user->id)->id, user_context::instance($this->other->id)->id];
    }
}
