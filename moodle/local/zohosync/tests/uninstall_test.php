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

use local_zohosync\local\outbox\emitter;
use local_zohosync\local\config;
use local_zohosync\local\setup;

/**
 * What is left of the plugin when it is gone: people and courses, and nothing that could still act.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers ::xmldb_local_zohosync_uninstall
 */
final class uninstall_test extends \advanced_testcase {
    /** @var string[] Columns that may still name it: the account that can do nothing, the classes' category, what core logged. */
    private const LEFT = [
        'config_log.plugin',
        'course_categories.idnumber',
        'upgrade_log.plugin',
        'user.email',
        'user.idnumber',
        'user.username',
    ];

    /**
     * Tables, settings, service, token, role, tasks and capabilities go; accounts, courses and enrolments stay.
     */
    public function test_uninstall(): void {
        global $CFG, $DB;
        $this->resetAfterTest();
        $this->setAdminUser();
        require_once($CFG->libdir . '/adminlib.php');
        $settings = setup::run('https://agent.example.org', false)->settings;
        $agent = config::service_user_id();
        /** @var \local_zohosync_generator $generator */
        $generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $linked = $generator->linked_student();
        $enrolment = new local\enrolment\key((int) $linked->user->id, (int) $linked->course->id);
        emitter::emit($enrolment, null, emitter::FROM_MOODLE);
        $this->assertTrue($DB->record_exists('task_adhoc', ['component' => 'local_zohosync']));
        $this->assertTrue($DB->record_exists('external_tokens', ['token' => $settings['ZOHOSYNC_MOODLE_TOKEN']]));

        ob_start();
        uninstall_plugin('local', 'zohosync');
        ob_end_clean();

        $tables = array_filter($DB->get_tables(false), fn($table) => str_contains($table, 'zohosync'));
        $this->assertSame([], array_values($tables));
        foreach (['external_tokens', 'external_services_users', 'role_assignments'] as $table) {
            $this->assertSame(0, $DB->count_records($table, ['userid' => $agent]), $table);
        }
        $this->assertSame([], array_diff($this->mentions(), self::LEFT));
        $this->assertSame('0', $DB->get_field('user', 'suspended', ['id' => $linked->user->id]));
        $this->assertTrue(is_enrolled(\core\context\course::instance($linked->course->id), $linked->user->id, '', true));
    }

    /**
     * Where Moodle's database still names the plugin.
     *
     * @return string[] table.column
     */
    private function mentions(): array {
        global $DB;
        $found = [];
        foreach ($DB->get_tables(false) as $table) {
            $texts = array_filter($DB->get_columns($table), fn($column) => in_array($column->meta_type, ['C', 'X'], true));
            foreach (array_keys($texts) as $name) {
                if ($DB->record_exists_select($table, $DB->sql_like($name, ':name', false), ['name' => '%zohosync%'])) {
                    $found[] = "$table.$name";
                }
            }
        }
        return $found;
    }
}
