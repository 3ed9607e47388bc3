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

declare(strict_types=1);

namespace local_student_dashboard\reportbuilder;

use core\context\system;
use core\context\user as user_context;
use core_reportbuilder\exception\report_access_exception;
use core_reportbuilder\external\systemreports\retrieve;
use core_reportbuilder\local\helpers\user_filter_manager;
use core_reportbuilder\manager;
use core_reportbuilder\system_report_factory;
use core_reportbuilder\table\system_report_table;
use core_reportbuilder\table\system_report_table_filterset;
use core_table\local\filter\integer_filter;
use core_table\local\filter\string_filter;
use local_student_dashboard\reportbuilder\local\entities\payment;
use local_student_dashboard\reportbuilder\local\systemreports\payments;
use local_zohosync\local\agent_settings;
use stdClass;

#[\PHPUnit\Framework\Attributes\CoversClass(payments::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(payment::class)]
/**
 * Tests of the list of payments, as its web services give it.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\reportbuilder\local\systemreports\payments
 * @covers     \local_student_dashboard\reportbuilder\local\entities\payment
 */
final class payments_test extends \advanced_testcase {
    /** @var stdClass The student's account. */
    private stdClass $user;

    /** @var stdClass Her row in the mirror. */
    private stdClass $student;

    /** @var stdClass Another student's account. */
    private stdClass $other;

    /** @var \local_student_dashboard_generator Makes rows of the mirror. */
    private \component_generator_base $mirror;

    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->mirror = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $this->user = $this->getDataGenerator()->create_user();
        $this->student = $this->mirror->create_student((int) $this->user->id);
        $this->other = $this->getDataGenerator()->create_user();
        $other = $this->mirror->create_student((int) $this->other->id, ['displayname' => 'Omar Said']);
        $this->mirror->create_payment($other, '999.0000', ['voucher' => 'V-OTHER']);
        $this->setUser($this->user);
    }

    /**
     * Everything about a payment, the newest first; amounts exact.
     */
    public function test_columns(): void {
        $registration = $this->mirror->create_registration($this->student);
        $this->mirror->create_payment($this->student, '1234.5000', ['registrationid' => $registration->zohoid]);
        $this->mirror->create_payment($this->student, '12345678901.2345', [
            'paymentdate' => '2026-03-01', 'method' => 'Bank', 'currency' => 'EUR', 'voucher' => '', 'number' => 'P-7',
            'type' => 'Books Fees', 'accepted' => 0,
        ]);
        $this->mirror->create_payment($this->student, '-20.0000', ['paymentdate' => '2026-02-20', 'type' => '', 'method' => '']);

        $this->assertSame([
            ['1 March 2026', 'Books fees', '', 'Bank', 'P-7', 'EUR 12,345,678,901.2345', 'Void or not confirmed: does not count'],
            ['20 February 2026', 'Payment', '', '', 'V100001', '-USD 20.00', 'Refund'],
            ['1 February 2026', 'Study fees', 'Level 5 Computing', 'Cash', 'V100001', 'USD 1,234.50', 'Received'],
        ], $this->rows());
    }

    /**
     * Values from Zoho are text, never markup.
     */
    public function test_values_are_text(): void {
        $hostile = '<img src=x onerror=alert(1)>';
        $registration = $this->mirror->create_registration($this->student, ['programname' => $hostile]);
        $this->mirror->create_payment($this->student, '1.0000', [
            'registrationid' => $registration->zohoid, 'type' => $hostile, 'method' => $hostile, 'voucher' => $hostile,
            'paymentdate' => '<b>2026',
        ]);
        $table = $this->table();
        $this->assertStringNotContainsString('<img', $table);
        $this->assertStringNotContainsString('<b>2026', $table);
        $this->assertSame(4, substr_count($table, s($hostile)));
    }

    /**
     * A payment belongs to the student whom it names; one that names nobody to the student of its registration.
     */
    public function test_whose_payments(): void {
        global $DB;
        $own = $this->mirror->create_registration($this->student);
        $foreign = $this->mirror->create_registration(
            $DB->get_record('local_zohosync_student', ['userid' => $this->other->id]),
            ['programname' => 'Level 3 Arts'],
        );
        $pay = fn(string $voucher, array $fields): stdClass => $this->mirror->create_payment(
            $this->student,
            '1.0000',
            $fields + ['voucher' => $voucher],
        );
        $pay('own', ['registrationid' => $own->zohoid]);
        $pay('of her registration', ['studentid' => '', 'registrationid' => $own->zohoid]);
        $pay('of no registration', []);
        $pay('hers, of a foreign registration', ['registrationid' => $foreign->zohoid]);
        $pay('deleted', ['deleted' => 1]);
        $pay('of nobody', ['studentid' => '']);
        $pay('of a foreign registration', ['studentid' => '', 'registrationid' => $foreign->zohoid]);

        $vouchers = fn(): array => array_column($this->rows(), 4);
        $this->assertEqualsCanonicalizing(
            ['own', 'of her registration', 'of no registration', 'hers, of a foreign registration'],
            $vouchers(),
        );
        $this->assertNotContains('Level 3 Arts', array_column($this->rows(), 2), 'nothing of another student is told');

        $DB->set_field('local_zohosync_registration', 'deleted', 1, ['id' => $own->id]);
        $this->assertNotContains('of her registration', $vouchers());
    }

    /**
     * Nobody gets the payments of another student by asking for them, whatever way of asking.
     */
    public function test_foreign_payments_are_refused(): void {
        foreach ([$this->other->id, '999999', 'x' . $this->other->id . '0', -1] as $userid) {
            foreach (['retrieve' => $this->rows(...), 'table' => $this->table(...)] as $way => $ask) {
                try {
                    $this->assertStringNotContainsString('V-OTHER', json_encode($ask(['userid' => $userid])), "$way $userid");
                    $this->assertNotEquals($this->other->id, $userid, "$way was not refused");
                } catch (report_access_exception $e) {
                    $this->assertNotSame('', $e->getMessage());
                }
            }
        }
    }

    /**
     * A parameter other than a number means oneself.
     */
    public function test_odd_parameters(): void {
        $this->mirror->create_payment($this->student, '5.0000', ['voucher' => 'V-OWN']);
        foreach ([[], ['userid' => 0], ['userid' => ''], ['userid' => 'me'], ['user' => $this->other->id]] as $parameters) {
            $this->assertSame(['V-OWN'], array_column($this->rows($parameters), 4));
        }
    }

    /**
     * Staff needs both capabilities in the student's context.
     */
    public function test_staff(): void {
        $officer = $this->getDataGenerator()->create_user();
        $context = user_context::instance($this->other->id);
        $role = $this->getDataGenerator()->create_role();
        role_assign($role, $officer->id, $context);
        $this->setUser($officer);
        $refused = function (): bool {
            try {
                return !$this->rows(['userid' => $this->other->id]);
            } catch (report_access_exception) {
                return true;
            }
        };
        $this->assertTrue($refused());
        assign_capability('local/student_dashboard:viewany', CAP_ALLOW, $role, $context);
        $this->assertTrue($refused());
        assign_capability('local/student_dashboard:viewanyfinance', CAP_ALLOW, $role, $context);
        $this->assertSame(['V-OTHER'], array_column($this->rows(['userid' => $this->other->id]), 4));
        assign_capability('local/student_dashboard:viewany', CAP_PREVENT, $role, $context, true);
        $this->assertTrue($refused());
    }

    /**
     * Whoever is logged in as the student, a guest, and whoever may not see her own money see nothing.
     */
    public function test_nobody_else(): void {
        global $DB;
        $tries = [
            'guest' => fn() => $this->setGuestUser(),
            'logged out' => fn() => $this->setUser(null),
            'logged in as' => function (): void {
                $this->setAdminUser();
                \core\session\manager::loginas($this->user->id, system::instance());
            },
            'without the capability' => function () use ($DB): void {
                $this->setUser($this->user);
                $user = $DB->get_field('role', 'id', ['shortname' => 'user']);
                assign_capability('local/student_dashboard:viewfinance', CAP_PROHIBIT, $user, system::instance(), true);
            },
        ];
        foreach ($tries as $who => $become) {
            $become();
            try {
                $this->report(['userid' => $this->user->id]);
                $this->fail("$who saw the payments");
            } catch (report_access_exception $e) {
                $this->assertNotSame('', $e->getMessage());
            }
        }
    }

    /**
     * Where the college hides the payments their list is hidden as well.
     */
    public function test_hidden(): void {
        $this->assertSame([], $this->rows());
        agent_settings::put('student_dashboard.visibility', '{"payments": false}');
        $this->expectException(report_access_exception::class);
        $this->rows();
    }

    /**
     * Each filter leaves what it names; its values are those that occur.
     *
     * @param string $filter its name
     * @param string|int $value what to keep
     * @param string[] $expected vouchers
     * @dataProvider filters
     */
    #[\PHPUnit\Framework\Attributes\DataProvider('filters')]
    public function test_filters(string $filter, string|int $value, array $expected): void {
        $pay = fn(string $voucher, array $fields): stdClass => $this->mirror->create_payment(
            $this->student,
            '1.0000',
            $fields + ['voucher' => $voucher],
        );
        $pay('usual', []);
        $pay('book', ['type' => 'Books Fees']);
        $pay('bank', ['method' => 'Bank']);
        $pay('euro', ['currency' => 'EUR']);
        $pay('old', ['paymentdate' => '2025-12-31']);
        $pay('undated', ['paymentdate' => '']);
        $pay('void', ['accepted' => 0]);
        $report = $this->report();
        $options = $report->get_filters()["payment:$filter"]->get_options();
        $this->assertArrayHasKey($value, $options);
        $this->assertArrayNotHasKey('', $options);
        $this->assertCount(2, $options);

        user_filter_manager::set($report->get_report_persistent()->get('id'), [
            "payment:{$filter}_operator" => 1,
            "payment:{$filter}_value" => $value,
        ]);
        $this->assertSame($expected, array_column($this->rows(), 4));
    }

    /**
     * Filters.
     *
     * @return array[]
     */
    public static function filters(): array {
        return [
            'type' => ['type', 'Books Fees', ['book']],
            'method' => ['method', 'Bank', ['bank']],
            'currency' => ['currency', 'EUR', ['euro']],
            'year' => ['year', '2025', ['old']],
            'state' => ['state', 0, ['void']],
        ];
    }

    /**
     * The list can be downloaded, and looked through in a few queries.
     */
    public function test_download_and_cost(): void {
        global $DB;
        for ($i = 0; $i < 40; $i++) {
            $this->mirror->create_payment($this->student, '1.0000');
        }
        $this->assertTrue($this->report()->can_be_downloaded());
        $this->table();
        $before = $DB->perf_get_reads();
        $this->table();
        $this->assertLessThanOrEqual(8, $DB->perf_get_reads() - $before);
    }

    /**
     * What does not count looks so.
     */
    public function test_void_row(): void {
        $this->mirror->create_payment($this->student, '1.0000', ['accepted' => 0]);
        $this->assertStringContainsString('local-student-dashboard-voidrow', $this->table());
        $this->setUser($this->other);
        $this->assertStringNotContainsString('local-student-dashboard-voidrow', $this->table());
    }

    /**
     * Makes the report.
     *
     * @param array $parameters of the report
     * @return payments
     */
    private function report(array $parameters = []): payments {
        return system_report_factory::create(payments::class, system::instance(), '', '', 0, $parameters);
    }

    /**
     * Asks the web service for the rows.
     *
     * @param array $parameters of the report
     * @return string[][] texts of the columns
     */
    private function rows(array $parameters = []): array {
        $given = array_map(
            fn(string $name, mixed $value): array => ['name' => $name, 'value' => (string) $value],
            array_keys($parameters),
            $parameters,
        );
        $answer = retrieve::execute(payments::class, ['contextlevel' => 'system'], '', '', 0, $given, 0, 100);
        return array_map(fn(array $row): array => array_map(
            fn(string $cell): string => html_entity_decode(strip_tags(str_replace("\u{a0}", ' ', $cell)), ENT_QUOTES),
            array_values($row['columns']),
        ), array_map(fn($row): array => (array) $row, $answer['data']['rows']));
    }

    /**
     * Loads the table the way the page does when one turns to the next page.
     *
     * @param array $parameters of the report
     * @return string HTML
     */
    private function table(array $parameters = []): string {
        global $PAGE;
        // The report is known by number; its parameters come from the browser, in a request of its own.
        $report = $this->report();
        manager::reset_caches();
        $number = (int) $report->get_report_persistent()->get('id');
        $filters = new system_report_table_filterset();
        $filters->add_filter(new integer_filter('reportid', null, [$number]));
        $filters->add_filter(new string_filter('parameters', null, [json_encode($parameters)]));
        $PAGE->set_url('/');
        $table = system_report_table::create($number, $parameters);
        $table->set_filterset($filters);
        return $PAGE->get_renderer('core_reportbuilder')->render($table);
    }
}
