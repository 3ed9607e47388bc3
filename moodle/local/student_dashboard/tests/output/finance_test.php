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

use DOMXPath;
use local_student_dashboard\tests\rendered_page;
use local_zohosync\local\agent_settings;

#[\PHPUnit\Framework\Attributes\CoversClass(finance_card::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(payments_card::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(account_view::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(payments_chart::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(\local_student_dashboard\local\provider\finance::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(\local_student_dashboard\local\provider\payments::class)]
/**
 * Tests of the cards about money as a browser gets them.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\output\finance_card
 * @covers     \local_student_dashboard\output\payments_card
 * @covers     \local_student_dashboard\output\account_view
 * @covers     \local_student_dashboard\output\payments_chart
 * @covers     \local_student_dashboard\local\provider\finance
 * @covers     \local_student_dashboard\local\provider\payments
 */
final class finance_test extends \advanced_testcase {
    use rendered_page;

    /** @var string Where the payments are. */
    private const PAYMENTS = '//*[@id="local-student-dashboard-payments"]';

    /** @var \stdClass The student's account. */
    private \stdClass $user;

    /** @var \stdClass Her row in the mirror. */
    private \stdClass $student;

    /** @var \local_student_dashboard_generator Makes rows of the mirror. */
    private \component_generator_base $mirror;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->mock_clock_with_frozen(strtotime('2026-06-15 12:00 UTC'));
        $this->mirror = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $this->user = $this->getDataGenerator()->create_user();
        $this->student = $this->mirror->create_student($this->user->id);
        $this->setUser($this->user);
    }

    /**
     * Figures and schedule of a registration, exact.
     */
    public function test_registration(): void {
        $registration = $this->registration();
        $this->mirror->create_payment($this->student, '500.1000', ['registrationid' => $registration->zohoid]);
        $this->mirror->create_payment($this->student, '200.0000', ['registrationid' => $registration->zohoid]);

        $page = $this->pages($this->user);

        $this->assertSame(['Level 5 Computing'], $this->texts($page, '//*[@id="local-student-dashboard-finance"]//h3'));
        $this->assertSame([
            'Fee' => 'USD 1,714.40',
            'Discount' => '12.5% Sibling',
            'Net fee' => 'USD 1,500.10',
            'Paid' => 'USD 700.10',
            'Overdue' => 'USD 300.00',
            'Next instalment' => 'USD 500.00 1 September 2026',
        ], $this->figures($page));
        $this->assertSame([
            ['Instalment 1', '1 February 2026', 'USD 500.10', 'Paid'],
            ['Instalment 2', '1 May 2026', 'USD 500.00', 'Overdue USD 300.00 still open'],
            ['Instalment 3', '1 September 2026', 'USD 500.00', 'To be paid'],
        ], $this->rows($page, 'finance'));
        $this->assertStringNotContainsString('800', $this->texts($page, '//*[@id="local-student-dashboard-finance"]')[0]);
    }

    /**
     * The balance is there only when an administrator shows it.
     */
    public function test_balance_is_hidden_by_default(): void {
        $registration = $this->registration();
        $this->assertArrayNotHasKey('Balance to pay', $this->figures($this->pages($this->user)));

        agent_settings::put('student_dashboard.visibility', '{"balance": true}');
        $this->assertSame('USD 1,500.10', $this->figures($this->pages($this->user))['Balance to pay']);
        $this->mirror->create_payment($this->student, '1600.0000', ['registrationid' => $registration->zohoid]);
        $figures = $this->figures($this->pages($this->user));
        $this->assertSame('USD 99.90', $figures['Paid too much']);
        $this->assertArrayNotHasKey('Balance to pay', $figures);
    }

    /**
     * Two currencies are two accounts; nothing is added.
     */
    public function test_currencies_are_apart(): void {
        $registration = $this->registration();
        $this->mirror->create_payment($this->student, '100.0000', ['registrationid' => $registration->zohoid]);
        $this->mirror->create_payment($this->student, '77.0000', [
            'registrationid' => $registration->zohoid, 'currency' => 'TRY',
        ]);

        $page = $this->pages($this->user);

        $received = '//dt[normalize-space() = "Paid"]/following-sibling::dd';
        $this->assertSame(['USD 100.00', 'TRY 77.00'], $this->texts($page, $received));
        $this->assertStringNotContainsString('177', $page->document->textContent);
        $this->assertCount(1, $this->texts($page, '//dt[normalize-space() = "Fee"]'), 'the fee is in its own currency alone');
    }

    /**
     * The list of payments is on the page; without any it says so.
     */
    public function test_payments(): void {
        $this->assertStringContainsString('No payments yet', $this->texts($this->pages($this->user), self::PAYMENTS)[0]);
        $this->mirror->create_payment($this->student, '500.0000', ['voucher' => 'V-7']);
        $this->assertStringContainsString('V-7', $this->texts($this->pages($this->user), self::PAYMENTS . '//tbody/tr[1]')[0]);
    }

    /**
     * A picture of what was received is drawn from three months on, each currency for itself.
     */
    public function test_chart(): void {
        $pay = fn(string $date, string $amount, array $fields = []): \stdClass => $this->mirror->create_payment(
            $this->student,
            $amount,
            $fields + ['paymentdate' => $date],
        );
        $pay('2026-01-15', '100.0000');
        $pay('2026-03-02', '20.0000');
        $pay('2026-03-30', '3.5000');
        $pay('2026-04-01', '50.0000', ['accepted' => 0]);
        $pay('2026-05-01', '50.0000', ['type' => 'Books Fees']);
        $pay('', '50.0000');
        $pay('2026-04-01', '7.0000', ['currency' => 'EUR']);
        $charts = fn(): array => payments_chart::of(\local_zohosync\local\finance\summary::of_student($this->user->id));
        $this->assertSame([], $charts());

        $pay('2026-04-09', '-1.0000');
        [$chart] = $charts();
        $this->assertCount(1, $charts());
        $this->assertSame(['January 2026', 'February 2026', 'March 2026', 'April 2026'], $chart->get_labels());
        [$series] = $chart->get_series();
        $this->assertSame([100.0, 0.0, 23.5, -1.0], $series->get_values());
        $this->assertSame('USD 23.50', str_replace("\u{a0}", ' ', $series->get_labels()[2]));
        $this->assertStringContainsString('USD', $chart->get_title());
        $this->assertCount(1, $this->texts($this->pages($this->user), '//*[contains(@class, "local-student-dashboard-chart")]'));

        $pay('2023-06-01', '10.0000');
        [$chart] = $charts();
        $this->assertSame(['2023', '2024', '2025', '2026'], $chart->get_labels());
        $this->assertSame([10.0, 0.0, 0.0, 122.5], $chart->get_series()[0]->get_values());
    }

    /**
     * Scholarship and discount of the student; other facts of her finance, such as the bank's holder, are no business of the page.
     */
    public function test_scholarship(): void {
        $this->mirror->create_finance($this->student, [
            'scholarship' => 'Full <b>merit</b>', 'scholarshippercentage' => '25.0000', 'discount' => '150.0000',
            'bankholder' => 'SECRET',
        ]);

        $page = $this->pages($this->user);

        $this->assertSame(
            ['Scholarship' => 'Full <b>merit</b>', 'Percentage' => '25%', 'Discount' => 'USD 150.00'],
            $this->figures($page),
        );
        $this->assertStringNotContainsString('SECRET', $page->document->textContent);
    }

    /**
     * What Zoho's sources disagree about is shown to staff, never to the student.
     */
    public function test_mismatch_is_for_staff(): void {
        $this->registration(['price' => '2000.0000', 'discountpercentage' => null]);
        $notes = '//*[@id="local-student-dashboard-finance"]//*[@role="note"]';
        $this->assertSame([], $this->texts($this->pages($this->user), $notes));

        $this->setAdminUser();
        $this->assertSame(
            ['Due: USD 1,500.10; the price less the discount is USD 2,000.00.'],
            $this->texts($this->pages($this->user, false), $notes),
        );
    }

    /**
     * Without the capability, to other people, and to somebody logged in as the student, nothing of it is on the page.
     */
    public function test_who_sees_it(): void {
        global $USER;
        $this->registration();
        $cards = '//*[@id="local-student-dashboard-finance" or @id="local-student-dashboard-payments"]';
        $this->assertCount(2, $this->texts($this->pages($this->user), $cards));

        $USER->realuser = get_admin()->id;
        $this->assertCount(0, $this->texts($this->pages($this->user), $cards), 'logged in as');
        unset($USER->realuser);

        $this->setAdminUser();
        $this->assertCount(2, $this->texts($this->pages($this->user, false), $cards), 'administrator');
    }

    /**
     * Where the address let a stranger in by mistake, the page would still not be made for her.
     */
    public function test_stranger(): void {
        $this->setUser($this->getDataGenerator()->create_user());
        $this->expectException(\core\exception\required_capability_exception::class);
        $this->page($this->user, '', false);
    }

    /**
     * What the college hides is hidden from everybody.
     */
    public function test_hidden(): void {
        $this->registration();
        $cards = '//*[@id="local-student-dashboard-finance" or @id="local-student-dashboard-payments"]';
        agent_settings::put('student_dashboard.visibility', '{"finance": false}');
        $this->assertSame(['local-student-dashboard-payments'], $this->ids($this->pages($this->user), $cards));
        agent_settings::put('student_dashboard.visibility', '{"payments": false}');
        $this->assertSame(['local-student-dashboard-finance'], $this->ids($this->pages($this->user), $cards));
        $this->setAdminUser();
        $this->assertSame(['local-student-dashboard-finance'], $this->ids($this->pages($this->user, false), $cards));
    }

    /**
     * Values from Zoho are text.
     */
    public function test_values_are_text(): void {
        $evil = '<script>alert(1)</script>{{name}}';
        $registration = $this->registration([
            'programname' => $evil, 'number' => $evil, 'status' => $evil, 'discountreason' => $evil,
        ]);
        $this->mirror->create_payment($this->student, '1.0000', [
            'registrationid' => $registration->zohoid, 'type' => $evil, 'method' => $evil, 'voucher' => $evil,
            'paymentdate' => '<b>x</b>',
        ]);
        $this->mirror->create_request($this->student, ['type' => $evil, 'status' => $evil, 'reason' => $evil]);
        $this->mirror->create_result($this->student, $this->mirror->create_class(), [
            'name' => $evil, 'letter' => $evil, 'feedback' => $evil, 'attemptdate' => '<b>x</b>',
        ]);

        $page = $this->pages($this->user);

        $this->assertSame([], $this->texts($page, '//script | //b'));
        $this->assertSame(4, substr_count($page->document->getElementById('local-student-dashboard-finance')->textContent, $evil));
        // Four cells of the list, and two filters.
        $this->assertSame(6, substr_count($page->document->getElementById('local-student-dashboard-payments')->textContent, $evil));
    }

    /**
     * Makes a registration with three instalments.
     *
     * @param array $fields fields that matter to the test
     * @return \stdClass the row
     */
    private function registration(array $fields = []): \stdClass {
        return $this->mirror->create_registration(
            $this->student,
            $fields + ['price' => '1714.4000', 'discountpercentage' => '12.5000', 'discountreason' => 'Sibling'],
            [['2026-02-01', '500.1000'], ['2026-05-01', '500.0000'], ['2026-09-01', '500.0000']],
        );
    }

    /**
     * Reads the figures of the finance card.
     *
     * @param DOMXPath $page the page
     * @return string[] values by label
     */
    private function figures(DOMXPath $page): array {
        $card = '//*[@id="local-student-dashboard-finance"]';
        return array_combine($this->texts($page, "$card//dt"), $this->texts($page, "$card//dd"));
    }

    /**
     * Reads the rows of a card's table.
     *
     * @param DOMXPath $page the page
     * @param string $card which card
     * @return string[][]
     */
    private function rows(DOMXPath $page, string $card): array {
        $rows = iterator_to_array($page->query("//*[@id='local-student-dashboard-$card']//tbody/tr"), false);
        return array_map(fn($row) => array_map($this->clean(...), iterator_to_array($page->query('th|td', $row), false)), $rows);
    }

    /**
     * Collects the ids of some nodes.
     *
     * @param DOMXPath $page the page
     * @param string $query which nodes
     * @return string[]
     */
    private function ids(DOMXPath $page, string $query): array {
        $nodes = iterator_to_array($page->query($query), false);
        return array_map(fn(\DOMElement $node): string => $node->getAttribute('id'), $nodes);
    }
}
