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

namespace local_zohosync\local\finance;

use local_zohosync\local\inbound\record_kind;
use local_zohosync\local\inbound\records as inbound;
use local_zohosync\local\inbound\students;

/**
 * What a student owes and has paid, from the records as the agent sends them.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\finance\summary
 * @covers \local_zohosync\local\finance\plan
 * @covers \local_zohosync\local\finance\records
 * @covers \local_zohosync\local\finance\account
 */
final class summary_test extends \advanced_testcase {
    /** @var string Registration of the student. */
    private const R1 = '5725767000000777001';
    /** @var string Another one. */
    private const R2 = '5725767000000777002';

    /** @var \local_zohosync_generator Makes rows. */
    private \local_zohosync_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        // Noon of a day in the site's zone.
        $noon = new \DateTimeImmutable('2026-05-10 12:00:00', \core_date::get_server_timezone_object());
        $this->mock_clock_with_frozen($noon->getTimestamp());
    }

    /**
     * Situations: registrations (with schedules), payments and the finance part, and what comes of them: of each account its
     * registration, currency, source, due, received, balance, overdue, next and its kinds of mismatches.
     *
     * @return array[]
     */
    public static function situations(): array {
        $half = [['2026-03-01', '500'], ['2026-09-01', '500']];
        return [
            'nothing' => [[], [], [], []],
            'nothing paid, price only' => [[[self::R1, []]], [], [], [
                [self::R1, 'JOD', 'price', '1000.00', '0.00', '1000.00', '0.00', null, ''],
            ]],
            'price less discount' => [[[self::R1, ['price' => '999.99', 'discountpercentage' => '33.3']]], [], [], [
                [self::R1, 'JOD', 'price', '666.9933', '0.00', '666.9933', '0.00', null, ''],
            ]],
            'no price at all' => [[[self::R1, ['price' => '']]], [['10', []]], [], [
                [self::R1, 'JOD', '', null, '10.00', null, '0.00', null, ''],
            ]],
            'impossible discount' => [[[self::R1, ['discountpercentage' => '120']]], [['10', []]], [], [
                [self::R1, 'JOD', '', null, '10.00', null, '0.00', null, 'discount'],
            ]],
            'schedule, first instalment late' => [[[self::R1, [], $half]], [], [], [
                [self::R1, 'JOD', 'schedule', '1000.00', '0.00', '1000.00', '500.00', '2026-09-01', ''],
            ]],
            'partly paid' => [[[self::R1, [], $half]], [['100.10', []], ['200.20', []]], [], [
                [self::R1, 'JOD', 'schedule', '1000.00', '300.30', '699.70', '199.70', '2026-09-01', ''],
            ]],
            'due today is not overdue' => [[[self::R1, [], [['2026-05-10', '400'], ['2026-05-09', '600']]]], [], [], [
                [self::R1, 'JOD', 'schedule', '1000.00', '0.00', '1000.00', '600.00', '2026-05-10', ''],
            ]],
            'the earliest is paid first, one without a day last' => [
                [[self::R1, [], [['', '300'], ['2026-09-01', '300'], ['2026-03-01', '400']]]], [['500', []]], [], [
                    [self::R1, 'JOD', 'schedule', '1000.00', '500.00', '500.00', '0.00', '2026-09-01', ''],
                ],
            ],
            'overpaid' => [[[self::R1, [], $half]], [['1000.50', []]], [], [
                [self::R1, 'JOD', 'schedule', '1000.00', '1000.50', '-0.50', '0.00', null, ''],
            ]],
            'refund' => [[[self::R1, [], $half]], [['1000', []], ['-0.10', []]], [], [
                [self::R1, 'JOD', 'schedule', '1000.00', '999.90', '0.10', '0.00', '2026-09-01', ''],
            ]],
            'more refunded than paid' => [[[self::R1, [], $half]], [['-10', []]], [], [
                [self::R1, 'JOD', 'schedule', '1000.00', '-10.00', '1010.00', '500.00', '2026-09-01', ''],
            ]],
            'void, deleted, of another type, without amount' => [[[self::R1, [], $half]], [
                ['1', ['accepted' => 0]], ['2', ['deleted' => 1]], ['4', ['type' => 'Books Fees']], ['', []], ['8', []],
            ], [], [
                [self::R1, 'JOD', 'schedule', '1000.00', '8.00', '992.00', '492.00', '2026-09-01', ''],
            ]],
            'two currencies' => [[[self::R1, [], $half]], [['100', []], ['100', ['currency' => 'USD']]], [], [
                [self::R1, 'JOD', 'schedule', '1000.00', '100.00', '900.00', '400.00', '2026-09-01', ''],
                [self::R1, 'USD', '', null, '100.00', null, '0.00', null, 'currency'],
            ]],
            'currency unknown is not its registration\'s' => [[[self::R1, []]], [['100', ['currency' => '']]], [], [
                [self::R1, 'JOD', 'price', '1000.00', '0.00', '1000.00', '0.00', null, ''],
                [self::R1, '', '', null, '100.00', null, '0.00', null, 'currency'],
            ]],
            'payment before its registration' => [[], [['100', ['registrationid' => self::R1]]], [], [
                ['', 'JOD', '', null, '100.00', null, '0.00', null, ''],
            ]],
            'payment of a deleted registration' => [[[self::R1, ['deleted' => 1]]], [['100', []]], [], [
                ['', 'JOD', '', null, '100.00', null, '0.00', null, ''],
            ]],
            'payment for no registration' => [[[self::R1, []]], [['100', ['registrationid' => '']]], [], [
                [self::R1, 'JOD', 'price', '1000.00', '0.00', '1000.00', '0.00', null, ''],
                ['', 'JOD', '', null, '100.00', null, '0.00', null, ''],
            ]],
            'payment that names its registration only' => [[[self::R1, []]], [['100', ['studentid' => '']]], [], [
                [self::R1, 'JOD', 'price', '1000.00', '100.00', '900.00', '0.00', null, ''],
            ]],
            'two registrations' => [
                [[self::R2, ['registrationdate' => '2026-02-01', 'price' => '50']], [self::R1, [], $half]],
                [['100', []], ['50', ['registrationid' => self::R2]]], [], [
                    [self::R1, 'JOD', 'schedule', '1000.00', '100.00', '900.00', '400.00', '2026-09-01', ''],
                    [self::R2, 'JOD', 'price', '50.00', '50.00', '0.00', '0.00', null, ''],
                ],
            ],
            'eight instalments instead of a schedule' => [
                [[self::R1, ['price' => '900']]], [['500', []]],
                ['JOD', [1 => ['2026-03-01', '400'], 8 => ['2026-09-01', '500']]], [
                    [self::R1, 'JOD', 'installments', '900.00', '500.00', '400.00', '0.00', '2026-09-01', ''],
                ],
            ],
            'eight instalments count once, for the newest without a schedule' => [
                [[self::R1, []], [self::R2, ['registrationdate' => '2026-02-01', 'price' => '400']]], [],
                ['JOD', [1 => ['2026-03-01', '400']]], [
                    [self::R1, 'JOD', 'price', '1000.00', '0.00', '1000.00', '0.00', null, ''],
                    [self::R2, 'JOD', 'installments', '400.00', '0.00', '400.00', '400.00', null, ''],
                ],
            ],
            'eight instalments of another currency' => [[[self::R1, []]], [], ['USD', [1 => ['2026-03-01', '400']]], [
                [self::R1, 'JOD', 'price', '1000.00', '0.00', '1000.00', '0.00', null, ''],
                ['', 'USD', 'installments', '400.00', '0.00', '400.00', '400.00', null, ''],
            ]],
            'eight instalments without a registration' => [[], [['100', []]], ['JOD', [1 => ['2026-03-01', '400']]], [
                ['', 'JOD', 'installments', '400.00', '100.00', '300.00', '300.00', null, ''],
            ]],
            'schedule and eight instalments disagree' => [[[self::R1, [], $half]], [], ['JOD', [1 => ['2026-03-01', '400']]], [
                [self::R1, 'JOD', 'schedule', '1000.00', '0.00', '1000.00', '500.00', '2026-09-01', 'installments'],
            ]],
            'schedule and price disagree' => [[[self::R1, ['price' => '1000.0001'], $half]], [], [], [
                [self::R1, 'JOD', 'schedule', '1000.00', '0.00', '1000.00', '500.00', '2026-09-01', 'price'],
            ]],
            'schedule and price less discount agree' => [
                [[self::R1, ['price' => '1250', 'discountpercentage' => '20'], $half]], [], [], [
                    [self::R1, 'JOD', 'schedule', '1000.00', '0.00', '1000.00', '500.00', '2026-09-01', ''],
                ],
            ],
            'remaining agrees' => [[[self::R1, ['remaining' => '900.0']]], [['100', []]], [], [
                [self::R1, 'JOD', 'price', '1000.00', '100.00', '900.00', '0.00', null, ''],
            ]],
            'remaining disagrees' => [[[self::R1, ['remaining' => '1000']]], [['100', []]], [], [
                [self::R1, 'JOD', 'price', '1000.00', '100.00', '900.00', '0.00', null, 'remaining'],
            ]],
            'a credit in the schedule' => [
                [[self::R1, [], [['2026-03-01', '600'], ['2026-09-01', '500'], ['', '-100']]]], [], [], [
                    [self::R1, 'JOD', 'schedule', '1000.00', '0.00', '1000.00', '500.00', '2026-09-01', ''],
                ],
            ],
            'sums that floating point gets wrong' => [
                [[self::R1, ['price' => '0.3'], [['2026-03-01', '0.1'], ['2026-04-01', '0.2']]]], [['0.1', []], ['0.2', []]], [], [
                    [self::R1, 'JOD', 'schedule', '0.30', '0.30', '0.00', '0.00', null, ''],
                ],
            ],
        ];
    }

    /**
     * What comes of each situation.
     *
     * @param array[] $registrations
     * @param array[] $payments
     * @param array $finance
     * @param array[] $expected
     * @dataProvider situations
     */
    public function test_situation(array $registrations, array $payments, array $finance, array $expected): void {
        [$userid, $studentid] = $this->student();
        $this->send($studentid, $registrations, $payments, $finance);
        $this->assertSame($expected, array_map([self::class, 'told'], summary::of_student($userid)));
    }

    /**
     * A payment moves to its registration when that arrives; a changed schedule changes what is due, lines that went are gone.
     */
    public function test_later_changes(): void {
        [$userid, $studentid] = $this->student();
        $this->send($studentid, [], [['100', []]], []);
        $accounts = fn() => array_map([self::class, 'told'], summary::of_student($userid));
        $this->assertSame([['', 'JOD', '', null, '100.00', null, '0.00', null, '']], $accounts());
        $schedule = [['2026-03-01', '500'], ['2026-09-01', '500']];
        $this->send($studentid, [[self::R1, [], $schedule]], [], []);
        $this->assertSame(
            [[self::R1, 'JOD', 'schedule', '1000.00', '100.00', '900.00', '400.00', '2026-09-01', '']],
            $accounts()
        );
        $changed = [self::R1, ['sourcetime' => 1001, 'price' => '700'], [['2026-06-01', '700']]];
        $this->send($studentid, [$changed], [], []);
        $this->assertSame(
            [[self::R1, 'JOD', 'schedule', '700.00', '100.00', '600.00', '0.00', '2026-06-01', '']],
            $accounts()
        );
    }

    /**
     * Instalments and payments tell what a page shows; other payments and void ones are listed apart.
     */
    public function test_details(): void {
        [$userid, $studentid] = $this->student();
        $schedule = [['2026-09-01', '500'], ['2026-03-01', '500', 'Paid', '2026-03-02']];
        $this->send($studentid, [[self::R1, [], $schedule]], [
            ['20', ['type' => 'Books Fees', 'number' => 'P3']],
            ['600', ['number' => 'P2', 'paymentdate' => '2026-03-02', 'voucher' => 'V', 'method' => 'Cash', 'installmentno' => 1]],
            ['5', ['number' => 'P1', 'paymentdate' => '2026-03-01', 'accepted' => 0]],
        ], []);
        [$account] = summary::of_student($userid);
        $this->assertSame([['2026-03-01', 'paid', '0.00'], ['2026-09-01', 'open', '400.00']], array_map(
            fn($one) => [$one->duedate, $one->state, $one->open->text()],
            $account->installments
        ));
        $this->assertSame($account->installments[1], $account->next);
        [$first] = $account->installments;
        $this->assertSame([2, 'Paid', '2026-03-02'], [$first->number, $first->status, $first->paiddate]);
        $this->assertSame([['P1', false, false], ['P2', true, true]], array_map(
            fn($one) => [$one->number, $one->accepted, $one->counts],
            $account->payments
        ));
        $paid = $account->payments[1];
        $this->assertSame(['V', 'Cash', 1, '600.00'], [
            $paid->voucher, $paid->method, $paid->installmentno, $paid->amount->text(),
        ]);
        $this->assertSame(['P3'], array_column($account->others, 'number'));
        $this->assertFalse($account->others[0]->counts);
    }

    /**
     * Nobody sees another student's money; many students cost the same few queries as one.
     */
    public function test_students_apart(): void {
        global $DB;
        $people = [$this->student(), $this->student(), $this->student()];
        foreach ($people as $index => [, $studentid]) {
            $registration = [substr(self::R1, 0, -1) . ($index + 5), ['price' => (string) ($index + 1)]];
            $this->send($studentid, [$registration], [['0.5', ['registrationid' => $registration[0]]]], []);
        }
        $cost = function (array $userids) use ($DB): array {
            $reads = $DB->perf_get_reads();
            $accounts = summary::of_students($userids);
            return [$DB->perf_get_reads() - $reads, $accounts];
        };
        [$one] = $cost([$people[0][0]]);
        [$many, $accounts] = $cost(array_column($people, 0));
        $this->assertSame($one, $many);
        $this->assertSame(['1.00', '2.00', '3.00'], array_map(fn($person) => $accounts[$person[0]][0]->due->text(), $people));
        $this->assertSame([1, 1, 1], array_values(array_map('count', $accounts)));
        $this->assertSame([], summary::of_student((int) get_admin()->id));
    }

    /**
     * Sums beyond any real one are told as exactly as others, and nobody else's account suffers from them.
     */
    public function test_sums_beyond_measure(): void {
        [$userid, $studentid] = $this->student();
        $payments = array_fill(0, 20, ['99999999999999.9999', ['registrationid' => self::R1]]);
        $this->send($studentid, [[self::R1, ['price' => '99999999999999.9999']]], $payments, []);
        [$otherid, $other] = $this->student();
        $this->send($other, [[self::R2, ['price' => '7']]], [], []);
        $accounts = summary::of_students([$userid, $otherid]);
        $this->assertSame(['1999999999999999.998', '-1899999999999999.9981'], [
            $accounts[$userid][0]->received->text(), $accounts[$userid][0]->balance->text(),
        ]);
        $this->assertSame('7.00', $accounts[$otherid][0]->due->text());
    }

    /**
     * The student's eight instalments tell their invoices.
     */
    public function test_invoices(): void {
        [$userid, $studentid] = $this->student();
        $this->send($studentid, [], [], ['JOD', [1 => ['2026-03-01', '500', 'INV-7'], 3 => ['2026-09-01', '250']]]);
        [$account] = summary::of_student($userid);
        $this->assertSame([[1, 'INV-7', '500.00'], [3, '', '250.00']], array_map(
            fn($one) => [$one->number, $one->invoice, $one->amount->text()],
            $account->installments
        ));
    }

    /**
     * A linked student.
     *
     * @return array user id and record id in Zoho
     */
    private function student(): array {
        $row = $this->generator->student_row();
        return [(new students([$row]))->upsert()[0]['moodleid'], $row['zohoid']];
    }

    /**
     * Send a student's records as the agent does.
     *
     * @param string $studentid
     * @param array[] $registrations record id, fields and lines (day and amount)
     * @param array[] $payments amount and fields
     * @param array $finance currency, and instalments (day and amount) by number
     */
    private function send(string $studentid, array $registrations, array $payments, array $finance): void {
        $batches = ['registration' => [], 'payment' => [], 'finance' => []];
        foreach ($registrations as $registration) {
            [$zohoid, $fields, $lines] = $registration + [2 => []];
            $schedule = [];
            foreach ($lines as $place => $line) {
                [$day, $amount, $status, $paiddate] = $line + [2 => '', 3 => ''];
                $schedule[] = [
                    'zohoid' => $this->generator->zohoid(), 'number' => $place + 1, 'duedate' => $day, 'amount' => $amount,
                    'status' => $status, 'paiddate' => $paiddate,
                ];
            }
            $batches['registration'][] = ['zohoid' => $zohoid, 'schedule' => $schedule] + $fields + ['studentid' => $studentid];
        }
        foreach ($payments as [$amount, $fields]) {
            $batches['payment'][] = $fields + ['amount' => $amount, 'studentid' => $studentid, 'registrationid' => self::R1];
        }
        if ($finance) {
            $lines = [];
            foreach ($finance[1] as $number => $line) {
                [$day, $amount, $invoice] = $line + [2 => ''];
                $lines[] = [
                    'number' => $number, 'amount' => $amount, 'duedate' => $day, 'invoice' => $invoice, 'invoicedate' => '',
                ];
            }
            $batches['finance'][] = ['zohoid' => $studentid, 'currency' => $finance[0], 'installments' => $lines];
        }
        foreach ($batches as $entity => $rows) {
            foreach ($rows as $fields) {
                $row = $this->generator->record_row($entity, ['deleted' => 0] + $fields);
                $sent = [$row];
                if (!empty($fields['deleted'])) {
                    $sent[] = ['deleted' => 1] + $row;
                }
                $results = (new inbound(record_kind::of($entity), $sent))->upsert();
                $this->assertSame([''], array_unique(array_column($results, 'message')));
            }
        }
    }

    /**
     * What an account says.
     *
     * @param account $account
     * @return array
     */
    private static function told(account $account): array {
        return [
            $account->registrationid, $account->currency, $account->source, $account->due?->text(), $account->received->text(),
            $account->balance?->text(), $account->overdue->text(), $account->next?->duedate,
            implode(' ', array_column($account->mismatches, 'kind')),
        ];
    }
}
