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

namespace local_student_dashboard;

/**
 * Test of the way from the releases without tables to this one.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @coversNothing
 */
#[\PHPUnit\Framework\Attributes\CoversNothing]
final class upgrade_test extends \advanced_testcase {
    /**
     * An older version gets the tables that a new installation has; begun again over its own work nothing is lost.
     */
    public function test_upgrade(): void {
        global $CFG, $DB;
        require_once($CFG->libdir . '/upgradelib.php');
        require_once($CFG->dirroot . '/local/student_dashboard/db/upgrade.php');
        $this->resetAfterTest();
        $dbman = $DB->get_manager();
        $tables = array_filter($DB->get_tables(), fn(string $table): bool => str_starts_with($table, 'local_student_dashboard_'));
        $this->assertNotSame([], $tables);
        foreach ($tables as $table) {
            $dbman->drop_table(new \xmldb_table($table));
        }
        set_config('showbalance', 1, 'local_student_dashboard');
        set_config('version', 2026112400, 'local_student_dashboard');

        $this->assertTrue(xmldb_local_student_dashboard_upgrade(2026112400));

        $differences = $dbman->check_database_schema($dbman->get_install_xml_schema());
        $this->assertSame([], array_intersect_key($differences, array_flip($tables)));
        $this->assertFalse(get_config('local_student_dashboard', 'showbalance'));
        $DB->insert_record('local_student_dashboard_photo', ['userid' => 7, 'status' => 'pending']);
        set_config('version', 2026112400, 'local_student_dashboard');
        $this->assertTrue(xmldb_local_student_dashboard_upgrade(2026112400));
        $this->assertSame(1, $DB->count_records('local_student_dashboard_photo'));
    }
}
