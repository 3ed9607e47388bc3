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
 * Web service of the agent.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$functions = [];
foreach (
    [
        'upsert_programs' => ['write', 'Creates or updates the course categories of Zoho programmes'],
        'upsert_teachers' => ['write', 'Creates or updates the Moodle accounts of Zoho teachers'],
        'upsert_students' => ['write', 'Creates or updates the Moodle accounts of Zoho students'],
        'apply_definitions' => ['write', 'Brings the advanced grading of assignments into line with the units of Zoho'],
        'list_definitions' => ['read', 'Lists how the advanced grading of assignments stands'],
        'get_students' => ['read', 'Tells what Moodle holds of the given Zoho students'],
        'upsert_courses' => ['write', 'Creates or updates the Moodle courses of Zoho classes'],
        'upsert_enrolments' => ['write', 'Creates or updates the manual enrolments of Zoho enrollments'],
        'upsert_units' => ['write', 'Keeps the units of Zoho with their criteria'],
        'upsert_registrations' => ['write', 'Keeps the registrations of Zoho with their payment schedules'],
        'upsert_payments' => ['write', 'Keeps the payments of Zoho'],
        'upsert_finance' => ['write', 'Keeps the finance part of Zoho students'],
        'upsert_results' => ['write', 'Keeps the grades that were typed into Zoho'],
        'list_records' => ['read', 'Lists what Moodle holds of the records of Zoho, and what differs'],
        'get_grades' => ['read', 'Gives the present snapshot of grades'],
        'list_grades' => ['read', 'Lists the grades of students in classes'],
        'get_enrolments' => ['read', 'Gives the present snapshot of enrolments'],
        'list_enrolments' => ['read', 'Lists the enrolments of students in classes'],
        'upsert_requests' => ['write', 'Keeps the requests of students and their answers'],
        'get_requests' => ['read', 'Gives the present snapshot of requests'],
        'list_requests' => ['read', 'Lists the requests that were raised in Moodle'],
        'get_attachment' => ['read', 'Gives the content of one file of a request'],
        'put_attachments' => ['write', 'Keeps what became of the files of a request'],
        'put_settings' => ['write', 'Keeps the settings of the agent that Moodle needs'],
        'get_settings' => ['read', 'Gives the settings of the agent as they are kept'],
        'put_asof' => ['write', 'Keeps up to when the changes of Zoho are known to be here'],
        'get_events' => ['read', 'Lists the events that wait in the outbox'],
        'ack_events' => ['write', 'Marks events of the outbox as delivered'],
        'get_status' => ['read', 'Gives versions, identity and backlog of the site'],
    ] as $name => [$type, $description]
) {
    $functions['local_zohosync_' . $name] = [
        'classname' => 'local_zohosync\\external\\' . $name,
        'description' => $description,
        'type' => $type,
        'capabilities' => 'local/zohosync:agent',
        'services' => ['local_zohosync_agent'],
    ];
}

$services = [
    'Zoho sync agent' => [
        'functions' => array_keys($functions),
        'shortname' => 'local_zohosync_agent',
        'requiredcapability' => 'local/zohosync:agent',
        'restrictedusers' => 1,
        'enabled' => 1,
        'downloadfiles' => 0,
        'uploadfiles' => 0,
    ],
];
