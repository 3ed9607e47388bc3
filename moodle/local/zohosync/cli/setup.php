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

use local_zohosync\event\setup_done;
use local_zohosync\local\config;
use local_zohosync\local\copied_site;
use local_zohosync\local\round_trip;
use local_zohosync\local\setup;

define('CLI_SCRIPT', true);

require(__DIR__ . '/../../../config.php');
require_once($CFG->libdir . '/clilib.php');

[$options, $unrecognised] = cli_get_params(
    ['help' => false, 'agenturl' => null, 'rotate' => false, 'json' => false, 'test' => false, 'moved' => false, 'copy' => false],
    ['h' => 'help']
);
if ($unrecognised) {
    cli_error(get_string('cliunknowoption', 'core_admin', implode("\n  ", $unrecognised)));
}
if ($options['help']) {
    cli_writeln(
        "Prepares this site for the Zoho sync agent: service account, role, web service, token, signing secret.
Running it again changes nothing that is in place, and prints the same settings. In the end it tries the connection
both ways, and says on the error output what came of it.
The output contains secrets: keep it where only the agent can read it.

Options:
-h, --help            Print this help
    --agenturl=URL    Address of the agent: https, or http on this machine (http://127.0.0.1:8080)
    --rotate          Make a new token and a new signing secret; the old token stays valid for 24 hours,
                      and events are signed with the old secret too until the next --rotate
    --json            Print one JSON object instead of NAME=value lines
    --test            Only try the connection; exit code 1 if it does not work both ways
    --moved           This site was set up under another address, and is still the college's site
    --copy            This site is a copy: switch the sync off and forget secrets, tokens and what was to be sent

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
if ($options['copy'] || $options['moved']) {
    if (!config::is_copied()) {
        cli_error(get_string('copied:not', 'local_zohosync'));
    }
    $options['copy'] ? copied_site::forget() : copied_site::moved();
    $done = $options['copy'] ? 'copy' : 'moved';
    setup_done::of($done)->trigger();
    cli_writeln(get_string("copied:{$done}_done", 'local_zohosync'));
    exit(0);
}
if (!$options['test']) {
    try {
        $result = setup::run($options['agenturl'], (bool) $options['rotate']);
    } catch (\moodle_exception $e) {
        cli_error($e->getMessage());
    }
    setup_done::of($options['rotate'] ? 'rotate' : 'run')->trigger();
    $json = fn() => json_encode($result->settings, JSON_THROW_ON_ERROR | JSON_UNESCAPED_SLASHES);
    cli_writeln($options['json'] ? $json() : $result->lines());
}
$steps = config::agent_url() === '' ? [] : round_trip::run();
foreach ($steps as $step) {
    $said = implode(' ', array_filter([$step['what'], $step['reason'], $step['remedy']]));
    cli_problem(get_string($step['ok'] ? 'trip:ok' : 'trip:failed', 'local_zohosync') . ": $said");
}
if ($options['test']) {
    exit($steps && round_trip::is_whole($steps) ? 0 : 1);
}
