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
 * Strings in English.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$string['asof'] = 'As of {$a}';
$string['caption:courses'] = 'Your classes with dates and status';
$string['caption:grades'] = 'Your released grades, newest first';
$string['column:assignment'] = 'Assignment';
$string['column:course'] = 'Course';
$string['column:date'] = 'Graded on';
$string['column:ends'] = 'Ends';
$string['column:feedback'] = 'Feedback';
$string['column:mark'] = 'Mark';
$string['column:result'] = 'Result';
$string['column:starts'] = 'Starts';
$string['column:unit'] = 'Unit';
$string['dashboard'] = 'My studies';
$string['eventdashboardviewed'] = 'Student dashboard of another person viewed';
$string['field:academicprogram'] = 'Programme';
$string['field:address'] = 'Address';
$string['field:award'] = 'Award';
$string['field:birthdate'] = 'Date of birth';
$string['field:btecnumber'] = 'BTEC registration number';
$string['field:city'] = 'City';
$string['field:country'] = 'Country';
$string['field:displayname'] = 'Name';
$string['field:email'] = 'Email';
$string['field:gender'] = 'Gender';
$string['field:intake'] = 'Intake';
$string['field:major'] = 'Major';
$string['field:nationality'] = 'Nationality';
$string['field:nativename'] = 'Name in native script';
$string['field:phone'] = 'Phone';
$string['field:registrationdate'] = 'Registered on';
$string['field:status'] = 'Status';
$string['field:studentnumber'] = 'Student number';
$string['field:studylanguage'] = 'Language of study';
$string['field:studymode'] = 'Mode of study';
$string['field:submajor'] = 'Specialisation';
$string['foreignview'] = 'You are looking at another person\'s page. This view has been logged.';
$string['group:person'] = 'Person';
$string['group:study'] = 'Study';
$string['letter:D'] = 'Distinction';
$string['letter:M'] = 'Merit';
$string['letter:P'] = 'Pass';
$string['letter:R'] = 'Refer';
$string['letter:RR'] = 'Refer on resubmission';
$string['markofmaximum'] = '{$a->mark} / {$a->maximum}';
$string['nocourses'] = 'No courses yet';
$string['nocourseshelp'] = 'Your courses appear here as soon as the college enrols you in a class.';
$string['nogrades'] = 'No released grades yet';
$string['nogradeshelp'] = 'A grade appears here when your teacher has released it.';
$string['noprofile'] = 'No details yet';
$string['noprofilehelp'] = 'Your details appear here as soon as the college registry has sent them.';
$string['norecord'] = 'There is no student record for this account yet.';
$string['norecordhelp'] = 'If you have just registered, look again later. If this does not change, ask the registry of the college.';
$string['pluginname'] = 'Student dashboard';
$string['privacy:metadata'] = 'The student dashboard stores no personal data. It shows what the Zoho sync plugin and the gradebook store.';
$string['section:courses'] = 'Courses';
$string['section:grades'] = 'Grades';
$string['section:profile'] = 'Profile';
$string['status:active'] = 'Active';
$string['status:ended'] = 'Ended';
$string['status:suspended'] = 'Suspended';
$string['status:upcoming'] = 'Not started yet';
$string['status:waiting'] = 'Being set up';
$string['student_dashboard:view'] = 'View own student dashboard';
$string['student_dashboard:viewany'] = 'View the student dashboard of another person';
$string['withdrawn'] = 'The college registry no longer holds this student record. What is shown is its last state.';
