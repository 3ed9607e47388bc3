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
 * Settings of local_zohosync.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$ADMIN->add('modules', new admin_category('local_zohosync_pages', new lang_string('pluginname', 'local_zohosync')));
$pages = ['status', 'student', 'failures', 'events', 'runs', 'drift', 'conflicts', 'outbox', 'agentsettings'];
foreach ($pages as $page) {
    $ADMIN->add('local_zohosync_pages', new admin_externalpage(
        "local_zohosync_$page",
        new lang_string($page, 'local_zohosync'),
        new moodle_url("/local/zohosync/$page.php"),
        'local/zohosync:view'
    ));
}

if ($hassiteconfig) {
    $ADMIN->add('local_zohosync_pages', new admin_externalpage(
        'local_zohosync_setup',
        new lang_string('setup', 'local_zohosync'),
        new moodle_url('/local/zohosync/setup.php')
    ));
    $settings = new admin_settingpage('local_zohosync', new lang_string('pluginsettings', 'local_zohosync'));
    $ADMIN->add('local_zohosync_pages', $settings);

    if ($ADMIN->fulltree) {
        $settings->add(new admin_setting_configcheckbox(
            'local_zohosync/enabled',
            new lang_string('setting:enabled', 'local_zohosync'),
            new lang_string('setting:enabled_desc', 'local_zohosync'),
            0
        ));
        $settings->add(new \local_zohosync\local\admin_setting_agenturl(
            'local_zohosync/agenturl',
            new lang_string('setting:agenturl', 'local_zohosync'),
            new lang_string('setting:agenturl_desc', 'local_zohosync'),
            '',
            PARAM_RAW_TRIMMED
        ));
        $settings->add(new \local_zohosync\local\admin_setting_secrets(
            'local_zohosync/signingsecrets',
            get_string('setting:signingsecrets', 'local_zohosync'),
            get_string('setting:signingsecrets_desc', 'local_zohosync')
        ));
        $settings->add(new admin_setting_encryptedpassword(
            'local_zohosync/agenttoken',
            get_string('setting:agenttoken', 'local_zohosync'),
            get_string('setting:agenttoken_desc', 'local_zohosync')
        ));
        $settings->add(new admin_setting_configselect(
            'local_zohosync/userauth',
            new lang_string('setting:userauth', 'local_zohosync'),
            new lang_string('setting:userauth_desc', 'local_zohosync'),
            'manual',
            fn() => \local_zohosync\local\config::user_auth_choices()
        ));
        $settings->add(new admin_setting_configselect(
            'local_zohosync/coursecategory',
            new lang_string('setting:coursecategory', 'local_zohosync'),
            new lang_string('setting:coursecategory_desc', 'local_zohosync'),
            0,
            fn() => \local_zohosync\local\config::category_choices()
        ));
        $settings->add(new admin_setting_check(
            'local_zohosync/agentcheck',
            new \local_zohosync\check\agent_connection()
        ));
    }
}
