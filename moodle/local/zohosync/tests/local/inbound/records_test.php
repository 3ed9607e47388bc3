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

namespace local_zohosync\local\inbound;

/**
 * Records that have no counterpart of their own: kept as Zoho holds them, their lists row by row.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\inbound\records
 * @covers \local_zohosync\local\inbound\record_kind
 * @covers \local_zohosync\local\inbound\record_list
 * @covers \local_zohosync\local\inbound\record_fields
 */
final class records_test extends \advanced_testcase {
    /** @var \local_zohosync_generator Makes rows. */
    private \local_zohosync_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->preventResetByRollback();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
    }

    /**
     * Of every kind: a record with something in every field, and rows of its list.
     *
     * @return array[]
     */
    public static function kinds(): array {
        $student = '5725767000000999001';
        return [
            'unit' => ['unit', [
                'name' => 'Unit 4', 'code' => 'H/1', 'number' => '4', 'level' => 'Level 4', 'major' => 'Computing',
                'credit' => '15', 'programid' => '5725767000000999002',
            ], [
                ['shortname' => 'P1', 'description' => trim(str_repeat('Long text. ', 100))],
                ['shortname' => 'M1', 'description' => 'ميم'],
            ]],
            'registration' => ['registration', [
                'number' => 'R1', 'studentid' => $student, 'programid' => '', 'programname' => 'Level 5', 'status' => 'Active',
                'registrationdate' => '2026-01-05', 'currency' => 'JOD', 'price' => '123456789012.3456',
                'discountpercentage' => '12.5', 'discountreason' => 'Sister', 'remaining' => '-0.10', 'studymode' => 'Full time',
                'studylanguage' => 'English', 'intake' => 'Jan',
            ], [
                ['zohoid' => '5725767000000999011', 'number' => 1, 'duedate' => '2026-02-01', 'amount' => '500.005', 'status' => '',
                    'paiddate' => ''],
                ['zohoid' => '5725767000000999012', 'number' => 2, 'duedate' => '', 'amount' => '', 'status' => 'Paid',
                    'paiddate' => '2026-03-01'],
            ]],
            'payment' => ['payment', [
                'number' => 'P7', 'studentid' => $student, 'registrationid' => '5725767000000999003', 'currency' => 'USD',
                'amount' => '-0.10', 'originalcurrency' => 'JOD', 'originalamount' => '99999999999999.9999',
                'type' => 'Study Fees', 'paymentdate' => '2026-02-01', 'method' => 'Cash', 'voucher' => 'V1',
                'accepted' => 1, 'installmentno' => 3,
            ], []],
            'finance' => ['finance', [
                'currency' => 'JOD', 'scholarship' => 'Full-Scholarship', 'scholarshipreason' => str_repeat('r', 300),
                'scholarshippercentage' => '50', 'transferredcurrency' => 'USD', 'transferred' => '10.5', 'method' => 'Bank',
                'mode' => 'Monthly', 'bankname' => 'Bank', 'bankholder' => 'A. Holder', 'registrationfees' => '25',
                'registrationinvoice' => 'I1', 'total' => '1000', 'discount' => '0',
            ], [[
                'number' => 8, 'amount' => '1.0001', 'duedate' => '2026-09-01', 'invoice' => 'I8',
                'invoicedate' => '2026-08-30',
            ]]],
            'result' => ['result', [
                'studentid' => $student, 'classid' => '', 'unitname' => 'Unit 4', 'name' => 'A1', 'letter' => 'M',
                'gradestatus' => 'Released', 'attempt' => 2, 'attemptdate' => '2026-05-05', 'feedback' => str_repeat('f', 2000),
                'grader' => 'G. Rader', 'verifier' => '',
            ], []],
        ];
    }

    /**
     * Every field is stored as it was sent, amounts to the last digit; the same again writes nothing.
     *
     * @param string $entity
     * @param array $fields
     * @param array[] $lines
     * @dataProvider kinds
     */
    public function test_every_field(string $entity, array $fields, array $lines): void {
        global $DB;
        $kind = record_kind::of($entity);
        $row = $this->row($entity, $fields, $lines);
        $result = $this->one($entity, $row);
        $stored = $this->stored($entity, $row['zohoid']);
        $this->assertSame(['created', (int) $stored->id], [$result['status'], $result['moodleid']], $result['message']);
        $this->assert_holds($kind->fields, $fields, $stored);
        $this->assertEquals([1000, $row['changehash'], 0], [$stored->sourcetime, $stored->changehash, $stored->deleted]);
        $this->assertSame(count($lines), count($kind->list ? $this->lines($entity, $row['zohoid']) : []));
        foreach ($lines as $line) {
            $this->assert_holds($kind->list->fields, $line, $this->lines($entity, $row['zohoid'])[$line[$kind->list->key]]);
        }
        $writes = $DB->perf_get_writes();
        $this->assertSame(['unchanged', (int) $stored->id], array_values(
            array_intersect_key($this->one($entity, $row), ['status' => 1, 'moodleid' => 1])
        ));
        $this->assertSame($writes, $DB->perf_get_writes());
    }

    /**
     * A value that was cleared in Zoho is cleared here: amounts and references become nothing, not 0.
     */
    public function test_cleared(): void {
        [, $fields, $lines] = self::kinds()['registration'];
        $row = $this->row('registration', $fields, $lines);
        $this->one('registration', $row);
        $empty = array_fill_keys(array_keys($fields), '');
        $later = $this->row('registration', $empty + ['zohoid' => $row['zohoid'], 'sourcetime' => 1001], []);
        $this->assertSame('updated', $this->one('registration', $later)['status']);
        $stored = $this->stored('registration', $row['zohoid']);
        $this->assertSame([null, null, null, '', '', ''], [
            $stored->price, $stored->discountpercentage, $stored->remaining, $stored->studentid, $stored->currency, $stored->number,
        ]);
        $this->assertSame([], $this->lines('registration', $row['zohoid']));
    }

    /**
     * Lines keep their rows: changed in place, added, removed; those that are as they were are not touched.
     */
    public function test_lines_in_place(): void {
        global $DB;
        [, $fields, $lines] = self::kinds()['registration'];
        $third = ['zohoid' => '5725767000000999013', 'number' => 3, 'amount' => '1'] + $lines[0];
        $row = $this->row('registration', $fields, [...$lines, $third]);
        $this->one('registration', $row);
        $before = $this->lines('registration', $row['zohoid']);
        $DB->set_field(mirror::INSTALLMENT, 'timemodified', 5);
        $fourth = ['zohoid' => '5725767000000999014', 'number' => 4] + $third;
        $later = ['sourcetime' => 1001, 'changehash' => md5('later'), 'schedule' => [
            $fourth, ['amount' => '600'] + $lines[0], $lines[1],
        ]] + $row;
        $this->assertSame('updated', $this->one('registration', $later)['status']);
        $after = $this->lines('registration', $row['zohoid']);
        [$first, $second, $new] = [$lines[0]['zohoid'], $lines[1]['zohoid'], $fourth['zohoid']];
        $this->assertEqualsCanonicalizing([$first, $second, $new], array_map('strval', array_keys($after)));
        $this->assertSame([$before[$first]->id, '600.0000'], [$after[$first]->id, $after[$first]->amount]);
        $this->assertNotEquals(5, $after[$first]->timemodified);
        $this->assertEquals([$before[$second]->id, 5], [$after[$second]->id, $after[$second]->timemodified]);
    }

    /**
     * Two registrations may hold rows with the same id; each keeps its own.
     */
    public function test_lines_belong_to_their_record(): void {
        [, $fields, $lines] = self::kinds()['registration'];
        [$one, $two] = [$this->row('registration', $fields, $lines), $this->row('registration', $fields, [$lines[0]])];
        $this->run_batch('registration', [$one, $two]);
        $this->one('registration', ['sourcetime' => 1001, 'changehash' => md5('x'), 'schedule' => []] + $two);
        $this->assertSame([2, 0], [
            count($this->lines('registration', $one['zohoid'])), count($this->lines('registration', $two['zohoid'])),
        ]);
    }

    /**
     * The order of a unit's criteria is kept.
     */
    public function test_criteria_order(): void {
        $criteria = array_map(fn($name) => ['shortname' => $name, 'description' => ''], ['P2', 'P1', 'D1']);
        $row = $this->row('unit', [], $criteria);
        $this->one('unit', $row);
        $places = fn() => array_map(fn($line) => (int) $line->sortorder, $this->lines('unit', $row['zohoid']));
        $this->assertEquals(['P2' => 1, 'P1' => 2, 'D1' => 3], $places());
        $this->one('unit', ['changehash' => md5('x'), 'criteria' => array_reverse($criteria)] + $row);
        $this->assertEquals(['P2' => 3, 'P1' => 2, 'D1' => 1], $places());
    }

    /**
     * Older is stale, the same is unchanged, and what Zoho merely touched takes its time.
     */
    public function test_order_of_events(): void {
        $row = $this->generator->record_row('payment', ['amount' => '1']);
        $this->one('payment', $row);
        $id = (int) $this->stored('payment', $row['zohoid'])->id;
        $result = $this->one('payment', ['sourcetime' => 999, 'amount' => '2', 'changehash' => md5('old')] + $row);
        $this->assertSame(['stale', $id], [$result['status'], $result['moodleid']]);
        $this->assertSame('1.0000', $this->stored('payment', $row['zohoid'])->amount);
        $this->assertSame('unchanged', $this->one('payment', ['sourcetime' => 1005] + $row)['status']);
        $this->assertEquals(1005, $this->stored('payment', $row['zohoid'])->sourcetime);
        $result = $this->one('payment', ['sourcetime' => 1005, 'amount' => '3', 'changehash' => md5('new')] + $row);
        $this->assertSame('updated', $result['status']);
        $this->assertSame('3.0000', $this->stored('payment', $row['zohoid'])->amount);
    }

    /**
     * A deleted record is marked, with its fields and lines as they were; it can come back.
     */
    public function test_deleted_and_restored(): void {
        [, $fields, $lines] = self::kinds()['registration'];
        $row = $this->row('registration', $fields, $lines);
        $gone = ['deleted' => 1, 'sourcetime' => 1001] + $this->row('registration', [], []);
        $this->assertSame('unchanged', $this->one('registration', $gone)['status']);
        $this->one('registration', $row);
        $gone = ['zohoid' => $row['zohoid'], 'currency' => '??', 'price' => 'none', 'changehash' => ''] + $gone;
        $this->assertSame(['updated', 'unchanged'], [
            $this->one('registration', $gone)['status'], $this->one('registration', $gone)['status'],
        ]);
        $stored = $this->stored('registration', $row['zohoid']);
        $this->assertEquals([1, 'JOD', '123456789012.3456', $row['changehash']], [
            $stored->deleted, $stored->currency, $stored->price, $stored->changehash,
        ]);
        $this->assertCount(2, $this->lines('registration', $row['zohoid']));
        $this->assertSame('stale', $this->one('registration', $row)['status']);
        $this->assertSame('updated', $this->one('registration', ['sourcetime' => 1002] + $row)['status']);
        $this->assertEquals(0, $this->stored('registration', $row['zohoid'])->deleted);
    }

    /**
     * Lines that somebody lost are told and mended by the same row.
     */
    public function test_lost_lines(): void {
        global $DB;
        [, $fields, $lines] = self::kinds()['registration'];
        $row = $this->row('registration', $fields, $lines);
        $this->one('registration', $row);
        $kind = record_kind::of('registration');
        $mirror = fn() => $DB->get_records(mirror::REGISTRATION);
        $this->assertSame([], records::differing($kind, $mirror()));
        $DB->delete_records(mirror::INSTALLMENT, ['zohoid' => $lines[1]['zohoid']]);
        $this->assertSame(['lines'], array_values(records::differing($kind, $mirror())));
        $this->assertSame('updated', $this->one('registration', $row)['status']);
        $this->assertCount(2, $this->lines('registration', $row['zohoid']));
        $this->assertSame([], records::differing($kind, $mirror()));
    }

    /**
     * A bad row costs itself: each says what is wrong with it, the others are written.
     */
    public function test_bad_rows(): void {
        $line = ['zohoid' => '5725767000000999011', 'number' => 1, 'amount' => '1'];
        $line += ['duedate' => '', 'status' => '', 'paiddate' => ''];
        $bad = [
            'amountinvalid' => ['price' => '1,000'], 'currencyinvalid' => ['currency' => 'jod'],
            'dateinvalid' => ['registrationdate' => '2026-02-30'], 'idinvalid' => ['studentid' => '12'],
            'hashinvalid' => ['changehash' => 'x'], 'valuetoolong' => ['intake' => str_repeat('x', 256)],
            'listkeyinvalid' => ['schedule' => [$line, $line]],
        ];
        $rows = [];
        foreach ($bad as $code => $fields) {
            $rows[] = $this->generator->record_row('registration', $fields);
            $rows[] = $this->generator->record_row('registration');
        }
        $rows[] = $this->generator->record_row('registration', ['schedule' => [['amount' => 'x'] + $line]]);
        $rows[] = $this->generator->record_row('registration', ['schedule' => [['zohoid' => ''] + $line]]);
        $results = $this->run_batch('registration', $rows);
        $this->assertSame(array_column($rows, 'zohoid'), array_column($results, 'zohoid'));
        $codes = [];
        foreach (array_keys($bad) as $code) {
            $codes = [...$codes, $code, ''];
        }
        $this->assertSame([...$codes, 'amountinvalid', 'listkeyinvalid'], array_column($results, 'errorcode'));
        foreach ($results as $result) {
            $this->assertSame($result['errorcode'] === '' ? 'created' : 'error', $result['status']);
            $this->assertSame($result['errorcode'] === '', $result['message'] === '');
        }
    }

    /**
     * A row that the database refuses costs itself, though a batch is written at once.
     */
    public function test_row_that_the_database_refuses(): void {
        global $DB;
        [, $fields, $lines] = self::kinds()['registration'];
        $rows = array_map(fn() => $this->row('registration', $fields, $lines), range(1, 3));
        $rows[1]['number'] = 'refused';
        $DB->execute("ALTER TABLE {" . mirror::REGISTRATION . "} ADD CONSTRAINT zs_refuses CHECK (number <> 'refused')");
        try {
            $results = $this->run_batch('registration', $rows);
        } finally {
            $DB->execute("ALTER TABLE {" . mirror::REGISTRATION . "} DROP CONSTRAINT zs_refuses");
        }
        $this->assertDebuggingCalled();
        $this->assertSame(['created', 'error', 'created'], array_column($results, 'status'));
        $this->assertSame([2, 0, 2], array_map(fn($row) => count($this->lines('registration', $row['zohoid'])), $rows));
    }

    /**
     * A record that comes twice in a batch ends as the later row says.
     */
    public function test_twice_in_a_batch(): void {
        $row = $this->generator->record_row('payment', ['amount' => '1']);
        $later = ['sourcetime' => 1001, 'amount' => '2', 'changehash' => md5('later')] + $row;
        $results = $this->run_batch('payment', [$row, $later, $row]);
        $this->assertSame(['created', 'updated', 'stale'], array_column($results, 'status'));
        $this->assertSame('2.0000', $this->stored('payment', $row['zohoid'])->amount);
    }

    /**
     * A batch costs the same few queries however long it is, and one write more for each record that changes.
     */
    public function test_cost(): void {
        global $DB;
        $cost = function (array $rows) use ($DB): array {
            [$reads, $writes] = [$DB->perf_get_reads(), $DB->perf_get_writes()];
            $this->run_batch('registration', $rows);
            return [$DB->perf_get_reads() - $reads, $DB->perf_get_writes() - $writes];
        };
        [, $fields, $lines] = self::kinds()['registration'];
        $batch = fn(int $count) => array_map(fn() => $this->row('registration', $fields, $lines), range(1, $count));
        [$few, $many] = [$batch(2), $batch(90)];
        // What Moodle knows of the tables is read once.
        $cost($batch(1));
        $this->assertSame($cost($few), $cost($many));
        [$reads, $writes] = $cost($many);
        $this->assertLessThanOrEqual(2, $reads);
        $this->assertSame(0, $writes);
    }

    /**
     * A record as the agent sends it.
     *
     * @param string $entity
     * @param array $fields
     * @param array[] $lines
     * @return array
     */
    private function row(string $entity, array $fields, array $lines): array {
        $list = record_kind::of($entity)->list;
        return $this->generator->record_row($entity, $fields + ($list ? [$list->field => $lines] : []));
    }

    /**
     * Does a stored row hold what was sent?
     *
     * @param record_fields $types
     * @param array $fields
     * @param \stdClass $stored
     */
    private function assert_holds(record_fields $types, array $fields, \stdClass $stored): void {
        $this->assertEqualsCanonicalizing(array_keys($types->types), array_keys($fields));
        foreach ($fields as $name => $value) {
            if ($types->types[$name] === record_fields::AMOUNT) {
                $this->assertSame(amount::require($value, $name), $stored->$name, $name);
            } else {
                $this->assertSame((string) $value, (string) $stored->$name, $name);
            }
        }
    }

    /**
     * The stored record.
     *
     * @param string $entity
     * @param string $zohoid
     * @return \stdClass
     */
    private function stored(string $entity, string $zohoid): \stdClass {
        global $DB;
        return $DB->get_record(record_kind::of($entity)->table, ['zohoid' => $zohoid], '*', MUST_EXIST);
    }

    /**
     * The stored lines of a record.
     *
     * @param string $entity
     * @param string $zohoid
     * @return \stdClass[] by key
     */
    private function lines(string $entity, string $zohoid): array {
        return record_kind::of($entity)->list->read([$zohoid])[$zohoid] ?? [];
    }

    /**
     * Carry out a batch.
     *
     * @param string $entity
     * @param array[] $rows
     * @return array[] results
     */
    private function run_batch(string $entity, array $rows): array {
        return (new records(record_kind::of($entity), $rows))->upsert();
    }

    /**
     * Carry out one row.
     *
     * @param string $entity
     * @param array $row
     * @return array result
     */
    private function one(string $entity, array $row): array {
        return $this->run_batch($entity, [$row])[0];
    }
}
