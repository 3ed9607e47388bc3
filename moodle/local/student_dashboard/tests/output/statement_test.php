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

use local_student_dashboard\local\provider;
use local_student_dashboard\local\statement_pdf;
use local_zohosync\local\asof;
use stdClass;

#[\PHPUnit\Framework\Attributes\CoversClass(statement::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(statement_pdf::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(account_view::class)]
/**
 * Tests of the statement of account.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\output\statement
 * @covers     \local_student_dashboard\local\statement_pdf
 * @covers     \local_student_dashboard\output\account_view
 */
final class statement_test extends \advanced_testcase {
    /** @var stdClass The student's account. */
    private stdClass $user;

    /** @var stdClass Her row in the mirror. */
    private stdClass $student;

    /** @var \local_student_dashboard_generator Makes rows of the mirror. */
    private \component_generator_base $mirror;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setTimezone('Asia/Damascus', 'Asia/Damascus');
        $this->mock_clock_with_frozen(strtotime('2026-06-15 22:30 UTC'));
        $this->mirror = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $this->user = $this->getDataGenerator()->create_user(['timezone' => '99']);
        $this->student = $this->mirror->create_student($this->user->id, [
            'firstnamenative' => 'رنا', 'lastnamenative' => 'حداد',
        ]);
        $this->setUser($this->user);
    }

    /**
     * What is due and what was paid, each currency for itself, nothing added across.
     */
    public function test_statement(): void {
        $registration = $this->mirror->create_registration(
            $this->student,
            ['price' => '1000.0000', 'discountpercentage' => '10.0000', 'discountreason' => 'Sibling'],
            [['2026-02-01', '500.0000'], ['2026-09-01', '400.0000']],
        );
        $of = ['registrationid' => $registration->zohoid];
        $this->mirror->create_payment($this->student, '300.0000', $of);
        $this->mirror->create_payment($this->student, '20.0000', $of + ['type' => 'Books Fees', 'voucher' => 'V-BOOK']);
        $this->mirror->create_payment($this->student, '9.0000', $of + ['accepted' => 0, 'voucher' => 'V-VOID']);
        $this->mirror->create_payment($this->student, '77.0000', $of + ['currency' => 'TRY', 'voucher' => 'V-TRY']);

        $text = $this->text();

        foreach (
            [
                'Rana Haddad', 'رنا حداد', 'ST-0042', 'Level 5 Computing (REG-0042): USD', 'Level 5 Computing (REG-0042): TRY',
                'Fee USD 1,000.00', 'Discount 10% (Sibling)', 'Net fee USD 900.00', 'Paid USD 300.00', 'Overdue USD 200.00',
                'Next instalment USD 400.00 (1 September 2026)', 'Paid TRY 77.00',
                '1 1 February 2026 USD 500.00 Overdue, USD 200.00 still open',
                '1 February 2026 Study fees Cash V100001 USD 300.00',
                '1 February 2026 Books fees Does not count towards the study fees Cash V-BOOK USD 20.00',
                '1 February 2026 Study fees Void or not confirmed: does not count Cash V-VOID USD 9.00',
            ] as $part
        ) {
            $this->assertStringContainsString($part, $text);
        }
        $this->assertStringNotContainsString('Balance', $text);
        $this->assertStringNotContainsString('377', $text);
        $this->assertStringNotContainsString('397', $text);
        $this->assertStringContainsString('Balance to pay USD 600.00', $this->text(true));
    }

    /**
     * It says when it was made and as of when its data is: the oldest of what it shows.
     */
    public function test_as_of(): void {
        $text = $this->text();
        $this->assertStringContainsString('Made on Tuesday, 16 June 2026, 1:30 AM', $text);
        $this->assertStringNotContainsString('As the college had it', $text);
        asof::put('student', strtotime('2026-06-15 20:00 UTC'));
        asof::put('registration', strtotime('2026-06-15 09:00 UTC'));
        asof::put('payment', strtotime('2026-06-15 21:00 UTC'));
        $this->assertStringContainsString('As the college had it on Monday, 15 June 2026, 12:00 PM', $this->text());
    }

    /**
     * Without anything to state it says so.
     */
    public function test_nothing(): void {
        $this->assertStringContainsString('No registration yet', $this->text());
    }

    /**
     * Values from Zoho are text.
     */
    public function test_values_are_text(): void {
        global $DB;
        $evil = '<script>alert(1)</script>';
        $DB->set_field('local_zohosync_student', 'displayname', $evil, []);
        $registration = $this->mirror->create_registration($this->student, ['programname' => $evil, 'number' => $evil]);
        $this->mirror->create_payment($this->student, '1.0000', [
            'registrationid' => $registration->zohoid, 'type' => $evil, 'method' => $evil, 'voucher' => $evil,
        ]);
        $html = $this->html();
        $this->assertStringNotContainsString('<script', $html);
        $this->assertSame(6, substr_count($html, s($evil)));
    }

    /**
     * The name of the file is safe whatever the student number is.
     *
     * @param string $number student number
     * @param string $expected name of the file
     * @dataProvider filenames
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('filenames')]
    public function test_filename(string $number, string $expected): void {
        global $DB;
        $DB->set_field('local_zohosync_student', 'studentnumber', $number, []);
        $this->assertSame($expected, $this->statement()->filename());
    }

    /**
     * Student numbers.
     *
     * @return string[][]
     */
    public static function filenames(): array {
        return [
            'usual' => ['ST-0042', 'statement-ST-0042-2026-06-16.pdf'],
            'none' => ['', 'statement-2026-06-16.pdf'],
            'path' => ['../../etc/passwd', 'statement-etc-passwd-2026-06-16.pdf'],
            'header' => ["a\"\r\nX: y", 'statement-a-X-y-2026-06-16.pdf'],
            'Arabic' => ['طالب ٤٢', 'statement-2026-06-16.pdf'],
        ];
    }

    /**
     * The PDF is one, holds Arabic, and is the same statement.
     */
    public function test_pdf(): void {
        $this->mirror->create_registration($this->student, ['price' => '1000.0000']);
        $pdf = statement_pdf::of($this->statement());
        $this->assertStringStartsWith('%PDF-', $pdf);
        $this->assertStringContainsString('FreeSerif', $pdf);
        $this->assertStringContainsString('%%EOF', $pdf);
    }

    /**
     * For the maker of PDF what stands for itself is marked with its direction; what has Arabic letters finds its own.
     */
    public function test_direction_in_the_pdf(): void {
        $directed = new \ReflectionMethod(statement_pdf::class, 'directed');
        $this->assertSame(
            "<p>\u{202A}ST-1\u{202C} رنا -٥</p>",
            $directed->invoke(null, "<p><bdi>ST-1</bdi> <bdi>رنا</bdi> <bdi>\u{061C}-٥</bdi></p>"),
        );
    }

    /**
     * Makes the statement.
     *
     * @param bool $showbalance whether the balance is shown
     * @return statement
     */
    private function statement(bool $showbalance = false): statement {
        $userid = (int) $this->user->id;
        return new statement($this->user, (new provider\profile())->get($userid), new provider\finance($userid), $showbalance);
    }

    /**
     * Renders the statement.
     *
     * @param bool $showbalance whether the balance is shown
     * @return string HTML
     */
    private function html(bool $showbalance = false): string {
        global $PAGE;
        $PAGE->set_url('/');
        return $PAGE->get_renderer('core')->render($this->statement($showbalance));
    }

    /**
     * Reads the statement.
     *
     * @param bool $showbalance whether the balance is shown
     * @return string its text, with each run of spaces as one
     */
    private function text(bool $showbalance = false): string {
        $text = html_entity_decode(strip_tags(str_replace('<br>', ' ', $this->html($showbalance))), ENT_QUOTES);
        return preg_replace('/[\s\x{a0}]+/u', ' ', $text);
    }
}
