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
 * A list that a record carries: where its rows are kept, and by what a row is known again.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class record_list {
    /**
     * Describe a list.
     *
     * @param string $field its name in the record
     * @param string $table where its rows are kept
     * @param string $parent the column that names their record, by Zoho's id
     * @param string $key the field by which a row is known again within its record
     * @param record_fields $fields
     * @param bool $sorted whether the order of the rows is kept (column sortorder)
     */
    public function __construct(
        /** @var string its name in the record */
        public readonly string $field,
        /** @var string where its rows are kept */
        public readonly string $table,
        /** @var string the column that names their record, by Zoho's id */
        public readonly string $parent,
        /** @var string the field by which a row is known again within its record */
        public readonly string $key,
        /** @var record_fields what a row holds */
        public readonly record_fields $fields,
        /** @var bool whether the order of the rows is kept (column sortorder) */
        public readonly bool $sorted = false
    ) {
    }

    /**
     * Clean and check the rows of one record's list.
     *
     * @param array[] $rows as received
     * @return array[] rows as they are stored, without their record, by key
     * @throws row_exception listkeyinvalid, and those of record_fields::clean()
     */
    public function clean(array $rows): array {
        $clean = [];
        foreach (array_values($rows) as $place => $row) {
            $row = $this->fields->clean($row) + ($this->sorted ? ['sortorder' => $place + 1] : []);
            $key = (string) $row[$this->key];
            if ($key === '' || isset($clean[$key])) {
                throw new row_exception(result::ERROR, 'listkeyinvalid', (object) [
                    'list' => $this->field,
                    'field' => $this->key,
                    'value' => $key,
                ]);
            }
            $clean[$key] = $row;
        }
        return $clean;
    }

    /**
     * The stored rows of some records.
     *
     * @param string[] $zohoids the records
     * @return array[] by record and key
     */
    public function read(array $zohoids): array {
        global $DB;
        $rows = [];
        foreach ($DB->get_records_list($this->table, $this->parent, $zohoids, 'id') as $row) {
            $rows[$row->{$this->parent}][$row->{$this->key}] = $row;
        }
        return $rows;
    }

    /**
     * How many rows are stored of some records.
     *
     * @param string[] $zohoids the records
     * @return int[] by record; those without any are absent
     */
    public function count(array $zohoids): array {
        global $DB;
        [$in, $params] = $DB->get_in_or_equal($zohoids);
        $sql = "SELECT {$this->parent}, COUNT(*) FROM {{$this->table}} WHERE {$this->parent} $in GROUP BY {$this->parent}";
        return array_map('intval', $DB->get_records_sql_menu($sql, $params));
    }

    /**
     * Bring the stored rows of some records to what is wanted: they are changed in place, and go when they are named no longer.
     *
     * @param array[] $wanted rows as clean() gives them, by record and key
     * @param array[] $stored as read() gives them
     */
    public function write(array $wanted, array $stored): void {
        global $DB;
        $now = \core\di::get(\core\clock::class)->time();
        $new = $gone = [];
        foreach ($wanted as $zohoid => $rows) {
            foreach ($rows as $key => $row) {
                $known = $stored[$zohoid][$key] ?? null;
                if (!$known) {
                    $new[] = $row + [$this->parent => (string) $zohoid, 'timecreated' => $now, 'timemodified' => $now];
                } else if (self::differ($row, $known)) {
                    $DB->update_record($this->table, (object) ($row + ['id' => $known->id, 'timemodified' => $now]));
                }
            }
            $gone = [...$gone, ...array_column(array_diff_key($stored[$zohoid] ?? [], $rows), 'id')];
        }
        if ($gone) {
            $DB->delete_records_list($this->table, 'id', $gone);
        }
        if ($new) {
            $DB->insert_records($this->table, $new);
        }
    }

    /**
     * Does a stored row hold something else?
     *
     * @param array $row as wanted
     * @param \stdClass $known as stored
     * @return bool
     */
    private static function differ(array $row, \stdClass $known): bool {
        foreach ($row as $name => $value) {
            if ((string) $known->$name !== (string) $value) {
                return true;
            }
        }
        return false;
    }
}
