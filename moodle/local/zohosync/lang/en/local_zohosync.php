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
 * English strings of local_zohosync.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$string['countmismatch'] = '{$a->sent} rows were sent, {$a->received} arrived. PHP drops input beyond max_input_vars: send fewer rows.';
$string['coursecategoryname'] = 'Zoho classes';
$string['error:accountsuspended'] = 'The service account {$a} is suspended. Activate it, then run the set-up again.';
$string['error:agenturlinvalid'] = '\'{$a}\' cannot be the agent\'s address: give https://…, or http:// with 127.0.0.1, localhost or [::1], without user, query or fragment.';
$string['error:batchtoolarge'] = 'At most {$a} rows in one call.';
$string['error:categorymissing'] = 'The category {$a} that is configured for Zoho\'s classes does not exist.';
$string['error:coursemissing'] = 'The class {$a} has no course yet.';
$string['error:coursesambiguous'] = 'Several courses have the ID number {$a->zohoid}: {$a->courses}.';
$string['error:dateinvalid'] = '{$a->field}: \'{$a->value}\' is no date (YYYY-MM-DD).';
$string['error:emailinvalid'] = '\'{$a}\' is no e-mail address.';
$string['error:emailtaken'] = '{$a->user} should get the e-mail address {$a->email}, but {$a->holder} has it.';
$string['error:enddatebeforestartdate'] = 'The end date {$a->enddate} is before the start date {$a->startdate}.';
$string['error:fieldmissing'] = '{$a} is empty.';
$string['error:hashinvalid'] = 'changehash is no MD5 hash (32 hexadecimal digits).';
$string['error:idinvalid'] = '{$a->field}: \'{$a->value}\' is no record id of Zoho (10 to 20 digits).';
$string['error:locked'] = 'Another request is working on {$a}; try again.';
$string['error:rolemissing'] = 'There is no role with the short name {$a}.';
$string['error:servicemissing'] = 'The web service {$a} is missing. Upgrade or reinstall the plugin.';
$string['error:studentmissing'] = 'The student {$a} has no account yet.';
$string['error:userlinkedelsewhere'] = 'The account {$a->user} belongs to another Zoho student: {$a->zohoid}.';
$string['error:usernameinvalid'] = '\'{$a}\' is no user name that Moodle takes.';
$string['error:usernametaken'] = 'An account {$a} exists that was not made by this plugin. Rename it, then run the set-up again.';
$string['error:userprotected'] = 'The account {$a} is never linked to a student: it belongs to an administrator, a guest or the agent.';
$string['error:usersambiguous'] = 'Several accounts have the {$a->what} {$a->value}: {$a->users}.';
$string['error:valuetoolong'] = '{$a->field} is longer than {$a->longest} characters.';
$string['pluginname'] = 'Zoho sync';
$string['roledescription'] = 'For the service account of the Zoho sync agent only: may call its web-service functions.';
$string['rolename'] = 'Zoho sync agent';
$string['zohosync:agent'] = 'Work as the Zoho sync agent: write students, courses and enrolments, read grades';
