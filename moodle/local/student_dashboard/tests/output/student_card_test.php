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

namespace local_student_dashboard\output;

use core\url;
use local_student_dashboard\local\card\cards;
use local_student_dashboard\local\card\permission;
use local_student_dashboard\local\card\photos;
use local_student_dashboard\local\card\standing;
use local_zohosync\local\agent_settings;
use stdClass;

#[\PHPUnit\Framework\Attributes\CoversClass(studentcard_card::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(student_card::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(verification::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(photo_review::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(permission::class)]
/**
 * Tests of what students, staff and anybody see of student cards.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\output\studentcard_card
 * @covers     \local_student_dashboard\output\student_card
 * @covers     \local_student_dashboard\output\verification
 * @covers     \local_student_dashboard\output\photo_review
 * @covers     \local_student_dashboard\local\card\permission
 */
final class student_card_test extends \advanced_testcase {
    /** @var string Text that would be markup. */
    private const EVIL = '<script>alert(1)</script>{{name}}';

    /** @var stdClass The student's account. */
    private stdClass $user;

    /** @var stdClass Her row in the mirror. */
    private stdClass $student;

    /** @var \local_student_dashboard_generator Makes rows of the mirror. */
    private \component_generator_base $mirror;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->mock_clock_with_frozen(strtotime('2026-06-15 12:00 UTC'));
        $this->mirror = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $this->user = $this->getDataGenerator()->create_user();
        $this->student = $this->mirror->create_student($this->user->id, [
            'firstnamenative' => 'رنا', 'lastnamenative' => 'حداد',
        ]);
        set_config('cardneedsrequest', 0, 'local_student_dashboard');
        $this->setUser($this->user);
    }

    /**
     * From nothing to a card: what is missing is listed, with what can be done about it.
     */
    public function test_way_to_a_card(): void {
        set_config('cardneedsrequest', 1, 'local_student_dashboard');
        $html = $this->section();
        $this->assertStringContainsString('while your registration at the college is active', $html);
        $this->assertSame(3, substr_count($html, 'still missing'));

        $this->mirror->create_registration($this->student);
        $html = $this->section();
        $this->assertStringContainsString('needs a photo that the college has approved', $html);
        $this->assertSame(2, substr_count($html, 'still missing'));
        $this->assertStringContainsString('photo.php', $html);

        $id = photos::submit($this->user->id, $this->mirror->photo());
        $html = $this->section();
        $this->assertStringContainsString('Waits for the college', $html);
        $this->assertStringContainsString("/photo/$id/photo.jpg", $html);

        photos::reject($id, get_admin()->id, 'Too dark ' . self::EVIL);
        $html = $this->section();
        $this->assertStringContainsString('Too dark ' . s(self::EVIL), $html);
        $this->assertStringNotContainsString('<img', $html);

        photos::approve(photos::submit($this->user->id, $this->mirror->photo()), get_admin()->id);
        $html = $this->section();
        $this->assertStringContainsString('agreed to your request', $html);
        $this->assertSame(1, substr_count($html, 'still missing'));
        $this->assertStringContainsString('request.php', $html);
        $this->assertStringNotContainsString('value="issue"', $html);

        set_config('cardneedsrequest', 0, 'local_student_dashboard');
        $html = $this->section();
        $this->assertStringNotContainsString('still missing', $html);
        $this->assertStringContainsString('value="issue"', $html);

        cards::issue($this->user->id);
        $html = $this->section();
        $this->assertStringContainsString('Issued on 15 June 2026, valid until 15 June 2027', $html);
        $this->assertStringContainsString('local-student-dashboard-face', $html);
        $this->assertStringContainsString('value="lost"', $html);
        $this->assertStringNotContainsString('value="issue"', $html);
    }

    /**
     * The card shows what it has to, and no more.
     */
    public function test_face(): void {
        global $DB;
        $this->issued();
        $DB->set_field('local_zohosync_student', 'nationality', 'SECRET', []);
        $DB->set_field('local_zohosync_student', 'birthdate', '1999-01-01', []);
        $html = $this->section();
        foreach (['Rana Haddad', 'رنا حداد', 'ST-0042', 'Level 5 Computing', '15 June 2027', 'data:image/png;base64,'] as $text) {
            $this->assertStringContainsString($text, $html);
        }
        $this->assertStringNotContainsString('SECRET', $html);
        $this->assertStringNotContainsString('1999', $html);
    }

    /**
     * The code on the card leads to the page that verifies it.
     */
    public function test_code(): void {
        $card = $this->issued();
        $html = $this->section();
        // The library tries some masks of all at random, so one text has several pictures.
        $found = false;
        for ($try = 0; $try < 400 && !$found; $try++) {
            $picture = (new \core_qrcode(cards::verification_url($card)->out(false)))->getBarcodePngData(8, 8);
            $found = str_contains($html, base64_encode($picture));
        }
        $this->assertTrue($found);
        $this->assertStringEndsWith('/local/student_dashboard/verify.php', cards::verification_url($card)->get_path());
    }

    /**
     * Without an active registration there is no card, though one was issued.
     */
    public function test_no_card_after_the_registration(): void {
        global $DB;
        $this->issued();
        $DB->set_field('local_zohosync_registration', 'status', 'Graduated', []);
        $html = $this->section();
        $this->assertStringNotContainsString('local-student-dashboard-face"', $html);
        $this->assertStringContainsString('while your registration at the college is active', $html);
        $this->assertNull(student_card::of(standing::of($this->user->id)));
    }

    /**
     * Values from Zoho are text.
     */
    public function test_values_are_text(): void {
        global $DB;
        $this->issued();
        foreach (['displayname', 'firstnamenative', 'studentnumber'] as $field) {
            $DB->set_field('local_zohosync_student', $field, self::EVIL, []);
        }
        $DB->set_field('local_zohosync_registration', 'programname', self::EVIL, []);
        $html = $this->section();
        $this->assertStringNotContainsString('<script', $html);
        // Name, native name, number, programme, and the description of the photo.
        $this->assertSame(5, substr_count($html, s('<script>alert(1)</script>')));
        $this->assertStringContainsString('{{name}}', $html);
    }

    /**
     * Who looks at another person's page, or is logged in as her, sees how she stands but no card, photo or button.
     */
    public function test_others_see_no_card(): void {
        global $USER;
        $this->issued();
        $shown = fn(string $html): array => array_filter(
            ['local-student-dashboard-face"', '<img', 'value="lost"', 'photo.php', 'data:image'],
            fn(string $part): bool => str_contains($html, $part),
        );
        $this->assertCount(5, $shown($this->section()));
        $USER->realuser = get_admin()->id;
        $this->assertSame([], $shown($this->section()));
        unset($USER->realuser);
        $this->setAdminUser();
        $this->assertSame([], $shown($this->section()));
        $this->assertStringContainsString('Issued on', $this->section());
    }

    /**
     * Where the college hides the card nobody has one to show.
     */
    public function test_hidden(): void {
        $this->issued();
        $this->assertNotNull(studentcard_card::of_student($this->user->id));
        agent_settings::put('student_dashboard.visibility', '{"card": false}');
        $this->assertNull(studentcard_card::of_student($this->user->id));
        $this->assertFalse(permission::may_have($this->user->id));
    }

    /**
     * Who may give a photo and print a card: a student for herself.
     */
    public function test_permission(): void {
        global $USER;
        $this->assertTrue(permission::may_have($this->user->id));
        $this->assertEquals($this->user->id, permission::require_own());
        $USER->realuser = get_admin()->id;
        $this->assertFalse(permission::may_have($this->user->id));
        try {
            permission::require_own();
            $this->fail('Somebody who is logged in as the student got her card');
        } catch (\core\exception\moodle_exception $e) {
            $this->assertSame('nopermissiontoaccesspage', $e->errorcode);
        }
        unset($USER->realuser);
        $this->setAdminUser();
        $this->assertFalse(permission::may_have($this->user->id));
        $this->setGuestUser();
        $this->assertFalse(permission::may_have((int) $USER->id));
        $this->setUser(null);
        $this->assertFalse(permission::may_have(0));
    }

    /**
     * Each page of the staff has a capability of its own.
     */
    public function test_staff(): void {
        foreach ([photos::REVIEW, cards::MANAGE] as $capability) {
            $this->setAdminUser();
            permission::require_staff($capability);
            $this->setUser($this->user);
            try {
                permission::require_staff($capability);
                $this->fail("A student had $capability");
            } catch (\core\exception\required_capability_exception $e) {
                $this->assertStringContainsString(get_capability_string($capability), $e->getMessage());
            }
        }
        $this->assertNotSame(photos::REVIEW, cards::MANAGE);
    }

    /**
     * Whoever reads the code learns initials and last digits, and of an invalid card nothing at all.
     */
    public function test_verification(): void {
        $card = $this->issued();
        $html = $this->render(new verification(cards::verify(cards::verification_url($card)->get_param('token'))));
        foreach (['This student card is valid', 'R. H.', '042'] as $text) {
            $this->assertStringContainsString($text, $html);
        }
        foreach (['Rana', 'Haddad', 'رنا', 'ST-0042', 'Computing', 'photo'] as $text) {
            $this->assertStringNotContainsString($text, $html);
        }
        $html = $this->render(new verification(null));
        $this->assertStringContainsString('This student card is not valid', $html);
        $this->assertStringNotContainsString('042', $html);
        $this->assertStringNotContainsString('<dl', $html);
    }

    /**
     * The photos that wait, some at a time; a page past the end is the last one.
     */
    public function test_review(): void {
        $this->setAdminUser();
        $url = new url('/local/student_dashboard/photos.php');
        $this->assertStringContainsString('No photo waits', $this->render(photo_review::page(0, $url)));
        for ($i = 0; $i < photo_review::PER_PAGE; $i++) {
            $user = $this->getDataGenerator()->create_user();
            photos::submit($user->id, $this->mirror->photo());
        }
        $last = photos::submit($this->user->id, $this->mirror->photo());

        $first = $this->render(photo_review::page(0, $url));
        $this->assertSame(photo_review::PER_PAGE, substr_count($first, 'value="approved"'));
        $this->assertSame(photo_review::PER_PAGE, substr_count($first, 'value="rejected"'));
        $this->assertStringContainsString(fullname($user), $first);
        $this->assertStringContainsString('Photos that wait: ' . (photo_review::PER_PAGE + 1), $first);
        $second = $this->render(photo_review::page(1, $url));
        $this->assertSame(1, substr_count($second, 'value="approved"'));
        $this->assertStringContainsString("/photo/$last/photo.jpg", $second);
        $this->assertStringContainsString('Rana Haddad', $second);
        photos::approve($last, get_admin()->id);
        $this->assertSame(photo_review::PER_PAGE, substr_count($this->render(photo_review::page(1, $url)), 'value="approved"'));
    }

    /**
     * Gives the student a card.
     *
     * @return stdClass row of the card
     */
    private function issued(): stdClass {
        $this->mirror->create_registration($this->student);
        photos::approve(photos::submit($this->user->id, $this->mirror->photo()), get_admin()->id);
        return cards::issue($this->user->id);
    }

    /**
     * Renders the section as the present user sees it.
     *
     * @return string HTML
     */
    private function section(): string {
        return $this->render(studentcard_card::of_student($this->user->id));
    }

    /**
     * Renders something.
     *
     * @param \core\output\renderable $what what to render
     * @return string HTML, with each run of spaces as one
     */
    private function render(\core\output\renderable $what): string {
        global $PAGE;
        $PAGE->set_url('/');
        return preg_replace('/\s+/', ' ', $PAGE->get_renderer('core')->render($what));
    }
}
