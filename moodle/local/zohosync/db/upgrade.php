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

/**
 * Upgrade steps of local_zohosync.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

/**
 * Bring the tables from an older version of the plugin to this one's install.xml.
 *
 * @param int $oldversion
 * @return bool
 */
function xmldb_local_zohosync_upgrade(int $oldversion): bool {
    global $CFG, $DB;
    require_once($CFG->dirroot . '/local/zohosync/db/upgradelib.php');
    $dbman = $DB->get_manager();

    if ($oldversion < 2026112300) {
        $table = new xmldb_table('local_zohosync_teacher');
        $table->add_field('id', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, XMLDB_SEQUENCE);
        $table->add_field('zohoid', XMLDB_TYPE_CHAR, '30', null, XMLDB_NOTNULL);
        $table->add_field('userid', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        $table->add_field('username', XMLDB_TYPE_CHAR, '100', null, XMLDB_NOTNULL);
        foreach (['email', 'firstname', 'lastname', 'displayname', 'phone'] as $name) {
            $table->add_field($name, XMLDB_TYPE_CHAR, '255', null, XMLDB_NOTNULL);
        }
        $table->add_field('suspended', XMLDB_TYPE_INTEGER, '1', null, XMLDB_NOTNULL, null, '0');
        $table->add_field('sourcetime', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        $table->add_field('changehash', XMLDB_TYPE_CHAR, '32', null, XMLDB_NOTNULL);
        $table->add_field('deleted', XMLDB_TYPE_INTEGER, '1', null, XMLDB_NOTNULL, null, '0');
        $table->add_field('timecreated', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        $table->add_field('timemodified', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        $table->add_key('primary', XMLDB_KEY_PRIMARY, ['id']);
        $table->add_index('zohoid', XMLDB_INDEX_UNIQUE, ['zohoid']);
        $table->add_index('userid', XMLDB_INDEX_UNIQUE, ['userid']);
        if (!$dbman->table_exists($table)) {
            $dbman->create_table($table);
        }

        $table = new xmldb_table('local_zohosync_program');
        $table->add_field('id', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, XMLDB_SEQUENCE);
        $table->add_field('zohoid', XMLDB_TYPE_CHAR, '30', null, XMLDB_NOTNULL);
        $table->add_field('categoryid', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        $table->add_field('name', XMLDB_TYPE_CHAR, '255', null, XMLDB_NOTNULL);
        $table->add_field('description', XMLDB_TYPE_TEXT);
        $table->add_field('sourcetime', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        $table->add_field('changehash', XMLDB_TYPE_CHAR, '32', null, XMLDB_NOTNULL);
        $table->add_field('deleted', XMLDB_TYPE_INTEGER, '1', null, XMLDB_NOTNULL, null, '0');
        $table->add_field('timecreated', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        $table->add_field('timemodified', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        $table->add_key('primary', XMLDB_KEY_PRIMARY, ['id']);
        $table->add_index('zohoid', XMLDB_INDEX_UNIQUE, ['zohoid']);
        $table->add_index('categoryid', XMLDB_INDEX_NOTUNIQUE, ['categoryid']);
        if (!$dbman->table_exists($table)) {
            $dbman->create_table($table);
        }

        $table = new xmldb_table('local_zohosync_course');
        $previous = 'status';
        foreach (['programid', 'teacherid'] as $name) {
            $field = new xmldb_field($name, XMLDB_TYPE_CHAR, '30', null, XMLDB_NOTNULL, null, null, $previous);
            if (!$dbman->field_exists($table, $field)) {
                $dbman->add_field($table, $field);
            }
            $previous = $name;
        }
        foreach (['teacheruserid', 'teacherroleid', 'teacherenrolid'] as $name) {
            $field = new xmldb_field($name, XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0', $previous);
            if (!$dbman->field_exists($table, $field)) {
                $dbman->add_field($table, $field);
            }
            $previous = $name;
        }
        foreach (['teacherid', 'teacheruserid'] as $name) {
            $index = new xmldb_index($name, XMLDB_INDEX_NOTUNIQUE, [$name]);
            if (!$dbman->index_exists($table, $index)) {
                $dbman->add_index($table, $index);
            }
        }

        upgrade_plugin_savepoint(true, 2026112300, 'local', 'zohosync');
    }

    if ($oldversion < 2026112400) {
        local_zohosync_upgradelib_create(local_zohosync_upgradelib_tables_2026112400());

        // What the site's settings said so far is the agent's to say now; until it does, everything stays as it was.
        $columns = ['teacherrole' => 'char100', 'hide' => 'int1', 'hidden' => 'int1', 'staff' => 'text'];
        local_zohosync_upgradelib_add_columns('local_zohosync_course', $columns, 'teacherenrolid');
        $role = get_config('local_zohosync', 'teacherrole') ?: 'editingteacher';
        $DB->set_field('local_zohosync_course', 'teacherrole', $role, ['teacherrole' => '']);
        unset_config('teacherrole', 'local_zohosync');

        local_zohosync_upgradelib_add_columns('local_zohosync_enrolment', [
            'role' => 'char100',
            'withdrawal' => 'char10',
        ], 'enrollmenttype');
        $DB->set_field('local_zohosync_enrolment', 'role', 'student', ['role' => '']);
        $DB->set_field('local_zohosync_enrolment', 'withdrawal', 'suspend', ['withdrawal' => '']);

        upgrade_plugin_savepoint(true, 2026112400, 'local', 'zohosync');
    }

    if ($oldversion < 2026112500) {
        local_zohosync_upgradelib_create(local_zohosync_upgradelib_tables_2026112500());
        local_zohosync_upgradelib_add_columns('local_zohosync_course', ['unitid' => 'char30'], 'programid');
        $table = new xmldb_table('local_zohosync_course');
        $index = new xmldb_index('unitid', XMLDB_INDEX_NOTUNIQUE, ['unitid']);
        if (!$DB->get_manager()->index_exists($table, $index)) {
            $DB->get_manager()->add_index($table, $index);
        }
        $timetable = array_fill_keys(['day1', 'hours1', 'day2', 'hours2', 'classroom', 'studymode', 'term', 'year'], 'char');
        local_zohosync_upgradelib_add_columns('local_zohosync_course', $timetable, 'staff');

        upgrade_plugin_savepoint(true, 2026112500, 'local', 'zohosync');
    }

    if ($oldversion < 2026112600) {
        local_zohosync_upgradelib_add_columns('local_zohosync_request', [
            'classes' => 'text', 'assignid' => 'int10', 'assignname' => 'char', 'changes' => 'text', 'files' => 'text',
            'timetaken' => 'int10', 'timeanswered' => 'int10',
        ], 'currency');
        upgrade_plugin_savepoint(true, 2026112600, 'local', 'zohosync');
    }

    if ($oldversion < 2026112700) {
        upgrade_plugin_savepoint(true, 2026112700, 'local', 'zohosync');
    }

    return true;
}
