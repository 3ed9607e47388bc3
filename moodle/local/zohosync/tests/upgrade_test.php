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

namespace local_zohosync;

use local_zohosync\local\inbound\listing;

/**
 * The way from every released version to this one. The fixtures are the install.xml of those versions.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers ::xmldb_local_zohosync_upgrade
 */
final class upgrade_test extends \advanced_testcase {
    /** @var array[] What a new installation made. */
    private array $installed;

    #[\Override]
    protected function setUp(): void {
        global $CFG;
        parent::setUp();
        require_once($CFG->libdir . '/upgradelib.php');
        require_once($CFG->dirroot . '/local/zohosync/db/upgrade.php');
        $this->resetAfterTest();
        $this->installed = $this->schema();
    }

    /**
     * Released versions.
     *
     * @return array[]
     */
    public static function versions(): array {
        return ['0.1.0' => [2026112200], '0.2.0' => [2026112300], '0.3.0' => [2026112400]];
    }

    /**
     * The tables become what a new installation has, and every row keeps what it held.
     *
     * @dataProvider versions
     * @param int $version
     */
    public function test_from_release(int $version): void {
        $before = $this->go_back($version);
        $this->assertTrue(xmldb_local_zohosync_upgrade($version));
        $this->assert_as_installed();
        $this->assert_kept($before);
        foreach (listing::entities() as $entity) {
            // Rows of an older version can be read by this one.
            listing::page($entity, 0, 10);
        }
    }

    /**
     * An upgrade that was cut off is begun again, over what it has done already.
     *
     * @dataProvider versions
     * @param int $version
     */
    public function test_again(int $version): void {
        $before = $this->go_back($version);
        xmldb_local_zohosync_upgrade($version);
        set_config('version', $version, 'local_zohosync');
        $this->assertTrue(xmldb_local_zohosync_upgrade($version));
        $this->assert_as_installed();
        $this->assert_kept($before);
    }

    /**
     * What an older version did by a setting of Moodle's, or always, stays so until the agent says otherwise.
     */
    public function test_policies(): void {
        global $DB;
        $this->go_back(2026112300);
        set_config('teacherrole', 'teacher', 'local_zohosync');
        xmldb_local_zohosync_upgrade(2026112300);
        $this->assertSame(['teacher'], array_values(array_unique($DB->get_fieldset('local_zohosync_course', 'teacherrole'))));
        $this->assertFalse(get_config('local_zohosync', 'teacherrole'));
        foreach (['role' => 'student', 'withdrawal' => 'suspend'] as $column => $value) {
            $this->assertSame([$value], array_values(array_unique($DB->get_fieldset('local_zohosync_enrolment', $column))));
        }

        $this->go_back(2026112200);
        xmldb_local_zohosync_upgrade(2026112200);
        $roles = array_values(array_unique($DB->get_fieldset('local_zohosync_course', 'teacherrole')));
        $this->assertSame(['editingteacher'], $roles);
    }

    /**
     * Make the tables those of an older version, with two rows in each.
     *
     * @param int $version
     * @return array[] rows by table, each by column
     */
    private function go_back(int $version): array {
        global $DB;
        $dbman = $DB->get_manager();
        foreach ($this->tables() as $table) {
            $dbman->drop_table(new \xmldb_table($table));
        }
        $dbman->install_from_xmldb_file(__DIR__ . "/fixtures/schema_$version.xml");
        set_config('version', $version, 'local_zohosync');
        $rows = [];
        foreach ($this->tables() as $table) {
            array_map(fn($number) => $DB->insert_record($table, $this->specimen($table, $number)), [1, 2]);
            $rows[$table] = array_map(fn($row) => (array) $row, $DB->get_records($table, [], 'id'));
        }
        return $rows;
    }

    /**
     * A row with something in every column.
     *
     * @param string $table
     * @param int $number tells rows of one table apart
     * @return array
     */
    private function specimen(string $table, int $number): array {
        global $DB;
        $row = [];
        foreach ($DB->get_columns($table) as $name => $column) {
            $row[$name] = match ($column->meta_type) {
                'I' => $column->max_length < 2 ? 1 : $number,
                'N' => "$number.5000",
                'C' => \core_text::substr("$number-É-$name", 0, min(30, $column->max_length)),
                'X' => "Ünï $number '\" <b>",
                'R' => null,
            };
        }
        unset($row['id']);
        return $row;
    }

    /**
     * The tables are those of a new installation.
     */
    private function assert_as_installed(): void {
        global $CFG, $DB;
        $this->assertSame($this->installed, $this->schema());
        $file = new \xmldb_file($CFG->dirroot . '/local/zohosync/db/install.xml');
        $file->loadXMLStructure();
        $found = $DB->get_manager()->check_database_schema($file->getStructure(), ['extratables' => false]);
        $this->assertSame([], $found, 'as Moodle itself sees it');
    }

    /**
     * Columns and indexes as the database has them. Moodle's own check does not tell whether an index is unique.
     *
     * @return array[] by table
     */
    private function schema(): array {
        global $DB;
        $schema = [];
        foreach ($this->tables() as $table) {
            $columns = array_map(fn($column) => [
                $column->meta_type, $column->max_length, $column->scale, $column->not_null, $column->default_value,
            ], $DB->get_columns($table, false));
            $indexes = [];
            foreach ($DB->get_indexes($table) as $index) {
                $indexes[implode(',', $index['columns'])] = $index['unique'];
            }
            ksort($columns);
            ksort($indexes);
            $schema[$table] = [$columns, $indexes];
        }
        return $schema;
    }

    /**
     * The plugin's tables.
     *
     * @return string[]
     */
    private function tables(): array {
        global $DB;
        $tables = array_filter($DB->get_tables(false), fn($table) => str_starts_with($table, 'local_zohosync_'));
        sort($tables);
        return $tables;
    }

    /**
     * Every row holds what it held.
     *
     * @param array[] $before rows by table
     */
    private function assert_kept(array $before): void {
        global $DB;
        $this->assertNotEmpty($before);
        foreach ($before as $table => $rows) {
            $this->assertCount(2, $rows);
            $after = array_map(
                fn($row) => array_intersect_key((array) $row, reset($rows)),
                $DB->get_records($table, [], 'id')
            );
            $this->assertSame($rows, $after, $table);
        }
    }
}
