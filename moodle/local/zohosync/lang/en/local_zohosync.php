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

$string['cachedef_breaker'] = 'Whether the agent answers at present';
$string['check:agent_connection'] = 'Zoho sync: connection to the agent';
$string['check:agentanswers'] = 'The agent at {$a} answers.';
$string['check:agentsilent'] = 'The agent at {$a} does not answer as it should.';
$string['check:backlog'] = 'Zoho sync: events for the agent';
$string['check:backlogempty'] = 'Nothing is waiting, {$a->dead} parked.';
$string['check:backlogsummary'] = '{$a->pending} waiting (the oldest for {$a->age}), {$a->dead} parked.';
$string['check:copiedsite'] = 'This is not the site for which Zoho sync was set up: nothing is sent. If it is meant to, run cli/setup.php here.';
$string['check:grade_history'] = 'Zoho sync: history of grades';
$string['check:historykept'] = 'The gradebook keeps its history.';
$string['check:historyoff'] = 'The history of grades is switched off (disablegradehistory): hiding a grade, and some other changes, reach Zoho the next night only, and the grades of students who left are lost.';
$string['check:historyshort'] = 'Grade history is kept for {$a} days only (gradehistorylifetime): the grade of a student who left is lost with it, and all grades are compared each night.';
$string['check:notsetup'] = 'The agent\'s address is not set.';
$string['check:samesite'] = 'This is the site for which Zoho sync was set up.';
$string['check:site_copy'] = 'Zoho sync: copied site';
$string['countmismatch'] = '{$a->sent} rows were sent, {$a->received} arrived. PHP drops input beyond max_input_vars: send fewer rows.';
$string['coursecategoryname'] = 'Zoho classes';
$string['error:accountsuspended'] = 'The service account {$a} is suspended. Activate it, then run the set-up again.';
$string['error:agenturlinvalid'] = '\'{$a}\' cannot be the agent\'s address: give https://…, or http:// with 127.0.0.1, localhost or [::1], without user, query or fragment.';
$string['error:amountinvalid'] = '{$a->field}: \'{$a->value}\' is no amount (at most 14 digits, and 4 places after a point).';
$string['error:batchtoolarge'] = 'At most {$a} rows in one call.';
$string['error:btecmissing'] = 'The BTEC grading form by which this assignment is graded is not installed any more.';
$string['error:categoriesambiguous'] = 'Several categories have the ID number {$a->zohoid}: {$a->categories}.';
$string['error:categorymissing'] = 'The category {$a} that is configured for Zoho\'s classes does not exist.';
$string['error:coursemissing'] = 'The class {$a} has no course yet.';
$string['error:coursesambiguous'] = 'Several courses have the ID number {$a->zohoid}: {$a->courses}.';
$string['error:currencyinvalid'] = '{$a->field}: \'{$a->value}\' is no currency (three capital letters, as in ISO 4217).';
$string['error:dateinvalid'] = '{$a->field}: \'{$a->value}\' is no date (YYYY-MM-DD).';
$string['error:emailinvalid'] = '\'{$a}\' is no e-mail address.';
$string['error:emailtaken'] = '{$a->user} should get the e-mail address {$a->email}, but {$a->holder} has it.';
$string['error:enddatebeforestartdate'] = 'The end date {$a->enddate} is before the start date {$a->startdate}.';
$string['error:fieldmissing'] = '{$a} is empty.';
$string['error:hashinvalid'] = 'changehash is no MD5 hash (32 hexadecimal digits).';
$string['error:idinvalid'] = '{$a->field}: \'{$a->value}\' is no record id of Zoho (10 to 20 digits).';
$string['error:listkeyinvalid'] = '{$a->list}: {$a->field} \'{$a->value}\' is empty or comes twice.';
$string['error:locked'] = 'Another request is working on {$a}; try again.';
$string['error:nostudent'] = 'Only students of the college can raise requests: this account is linked to none.';
$string['error:notagent'] = 'Zoho sync sends to the configured agent only.';
$string['error:requestassignment'] = 'Choose one of your assignments.';
$string['error:requestchanges'] = 'Fill in at least one thing that shall be changed.';
$string['error:requestclasses'] = 'Choose at least one of the classes that are offered to you.';
$string['error:requestclassestoomany'] = 'At most {$a} classes in one request.';
$string['error:requestclosed'] = '\'{$a}\' cannot be requested at present.';
$string['error:requestfilenone'] = 'This request has no file {$a}.';
$string['error:requestfilerequired'] = 'This request needs a file.';
$string['error:requestfiletoolarge'] = 'The file {$a->name} is larger than {$a->limit}.';
$string['error:requestfiletoomany'] = 'At most {$a} files in one request.';
$string['error:requestfiletype'] = 'The file {$a} is no PDF, JPEG or PNG file.';
$string['error:requestmissing'] = 'There is no request {$a} that was raised in Moodle.';
$string['error:requesttypeinvalid'] = '\'{$a}\' is nothing that can be requested.';
$string['error:rolemissing'] = 'There is no role with the short name {$a}.';
$string['error:secretinvalid'] = 'A signing secret must be "whsec_" and the base64 of at least 24 bytes; several are separated by spaces.';
$string['error:servicemissing'] = 'The web service {$a} is missing. Upgrade or reinstall the plugin.';
$string['error:settingunknown'] = 'There is no setting {$a} that Moodle needs.';
$string['error:staffmissing'] = 'Not exactly one account, or no such role, for: {$a}.';
$string['error:studentmissing'] = 'The student {$a} has no account yet.';
$string['error:userlinkedelsewhere'] = 'The account {$a->user} belongs to another record in Zoho: {$a->key}.';
$string['error:usernameinvalid'] = '\'{$a}\' is no user name that Moodle takes.';
$string['error:usernametaken'] = 'An account {$a} exists that was not made by this plugin. Rename it, then run the set-up again.';
$string['error:userprotected'] = 'The account {$a} is never linked to a person in Zoho: it belongs to an administrator, a guest or the agent.';
$string['error:usersambiguous'] = 'Several accounts have the {$a->what} {$a->value}: {$a->users}.';
$string['error:valuetoolong'] = '{$a->field} is longer than {$a->longest} characters.';
$string['error:withdrawalinvalid'] = '\'{$a}\' is none of suspend, unenrol and keep.';
$string['eventrequestfileviewed'] = 'File of a request opened';
$string['level:achieved'] = 'Achieved';
$string['level:notachieved'] = 'Not achieved';
$string['pluginname'] = 'Zoho sync';
$string['privacy:metadata:academicprogram'] = 'Programme';
$string['privacy:metadata:accepted'] = 'Whether the payment counts';
$string['privacy:metadata:address'] = 'Address';
$string['privacy:metadata:amount'] = 'Amount';
$string['privacy:metadata:assignid'] = 'The assignment';
$string['privacy:metadata:assignname'] = 'Name of the assignment';
$string['privacy:metadata:attempt'] = 'Number of the attempt';
$string['privacy:metadata:attemptdate'] = 'Day of the attempt';
$string['privacy:metadata:award'] = 'Award';
$string['privacy:metadata:bankholder'] = 'Holder of the bank account';
$string['privacy:metadata:bankname'] = 'Bank';
$string['privacy:metadata:birthdate'] = 'Date of birth';
$string['privacy:metadata:btecnumber'] = 'BTEC registration number';
$string['privacy:metadata:changehash'] = 'Fingerprint, for finding changes only';
$string['privacy:metadata:changes'] = 'Information that is to be changed';
$string['privacy:metadata:city'] = 'City';
$string['privacy:metadata:classes'] = 'Classes that it is about';
$string['privacy:metadata:classid'] = 'The class\'s record id in Zoho CRM';
$string['privacy:metadata:core_files'] = 'Files that a student puts to a request are kept among Moodle\'s files.';
$string['privacy:metadata:country'] = 'Country';
$string['privacy:metadata:courseid'] = 'The course';
$string['privacy:metadata:currency'] = 'Currency';
$string['privacy:metadata:deleted'] = 'Whether the record was deleted in Zoho CRM';
$string['privacy:metadata:discount'] = 'Discount';
$string['privacy:metadata:discountpercentage'] = 'Discount in per cent';
$string['privacy:metadata:discountreason'] = 'Reason of the discount';
$string['privacy:metadata:displayname'] = 'Display name';
$string['privacy:metadata:duedate'] = 'Day on which it is due';
$string['privacy:metadata:email'] = 'E-mail address';
$string['privacy:metadata:enddate'] = 'Last day';
$string['privacy:metadata:enrollmenttype'] = 'Type of enrollment';
$string['privacy:metadata:feedback'] = 'Feedback';
$string['privacy:metadata:fees'] = 'Fees';
$string['privacy:metadata:files'] = 'What became of the request\'s files on their way to Zoho CRM';
$string['privacy:metadata:firstname'] = 'First name';
$string['privacy:metadata:firstnamenative'] = 'First name in the student\'s own script';
$string['privacy:metadata:gender'] = 'Gender';
$string['privacy:metadata:grader'] = 'Name of the teacher who graded';
$string['privacy:metadata:gradestatus'] = 'Status of the grade';
$string['privacy:metadata:installmentno'] = 'Number of the instalment';
$string['privacy:metadata:intake'] = 'Intake';
$string['privacy:metadata:invoice'] = 'Number of the invoice';
$string['privacy:metadata:invoicedate'] = 'Day of the invoice';
$string['privacy:metadata:itemid'] = 'The grade item';
$string['privacy:metadata:lasterror'] = 'Why sending failed';
$string['privacy:metadata:lastname'] = 'Last name';
$string['privacy:metadata:lastnamenative'] = 'Last name in the student\'s own script';
$string['privacy:metadata:letter'] = 'Grade';
$string['privacy:metadata:linecount'] = 'Number of rows in its list';
$string['privacy:metadata:local_zohosync_course'] = 'Classes as Zoho CRM holds them, with the teacher whom the sync brought into the course';
$string['privacy:metadata:local_zohosync_emitted'] = 'Fingerprint of what was last sent about a grade, an enrolment or a request';
$string['privacy:metadata:local_zohosync_enrolment'] = 'Enrollments of a student in classes, as Zoho CRM holds them';
$string['privacy:metadata:local_zohosync_finance'] = 'Scholarship, bank and fees of a student, as Zoho CRM holds them';
$string['privacy:metadata:local_zohosync_financeline'] = 'Instalments of a student\'s finance part, as Zoho CRM holds them';
$string['privacy:metadata:local_zohosync_installment'] = 'Payment schedules of registrations, as Zoho CRM holds them';
$string['privacy:metadata:local_zohosync_outbox'] = 'Events about grades, enrolments and requests that are sent to the agent';
$string['privacy:metadata:local_zohosync_outcome'] = 'Letters that were generated where the student submitted nothing';
$string['privacy:metadata:local_zohosync_payment'] = 'Payments, as Zoho CRM holds them';
$string['privacy:metadata:local_zohosync_registration'] = 'Registrations of a student for programmes, as Zoho CRM holds them';
$string['privacy:metadata:local_zohosync_request'] = 'Requests of a student, raised in Moodle or in Zoho CRM';
$string['privacy:metadata:local_zohosync_result'] = 'Grades that were typed into Zoho CRM';
$string['privacy:metadata:local_zohosync_student'] = 'The student as Zoho CRM holds her';
$string['privacy:metadata:local_zohosync_teacher'] = 'The teacher as Zoho CRM holds her';
$string['privacy:metadata:major'] = 'Major';
$string['privacy:metadata:method'] = 'Method of payment';
$string['privacy:metadata:mode'] = 'Mode of payment';
$string['privacy:metadata:name'] = 'Name of the grade';
$string['privacy:metadata:nationality'] = 'Nationality';
$string['privacy:metadata:number'] = 'Number';
$string['privacy:metadata:objectkey'] = 'The grade, enrolment or request that it is about';
$string['privacy:metadata:origin'] = 'How the change was found';
$string['privacy:metadata:originalamount'] = 'Amount as it was paid';
$string['privacy:metadata:originalcurrency'] = 'Currency in which it was paid';
$string['privacy:metadata:paiddate'] = 'Day on which it was paid';
$string['privacy:metadata:payload'] = 'The event with the grade, the enrolment or the request, as it is sent';
$string['privacy:metadata:paymentdate'] = 'Day of the payment';
$string['privacy:metadata:phone'] = 'Phone number';
$string['privacy:metadata:price'] = 'Price';
$string['privacy:metadata:programid'] = 'The programme\'s record id in Zoho CRM';
$string['privacy:metadata:programname'] = 'Name of the programme';
$string['privacy:metadata:raised'] = 'Whether it was raised in Moodle';
$string['privacy:metadata:reason'] = 'Reason';
$string['privacy:metadata:registrationdate'] = 'Date of registration';
$string['privacy:metadata:registrationfees'] = 'Registration fees';
$string['privacy:metadata:registrationid'] = 'The registration\'s record id in Zoho CRM';
$string['privacy:metadata:registrationinvoice'] = 'Invoice of the registration fees';
$string['privacy:metadata:remaining'] = 'Amount that remains to be paid';
$string['privacy:metadata:requesttime'] = 'When it was raised';
$string['privacy:metadata:role'] = 'Role in the course';
$string['privacy:metadata:scholarship'] = 'Scholarship';
$string['privacy:metadata:scholarshippercentage'] = 'Scholarship in per cent';
$string['privacy:metadata:scholarshipreason'] = 'Reason of the scholarship';
$string['privacy:metadata:sourcetime'] = 'When the record was changed in Zoho CRM';
$string['privacy:metadata:staff'] = 'Accounts that every class has by the agent\'s settings';
$string['privacy:metadata:startdate'] = 'First day';
$string['privacy:metadata:status'] = 'Status';
$string['privacy:metadata:studentid'] = 'The student\'s record id in Zoho CRM';
$string['privacy:metadata:studentnumber'] = 'Student number';
$string['privacy:metadata:studylanguage'] = 'Language of study';
$string['privacy:metadata:studymode'] = 'Study mode';
$string['privacy:metadata:submajor'] = 'Second major';
$string['privacy:metadata:suspended'] = 'Whether the account is to be suspended';
$string['privacy:metadata:teacherenrolid'] = 'The enrolment that the sync gave the teacher';
$string['privacy:metadata:teacherid'] = 'The teacher\'s record id in Zoho CRM';
$string['privacy:metadata:teacherrole'] = 'Role of the teacher';
$string['privacy:metadata:teacherroleid'] = 'The role that the sync gave the teacher';
$string['privacy:metadata:teacheruserid'] = 'The teacher\'s account';
$string['privacy:metadata:timeanswered'] = 'When the college last changed its status';
$string['privacy:metadata:timecreated'] = 'When the row was made';
$string['privacy:metadata:timedelivered'] = 'When the agent took it';
$string['privacy:metadata:timemodified'] = 'When the row was changed';
$string['privacy:metadata:timetaken'] = 'When Zoho CRM had it';
$string['privacy:metadata:total'] = 'Total amount';
$string['privacy:metadata:transferred'] = 'Amount transferred';
$string['privacy:metadata:transferredcurrency'] = 'Currency of the amount transferred';
$string['privacy:metadata:type'] = 'Type';
$string['privacy:metadata:unitname'] = 'Unit';
$string['privacy:metadata:userid'] = 'The person\'s account';
$string['privacy:metadata:username'] = 'Name to sign in with';
$string['privacy:metadata:verifier'] = 'Name of the internal verifier';
$string['privacy:metadata:voucher'] = 'Number of the voucher';
$string['privacy:metadata:withdrawal'] = 'What an ended enrollment becomes';
$string['privacy:metadata:zohocrm'] = 'Grades, enrolments and requests of students are sent to the Zoho sync agent, which writes them to the college\'s Zoho CRM.';
$string['privacy:metadata:zohocrm:enrolment'] = 'In which classes the student is enrolled, and from when to when';
$string['privacy:metadata:zohocrm:feedback'] = 'The teacher\'s feedback';
$string['privacy:metadata:zohocrm:grade'] = 'The grade, and the criteria that were achieved';
$string['privacy:metadata:zohocrm:grader'] = 'Name and role of the teacher who graded';
$string['privacy:metadata:zohocrm:request'] = 'Requests that the student raised, with their reason';
$string['privacy:metadata:zohocrm:requestfile'] = 'Files that the student put to a request';
$string['privacy:metadata:zohocrm:studentname'] = 'Name of the student';
$string['privacy:metadata:zohoid'] = 'Record id in Zoho CRM';
$string['privacy:path:local_zohosync_course'] = 'Classes taught';
$string['privacy:path:local_zohosync_emitted'] = 'Fingerprints of what was sent';
$string['privacy:path:local_zohosync_enrolment'] = 'Enrollments';
$string['privacy:path:local_zohosync_finance'] = 'Finance';
$string['privacy:path:local_zohosync_financeline'] = 'Instalments';
$string['privacy:path:local_zohosync_installment'] = 'Payment schedules';
$string['privacy:path:local_zohosync_outbox'] = 'Events';
$string['privacy:path:local_zohosync_outcome'] = 'Generated letters';
$string['privacy:path:local_zohosync_payment'] = 'Payments';
$string['privacy:path:local_zohosync_registration'] = 'Registrations';
$string['privacy:path:local_zohosync_request'] = 'Requests';
$string['privacy:path:local_zohosync_result'] = 'Grades typed into Zoho';
$string['privacy:path:local_zohosync_student'] = 'Student';
$string['privacy:path:local_zohosync_teacher'] = 'Teacher';
$string['request:reason'] = 'Reason';
$string['request:value'] = 'New value';
$string['roledescription'] = 'For the service account of the Zoho sync agent only: may call its web-service functions.';
$string['rolename'] = 'Zoho sync agent';
$string['setting:agenturl'] = 'Address of the agent';
$string['setting:agenturl_desc'] = 'Starts with https://, or with http:// if the agent runs on this machine. Requests go to this address only; the site\'s lists of blocked hosts and allowed ports stay as they are.';
$string['setting:coursecategory'] = 'Category for classes';
$string['setting:coursecategory_desc'] = 'New courses for Zoho\'s classes, and categories for its programmes, are made here. A class of a known programme goes into that programme\'s category.';
$string['setting:coursecategory_own'] = 'Zoho classes (made when needed)';
$string['setting:enabled'] = 'Send grades to Zoho';
$string['setting:enabled_desc'] = 'Collect changes of grades and send them to the agent. Switched on by cli/setup.php.';
$string['setting:signingsecrets'] = 'Signing secrets';
$string['setting:signingsecrets_desc'] = 'Shared with the agent, which checks by them that an event comes from this site. Every secret signs, so old and new may both be here while they are changed. Made by cli/setup.php; stored encrypted.';
$string['setting:userauth'] = 'Authentication of new accounts';
$string['setting:userauth_desc'] = 'Accounts that the sync makes for students and teachers get this authentication method. With one that keeps passwords in Moodle, Moodle mails a first password.';
$string['task:comparegrades'] = 'Compare all grades with what was sent, where the history of grades does not tell';
$string['task:deliver'] = 'Send events to the Zoho sync agent';
$string['task:generateoutcomes'] = 'Generate F and RR where nothing was submitted';
$string['task:purge'] = 'Remove old events of Zoho sync';
$string['task:readhistory'] = 'Find changes of grades that have no event';
$string['zohosync:agent'] = 'Work as the Zoho sync agent: write students, teachers, courses, categories and enrolments, read grades';
