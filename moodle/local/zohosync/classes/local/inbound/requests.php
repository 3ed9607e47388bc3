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

use core\clock;
use core\di;

/**
 * Brings the answers to students' requests from Zoho, and the requests that were made there.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class requests {
    /** @var string[] Of a request that was raised in Moodle only these are Zoho's. */
    private const ANSWER = ['number', 'status', 'fees', 'currency'];

    /** @var mirror Requests that are known. */
    private readonly mirror $mirror;

    /** @var mirror Students of the batch. */
    private readonly mirror $students;

    /**
     * Read with two queries what a batch needs.
     *
     * @param array[] $rows requests as received
     */
    public function __construct(
        /** @var array[] requests as received */
        private readonly array $rows
    ) {
        $this->mirror = new mirror(mirror::REQUEST, array_column($rows, 'zohoid'));
        $this->students = new mirror(mirror::STUDENT, array_column($rows, 'studentid'));
    }

    /**
     * The fields of a request, except what every record has.
     *
     * @return record_fields
     */
    public static function fields(): record_fields {
        return new record_fields([
            'requestid' => record_fields::NUMBER,
            'number' => record_fields::TEXT,
            'studentid' => record_fields::REFERENCE,
            'type' => record_fields::TEXT,
            'status' => record_fields::TEXT,
            'reason' => record_fields::LONG,
            'requesttime' => record_fields::NUMBER,
            'fees' => record_fields::AMOUNT,
            'currency' => record_fields::CURRENCY,
        ]);
    }

    /**
     * Carry out the batch.
     *
     * @return array[] one result per row, in order
     */
    public function upsert(): array {
        $results = [];
        foreach ($this->rows as $row) {
            $results[] = row_runner::run($row['zohoid'], fn() => $this->upsert_row($row));
        }
        return $results;
    }

    /**
     * Carry out one row.
     *
     * @param array $row
     * @return array its result
     */
    private function upsert_row(array $row): array {
        $common = array_intersect_key($row, array_flip(['zohoid', 'sourcetime', 'changehash', 'deleted']));
        $common = record_cleaner::clean($common, []);
        $fields = $common['deleted'] ? [] : self::fields()->clean($row);
        $requestid = $fields['requestid'] ?? 0;
        unset($fields['requestid']);
        return $this->settled($common, $requestid) ?? row_runner::locked(
            ['request:' . $common['zohoid']],
            function () use ($common, $fields, $requestid): array {
                $this->mirror->refresh($common['zohoid']);
                return $this->settled($common, $requestid)
                    ?? row_runner::atomic(fn() => $this->write($common, $fields, $requestid));
            }
        );
    }

    /**
     * The result of a row of which nothing but Zoho's time has to be written.
     *
     * @param array $common what every record has
     * @param int $requestid its number in Moodle, 0 if it was not raised here
     * @return array|null null when there is work
     */
    private function settled(array $common, int $requestid): ?array {
        $zohoid = $common['zohoid'];
        $known = $this->mirror->get($zohoid);
        if (!$known) {
            return $common['deleted'] ? result::row($zohoid, result::UNCHANGED) : null;
        }
        if ((int) $known->sourcetime > $common['sourcetime']) {
            return result::row($zohoid, result::STALE, (int) $known->id);
        }
        $same = $common['deleted']
            ? (bool) $known->deleted
            : !$known->deleted && $known->changehash === $common['changehash']
                && in_array($requestid, [0, (int) $known->id], true);
        if (!$same) {
            return null;
        }
        $this->mirror->touch($known, $common['sourcetime']);
        return result::row($zohoid, result::UNCHANGED, (int) $known->id);
    }

    /**
     * Write one request. Runs under its lock.
     *
     * @param array $common what every record has
     * @param array $fields the others, none if it was deleted
     * @param int $requestid its number in Moodle, 0 if it was not raised here
     * @return array its result
     * @throws row_exception requestmissing
     */
    private function write(array $common, array $fields, int $requestid): array {
        $known = $this->mirror->get($common['zohoid']);
        if ($common['deleted']) {
            unset($common['changehash']);
            $this->mirror->save($common, []);
            return result::row($common['zohoid'], result::UPDATED, (int) $known->id);
        }
        if ($requestid && (int) ($known->id ?? 0) !== $requestid) {
            $known = $this->adopt($common['zohoid'], $requestid);
        }
        $columns = !empty($known->raised)
            ? array_intersect_key($fields, array_flip(self::ANSWER))
            : $fields + ['userid' => (int) ($this->students->get($fields['studentid'])->userid ?? 0)];
        if ($known && $known->status !== $fields['status']) {
            $columns['timeanswered'] = $common['sourcetime'];
        }
        $this->mirror->save($common, $columns);
        $id = (int) $this->mirror->get($common['zohoid'])->id;
        return result::row($common['zohoid'], $known ? result::UPDATED : result::CREATED, $id);
    }

    /**
     * Link the request that was raised in Moodle to its record in Zoho; what else was kept of that record goes.
     *
     * @param string $zohoid
     * @param int $requestid
     * @return \stdClass its row
     * @throws row_exception requestmissing
     */
    private function adopt(string $zohoid, int $requestid): \stdClass {
        global $DB;
        if (!$DB->record_exists(mirror::REQUEST, ['id' => $requestid, 'raised' => 1])) {
            throw new row_exception(result::ERROR, 'requestmissing', $requestid);
        }
        $DB->delete_records(mirror::REQUEST, ['zohoid' => $zohoid, 'raised' => 0]);
        $DB->set_field(mirror::REQUEST, 'zohoid', '', ['zohoid' => $zohoid]);
        $DB->update_record(mirror::REQUEST, (object) [
            'id' => $requestid, 'zohoid' => $zohoid, 'timetaken' => di::get(clock::class)->time(),
        ]);
        return $this->mirror->refresh($zohoid);
    }
}
