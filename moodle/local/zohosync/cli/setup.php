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
 * Prepares this site for the agent and prints the agent's settings.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

define('CLI_SCRIPT', true);

require(__DIR__ . '/../../../config.php');
require_once($CFG->libdir . '/clilib.php');

[$options, $unrecognised] = cli_get_params(
    ['help' => false, 'agenturl' => null, 'rotate' => false, 'json' => false],
    ['h' => 'help']
);
if ($unrecognised) {
    cli_error(get_string('cliunknowoption', 'core_admin', implode("\n  ", $unrecognised)));
}
if ($options['help']) {
    cli_writeln(
        "Prepares this site for the Zoho sync agent: service account, role, web service, token, signing secret.
Running it again changes nothing that is in place, and prints the same settings.
The output contains secrets: keep it where only the agent can read it.

Options:
-h, --help            Print this help
    --agenturl=URL    Address of the agent: https, or http on this machine (http://127.0.0.1:8080)
    --rotate          Make a new token and a new signing secret; the old token stays valid for 24 hours,
                      and events are signed with the old secret too until the next --rotate
    --json            Print one JSON object instead of NAME=value lines

Example:
\$ sudo -u www-data php local/zohosync/cli/setup.php --agenturl=https://agent.example.org
"
    );
    exit(0);
}
if ($options['agenturl'] === true || $options['agenturl'] === '') {
    cli_error(get_string('error:agenturlinvalid', 'local_zohosync', ''));
}

\core\session\manager::set_user(get_admin());
try {
    $settings = \local_zohosync\local\setup::run($options['agenturl'], (bool) $options['rotate']);
} catch (\moodle_exception $e) {
    cli_error($e->getMessage());
}

if ($options['json']) {
    cli_writeln(json_encode($settings, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES));
} else {
    foreach ($settings as $name => $value) {
        cli_writeln("$name=$value");
    }
}
