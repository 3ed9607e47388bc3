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
 * Brings Zoho's records that have no counterpart in Moodle into the plugin's tables, where its pages read them.
 *
 * A batch is read with a few queries and written in one transaction. Only when the database refuses that are its rows written
 * one by one, so that a bad one costs itself alone.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class records {
    /** @var mirror Records that are known. */
    private mirror $mirror;

    /** @var array[] Stored rows of their lists, by record and key. */
    private array $lines;

    /**
     * Take a batch.
     *
     * @param record_kind $kind
     * @param array[] $rows records as received
     */
    public function __construct(
        /** @var record_kind what they are */
        private readonly record_kind $kind,
        /** @var array[] records as received */
        private readonly array $rows
    ) {
    }

    /**
     * Carry out the batch.
     *
     * @return array[] one result per row, in order
     */
    public function upsert(): array {
        $results = [];
        $work = [];
        foreach ($this->rows as $index => $row) {
            $results[$index] = row_runner::run($row['zohoid'], function () use ($row, $index, &$work): array {
                $work[$index] = $this->kind->clean($row);
                return [];
            });
        }
        while ($work) {
            // A record that comes twice is written twice, in order.
            $seen = [];
            foreach ($work as $index => $row) {
                $seen[$row['zohoid']] ??= $index;
            }
            $round = array_intersect_key($work, array_flip($seen));
            $results = array_replace($results, $this->upsert_distinct($round));
            $work = array_diff_key($work, $round);
        }
        return $results;
    }

    /**
     * Which stored records are not as an upsert of the same would leave them, although their hash is the same.
     *
     * @param record_kind $kind
     * @param \stdClass[] $rows mirror rows
     * @return string[] what of them differs (names, separated by spaces), by the row's id; rows without a difference are absent
     */
    public static function differing(record_kind $kind, array $rows): array {
        $rows = array_filter($rows, fn($row) => !$row->deleted);
        if (!$kind->list || !$rows) {
            return [];
        }
        $counts = $kind->list->count(array_column($rows, 'zohoid'));
        $differing = [];
        foreach ($rows as $row) {
            if (self::lacks_lines($row, $counts[$row->zohoid] ?? 0)) {
                $differing[(int) $row->id] = 'lines';
            }
        }
        return $differing;
    }

    /**
     * Is the number of a record's lines not what was stored?
     *
     * @param \stdClass $known the stored row
     * @param int $count how many lines there are
     * @return bool
     */
    private static function lacks_lines(\stdClass $known, int $count): bool {
        return (int) $known->linecount !== $count;
    }

    /**
     * Carry out rows of different records.
     *
     * @param array[] $work cleaned rows, by their place in the batch
     * @return array[] results, by place in the batch
     */
    private function upsert_distinct(array $work): array {
        $this->read($work);
        $settled = array_filter(array_map(fn($row) => $this->settled($row), $work));
        $work = array_diff_key($work, $settled);
        if (!$work) {
            return $settled;
        }
        try {
            return $settled + row_runner::locked(['records:' . $this->kind->entity], function () use ($work): array {
                $this->read($work);
                $settled = array_filter(array_map(fn($row) => $this->settled($row), $work));
                return $settled + $this->write_all(array_diff_key($work, $settled));
            });
        } catch (row_exception $e) {
            return $settled + array_map(
                fn($row) => result::row($row['zohoid'], $e->status, 0, $e->code(), $e->getMessage()),
                $work
            );
        }
    }

    /**
     * Read what is stored of some rows.
     *
     * @param array[] $work cleaned rows
     */
    private function read(array $work): void {
        $this->mirror = new mirror($this->kind->table, array_column($work, 'zohoid'));
        $known = array_column($this->mirror->all(), 'zohoid');
        $this->lines = $this->kind->list && $known ? $this->kind->list->read($known) : [];
    }

    /**
     * The result of a row that is as it should be, because nothing but Zoho's time has to be written.
     *
     * @param array $row
     * @return array|null null when there is work
     */
    private function settled(array $row): ?array {
        $known = $this->mirror->get($row['zohoid']);
        if (!$known) {
            return $row['deleted'] ? result::row($row['zohoid'], result::UNCHANGED) : null;
        }
        if ((int) $known->sourcetime > $row['sourcetime']) {
            return result::row($row['zohoid'], result::STALE, (int) $known->id);
        }
        $same = $row['deleted']
            ? (bool) $known->deleted
            : !$known->deleted && $known->changehash === $row['changehash']
                && !($this->kind->list && self::lacks_lines($known, count($this->lines[$row['zohoid']] ?? [])));
        if (!$same) {
            return null;
        }
        $this->mirror->touch($known, $row['sourcetime']);
        return result::row($row['zohoid'], result::UNCHANGED, (int) $known->id);
    }

    /**
     * Write rows in one transaction, or one by one if that fails.
     *
     * @param array[] $work cleaned rows of different records, by their place in the batch
     * @return array[] results, by place in the batch
     */
    private function write_all(array $work): array {
        try {
            return $work ? row_runner::atomic(fn() => $this->write($work)) : [];
        } catch (\Throwable) {
            $results = [];
            foreach ($work as $index => $row) {
                $results[$index] = row_runner::run(
                    $row['zohoid'],
                    fn() => row_runner::atomic(fn() => $this->write([$index => $row]))[$index]
                );
            }
            return $results;
        }
    }

    /**
     * Write rows: the new ones at once, the known ones each, then their lists. Those of a deleted record stay.
     *
     * @param array[] $work cleaned rows of different records, by their place in the batch
     * @return array[] results, by place in the batch
     */
    private function write(array $work): array {
        global $DB;
        $now = \core\di::get(\core\clock::class)->time();
        $new = $lists = [];
        foreach ($work as $row) {
            $known = $this->mirror->get($row['zohoid']);
            $columns = array_diff_key($row, ['list' => 1]) + ['timemodified' => $now];
            if ($known) {
                $DB->update_record($this->kind->table, (object) ($columns + ['id' => $known->id]));
            } else {
                $new[] = $columns + ['timecreated' => $now];
            }
            if ($row['list'] !== null) {
                $lists[$row['zohoid']] = $row['list'];
            }
        }
        if ($new) {
            $DB->insert_records($this->kind->table, $new);
        }
        if ($lists) {
            $this->kind->list->write($lists, $this->lines);
        }
        return $this->results($work, array_column($new, 'zohoid'));
    }

    /**
     * Tell what became of rows that were written.
     *
     * @param array[] $work cleaned rows, by their place in the batch
     * @param string[] $new the records that are new
     * @return array[] results, by place in the batch
     */
    private function results(array $work, array $new): array {
        global $DB;
        $made = [];
        foreach ($new ? $DB->get_records_list($this->kind->table, 'zohoid', $new, '', 'zohoid, id') : [] as $row) {
            $made[$row->zohoid] = (int) $row->id;
        }
        return array_map(function (array $row) use ($made): array {
            $id = $made[$row['zohoid']] ?? 0;
            return $id
                ? result::row($row['zohoid'], result::CREATED, $id)
                : result::row($row['zohoid'], result::UPDATED, (int) $this->mirror->get($row['zohoid'])->id);
        }, $work);
    }
}
