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

use core\context\system;
use core\context\user as user_context;
use core\exception\moodle_exception;
use stdClass;

#[\PHPUnit\Framework\Attributes\CoversClass(photos::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(\local_student_dashboard\event\photo_reviewed::class)]
/**
 * Tests of the photos for student cards.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\card\photos
 * @covers     \local_student_dashboard\event\photo_reviewed
 */
final class photos_test extends \advanced_testcase {
    /** @var stdClass The student's account. */
    private stdClass $user;

    /** @var stdClass Who decides. */
    private stdClass $officer;

    /** @var \core\clock Frozen. */
    private \core\clock $clock;

    /** @var \local_student_dashboard_generator Makes rows of the mirror, and photos. */
    private \component_generator_base $mirror;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->clock = $this->mock_clock_with_frozen(1781524800);
        $this->mirror = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $this->user = $this->getDataGenerator()->create_user();
        $this->mirror->create_student($this->user->id);
        $this->officer = $this->getDataGenerator()->create_user();
    }

    /**
     * A photo waits until somebody approves it.
     */
    public function test_approve(): void {
        $id = photos::submit($this->user->id, $this->mirror->photo());
        $this->assertSame([photos::PENDING], array_keys(photos::of_student($this->user->id)));
        $this->clock->bump(60);
        $events = $this->redirectEvents();

        $this->assertTrue(photos::approve($id, $this->officer->id));

        $photos = photos::of_student($this->user->id);
        $this->assertSame([photos::APPROVED], array_keys($photos));
        $this->assertEquals($this->officer->id, $photos[photos::APPROVED]->reviewerid);
        $this->assertEquals($this->clock->time(), $photos[photos::APPROVED]->timereviewed);
        $this->assertSame([$id], $this->pictures($this->user));
        [$event] = $events->get_events();
        $this->assertInstanceOf(\local_student_dashboard\event\photo_reviewed::class, $event);
        $this->assertSame([(int) $this->user->id, 'approved'], [(int) $event->relateduserid, $event->other['status']]);
        $this->assertStringContainsString('approved', $event->get_description());
    }

    /**
     * A rejected photo is gone; its reason stays until the student gives another.
     */
    public function test_reject(): void {
        $id = photos::submit($this->user->id, $this->mirror->photo());

        $this->assertTrue(photos::reject($id, $this->officer->id, '  Too dark <b>.  '));

        $this->assertSame('Too dark <b>.', photos::of_student($this->user->id)[photos::REJECTED]->reason);
        $this->assertSame([], $this->pictures($this->user));
        $second = photos::submit($this->user->id, $this->mirror->photo());
        $this->assertSame([photos::PENDING], array_keys(photos::of_student($this->user->id)));
        $this->assertSame([$second], $this->pictures($this->user));
        photos::reject($second, $this->officer->id, 'Too bright.');
        photos::submit($this->user->id, $this->mirror->photo());
        photos::reject($second + 1, $this->officer->id, 'Again.');
        $this->assertSame('Again.', photos::of_student($this->user->id)[photos::REJECTED]->reason);
    }

    /**
     * A rejection wants a reason.
     *
     * @param string $reason what was typed
     * @dataProvider no_reasons
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('no_reasons')]
    public function test_reject_without_reason(string $reason): void {
        $id = photos::submit($this->user->id, $this->mirror->photo());
        try {
            photos::reject($id, $this->officer->id, $reason);
            $this->fail('It was rejected');
        } catch (moodle_exception $e) {
            $this->assertSame('photo:reasonneeded', $e->errorcode);
        }
        $this->assertSame([photos::PENDING], array_keys(photos::of_student($this->user->id)));
        $this->assertSame([$id], $this->pictures($this->user));
    }

    /**
     * What is no reason.
     *
     * @return array[]
     */
    public static function no_reasons(): array {
        return ['nothing' => [''], 'blanks' => [" \n "], 'too long' => [str_repeat('م', photos::LONGEST_REASON + 1)]];
    }

    /**
     * The approved photo stays on the card until another is approved.
     */
    public function test_another_photo(): void {
        $first = photos::submit($this->user->id, $this->mirror->photo());
        photos::approve($first, $this->officer->id);
        $second = photos::submit($this->user->id, $this->mirror->photo());
        $this->assertEquals($first, photos::of_student($this->user->id)[photos::APPROVED]->id);
        $this->assertEquals($second, photos::of_student($this->user->id)[photos::PENDING]->id);

        photos::reject($second, $this->officer->id, 'Blurred.');
        $this->assertEquals($first, photos::of_student($this->user->id)[photos::APPROVED]->id);
        $third = photos::submit($this->user->id, $this->mirror->photo());
        photos::approve($third, $this->officer->id);

        $this->assertSame([photos::APPROVED], array_keys(photos::of_student($this->user->id)));
        $this->assertEquals($third, photos::of_student($this->user->id)[photos::APPROVED]->id);
        $this->assertSame([$third], $this->pictures($this->user));
    }

    /**
     * Nobody approves a photo that she has not seen: another in its place has another number.
     */
    public function test_replaced_photo_is_not_decided_about(): void {
        $first = photos::submit($this->user->id, $this->mirror->photo());
        $second = photos::submit($this->user->id, $this->mirror->photo());
        $this->assertNotSame($first, $second);
        $this->assertSame([$second], $this->pictures($this->user));

        $this->assertFalse(photos::approve($first, $this->officer->id));
        $this->assertFalse(photos::reject($first, $this->officer->id, 'Too dark.'));

        $this->assertSame([photos::PENDING], array_keys(photos::of_student($this->user->id)));
    }

    /**
     * A decision is made once.
     */
    public function test_decided_photo_stays_decided(): void {
        $id = photos::submit($this->user->id, $this->mirror->photo());
        photos::approve($id, $this->officer->id);
        $this->assertFalse(photos::reject($id, $this->officer->id, 'Too dark.'));
        $this->assertFalse(photos::approve($id, $this->officer->id));
        $this->assertSame([photos::APPROVED], array_keys(photos::of_student($this->user->id)));
    }

    /**
     * What is no photo changes nothing.
     */
    public function test_refused_upload_changes_nothing(): void {
        $id = photos::submit($this->user->id, $this->mirror->photo());
        try {
            photos::submit($this->user->id, '<svg/>');
            $this->fail('It was taken');
        } catch (moodle_exception $e) {
            $this->assertSame('photo:wrongtype', $e->errorcode);
        }
        $this->assertSame([$id], $this->pictures($this->user));
    }

    /**
     * The longest waiting comes first; what was decided, and whoever was deleted, is not listed.
     */
    public function test_to_review(): void {
        $others = [$this->getDataGenerator()->create_user(), $this->getDataGenerator()->create_user()];
        $gone = $this->getDataGenerator()->create_user();
        photos::submit($others[0]->id, $this->mirror->photo());
        $this->clock->bump(60);
        photos::submit($this->user->id, $this->mirror->photo());
        $this->clock->bump(60);
        photos::approve(photos::submit($others[1]->id, $this->mirror->photo()), $this->officer->id);
        photos::submit($gone->id, $this->mirror->photo());
        delete_user($gone);

        $this->assertSame(2, photos::count_to_review());
        $waiting = photos::to_review(0, 10);
        $this->assertEquals([$others[0]->id, $this->user->id], array_column($waiting, 'userid'));
        $this->assertSame('ST-0042', $waiting[1]->studentnumber);
        $this->assertEquals([$this->user->id], array_column(photos::to_review(1, 10), 'userid'));
        $this->assertEquals([$others[0]->id], array_column(photos::to_review(0, 1), 'userid'));
    }

    /**
     * A picture is for the student and for whoever decides about photos.
     */
    public function test_who_sees_a_picture(): void {
        $id = photos::submit($this->user->id, $this->mirror->photo());
        $context = user_context::instance($this->user->id);
        $seen = fn(): bool => (bool) photos::file($context, 'photo', [(string) $id, 'photo.jpg']);

        $this->setUser($this->user);
        $this->assertTrue($seen());
        $this->setUser($this->getDataGenerator()->create_user());
        $this->assertFalse($seen());
        $this->setGuestUser();
        $this->assertFalse($seen());
        $this->setUser($this->officer);
        $this->assertFalse($seen());
        $role = $this->getDataGenerator()->create_role();
        assign_capability('local/student_dashboard:approvephotos', CAP_ALLOW, $role, system::instance());
        role_assign($role, $this->officer->id, system::instance());
        $this->assertTrue($seen());
    }

    /**
     * An address of something else gives nothing.
     */
    public function test_other_addresses(): void {
        $id = (string) photos::submit($this->user->id, $this->mirror->photo());
        $this->setUser($this->user);
        $context = user_context::instance($this->user->id);
        $this->assertNotNull(photos::file($context, 'photo', [$id, 'photo.jpg']));
        $this->assertNull(photos::file(system::instance(), 'photo', [$id, 'photo.jpg']));
        $this->assertNull(photos::file($context, 'other', [$id, 'photo.jpg']));
        $this->assertNull(photos::file($context, 'photo', [$id, 'other.jpg']));
        $this->assertNull(photos::file($context, 'photo', [$id]));
        $this->assertNull(photos::file($context, 'photo', [$id . '1', 'photo.jpg']));
        $this->setAdminUser();
        $this->assertNull(photos::file(user_context::instance($this->officer->id), 'photo', [$id, 'photo.jpg']));
    }

    /**
     * Lists the pictures of a user.
     *
     * @param stdClass $user the user
     * @return int[] numbers of photos
     */
    private function pictures(stdClass $user): array {
        $context = user_context::instance($user->id);
        $files = get_file_storage()->get_area_files($context->id, 'local_student_dashboard', 'photo', false, 'itemid', false);
        return array_values(array_map(fn($file): int => (int) $file->get_itemid(), $files));
    }
}
