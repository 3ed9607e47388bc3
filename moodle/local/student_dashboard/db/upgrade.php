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
 * Upgrade steps of the student dashboard.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

/**
 * Brings the tables from an older version of the plugin to this one's install.xml.
 *
 * @param int $oldversion
 * @return bool
 */
function xmldb_local_student_dashboard_upgrade(int $oldversion): bool {
    global $DB;
    $dbman = $DB->get_manager();

    if ($oldversion < 2026112500) {
        $table = new xmldb_table('local_student_dashboard_photo');
        $table->add_field('id', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, XMLDB_SEQUENCE);
        $table->add_field('userid', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        $table->add_field('status', XMLDB_TYPE_CHAR, '10', null, XMLDB_NOTNULL);
        $table->add_field('reason', XMLDB_TYPE_TEXT);
        $table->add_field('reviewerid', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        $table->add_field('timereviewed', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        $table->add_field('timecreated', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        $table->add_key('primary', XMLDB_KEY_PRIMARY, ['id']);
        $table->add_index('userid_status', XMLDB_INDEX_UNIQUE, ['userid', 'status']);
        $table->add_index('status_timecreated', XMLDB_INDEX_NOTUNIQUE, ['status', 'timecreated']);
        $table->add_index('reviewerid', XMLDB_INDEX_NOTUNIQUE, ['reviewerid']);
        if (!$dbman->table_exists($table)) {
            $dbman->create_table($table);
        }

        $table = new xmldb_table('local_student_dashboard_card');
        $table->add_field('id', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, XMLDB_SEQUENCE);
        $table->add_field('userid', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        $table->add_field('requestid', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        $table->add_field('tokenhash', XMLDB_TYPE_CHAR, '64', null, XMLDB_NOTNULL);
        $table->add_field('token', XMLDB_TYPE_TEXT, null, null, XMLDB_NOTNULL);
        foreach (['timeissued', 'timeexpires', 'timerevoked', 'revokedby'] as $name) {
            $table->add_field($name, XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        }
        $table->add_key('primary', XMLDB_KEY_PRIMARY, ['id']);
        $table->add_index('tokenhash', XMLDB_INDEX_UNIQUE, ['tokenhash']);
        $table->add_index('userid', XMLDB_INDEX_NOTUNIQUE, ['userid']);
        $table->add_index('revokedby', XMLDB_INDEX_NOTUNIQUE, ['revokedby']);
        if (!$dbman->table_exists($table)) {
            $dbman->create_table($table);
        }

        // Whether the balance is shown is one of the agent's settings now.
        unset_config('showbalance', 'local_student_dashboard');

        upgrade_plugin_savepoint(true, 2026112500, 'local', 'student_dashboard');
    }

    if ($oldversion < 2026112600) {
        $table = new xmldb_table('local_student_dashboard_seen');
        $table->add_field('id', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, XMLDB_SEQUENCE);
        $table->add_field('userid', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        $table->add_field('gradekey', XMLDB_TYPE_CHAR, '40', null, XMLDB_NOTNULL);
        $table->add_field('version', XMLDB_TYPE_CHAR, '64', null, XMLDB_NOTNULL);
        $table->add_field('timeseen', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, null, '0');
        $table->add_key('primary', XMLDB_KEY_PRIMARY, ['id']);
        $table->add_index('userid_gradekey', XMLDB_INDEX_UNIQUE, ['userid', 'gradekey']);
        if (!$dbman->table_exists($table)) {
            $dbman->create_table($table);
        }

        upgrade_plugin_savepoint(true, 2026112600, 'local', 'student_dashboard');
    }

    if ($oldversion < 2026112700) {
        upgrade_plugin_savepoint(true, 2026112700, 'local', 'student_dashboard');
    }

    return true;
}
