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
$string['attemptnumber'] = 'Attempt {$a}';
$string['caption:courses'] = 'Your classes with dates and status';
$string['caption:grades'] = 'Your released grades, newest first';
$string['caption:payments'] = 'Your payments, newest first';
$string['caption:requests'] = 'Your requests, newest first';
$string['caption:schedule'] = 'Payment schedule';
$string['card:inactive'] = 'Your card is available while your registration at the college is active. Please ask the registry.';
$string['card:nophoto'] = 'Your card needs a photo that the college has approved.';
$string['card:norecord'] = 'There is no student record for this account yet.';
$string['card:norequest'] = 'The college issues a card when it has agreed to your request for one.';
$string['column:amount'] = 'Amount';
$string['column:answer'] = 'Answer';
$string['column:assignment'] = 'Assignment';
$string['column:course'] = 'Course';
$string['column:date'] = 'Graded on';
$string['column:duedate'] = 'Due on';
$string['column:ends'] = 'Ends';
$string['column:feedback'] = 'Feedback';
$string['column:installment'] = 'Instalment';
$string['column:mark'] = 'Mark';
$string['column:method'] = 'Method';
$string['column:paidon'] = 'Paid on';
$string['column:payment'] = 'Payment for';
$string['column:raisedon'] = 'Raised on';
$string['column:receipt'] = 'Receipt';
$string['column:request'] = 'Request';
$string['column:result'] = 'Result';
$string['column:starts'] = 'Starts';
$string['column:unit'] = 'Unit';
$string['criteria'] = 'Assessment criteria';
$string['dashboard'] = 'My studies';
$string['eventcardissued'] = 'Student card issued';
$string['eventcardrevoked'] = 'Student card revoked';
$string['eventdashboardviewed'] = 'Student dashboard of another person viewed';
$string['eventphotoreviewed'] = 'Photo for a student card decided about';
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
$string['figure:balance'] = 'Balance to pay';
$string['figure:credit'] = 'Paid too much';
$string['figure:discount'] = 'Discount';
$string['figure:discountamount'] = 'Discount';
$string['figure:due'] = 'Due in all';
$string['figure:next'] = 'Next instalment';
$string['figure:overdue'] = 'Overdue';
$string['figure:received'] = 'Received';
$string['figure:scholarship'] = 'Scholarship';
$string['figure:scholarshippercentage'] = 'Percentage';
$string['figure:scholarshipreason'] = 'Reason';
$string['foreignview'] = 'You are looking at another person\'s page. This view has been logged.';
$string['group:person'] = 'Person';
$string['group:study'] = 'Study';
$string['installment:open'] = 'To be paid';
$string['installment:overdue'] = 'Overdue';
$string['installment:paid'] = 'Paid';
$string['letter:d'] = 'Distinction';
$string['letter:f'] = 'Fail';
$string['letter:m'] = 'Merit';
$string['letter:mapped'] = 'Mapped';
$string['letter:p'] = 'Pass';
$string['letter:r'] = 'Refer';
$string['letter:rr'] = 'Refer on resubmission';
$string['markofmaximum'] = '{$a->mark} / {$a->maximum}';
$string['mismatch:currency'] = 'Received in another currency than that of the registration: {$a->stated}.';
$string['mismatch:discount'] = 'The discount of {$a->stated} on the price of {$a->computed} is not possible.';
$string['mismatch:installments'] = 'Due by the payment schedule: {$a->computed}; by the student\'s own instalments: {$a->stated}.';
$string['mismatch:price'] = 'Due: {$a->computed}; the price less the discount is {$a->stated}.';
$string['mismatch:remaining'] = 'The balance is {$a->computed}; the registration says that {$a->stated} remains.';
$string['nocourses'] = 'No courses yet';
$string['nocourseshelp'] = 'Your courses appear here as soon as the college enrols you in a class.';
$string['nofinance'] = 'No registration yet';
$string['nofinancehelp'] = 'What you owe and have paid appears here as soon as the college has registered you for a programme.';
$string['nogrades'] = 'No released grades yet';
$string['nogradeshelp'] = 'A grade appears here when your teacher has released it.';
$string['nopayments'] = 'No payments yet';
$string['nopaymentshelp'] = 'A payment appears here when the college has recorded it.';
$string['noprofile'] = 'No details yet';
$string['noprofilehelp'] = 'Your details appear here as soon as the college registry has sent them.';
$string['norecord'] = 'There is no student record for this account yet.';
$string['norecordhelp'] = 'If you have just registered, look again later. If this does not change, ask the registry of the college.';
$string['noregistration'] = 'Payments without a registration';
$string['norequests'] = 'No requests yet';
$string['norequestshelp'] = 'Requests to the college and its answers appear here.';
$string['payment'] = 'Payment';
$string['paymentmethod:bank'] = 'Bank';
$string['paymentmethod:cash'] = 'Cash';
$string['paymenttype:assignmentremarkfees'] = 'Assignment remark fees';
$string['paymenttype:booksfees'] = 'Books fees';
$string['paymenttype:certificatefees'] = 'Certificate fees';
$string['paymenttype:registrationfees'] = 'Registration fees';
$string['paymenttype:studyfees'] = 'Study fees';
$string['photo:reasonneeded'] = 'Please give a reason of at most {$a} characters.';
$string['photo:toolarge'] = 'This picture has too many pixels. Please choose a smaller one.';
$string['photo:toosmall'] = 'This picture is too small. It needs at least {$a} pixels in width and height.';
$string['photo:unreadable'] = 'This picture is damaged and cannot be read. Please choose another one.';
$string['photo:wrongtype'] = 'Please choose a photo of the type JPEG or PNG.';
$string['pluginname'] = 'Student dashboard';
$string['privacy:metadata:files'] = 'The photos that students give for their card';
$string['privacy:metadata:local_student_dashboard_card'] = 'Student cards that were issued';
$string['privacy:metadata:local_student_dashboard_photo'] = 'Photos for student cards and what was decided about them';
$string['privacy:metadata:reason'] = 'Why the photo was rejected';
$string['privacy:metadata:requestid'] = 'The request that the card answers';
$string['privacy:metadata:reviewerid'] = 'Who decided about the photo';
$string['privacy:metadata:revokedby'] = 'Who revoked the card';
$string['privacy:metadata:status'] = 'Whether the photo waits, was approved or was rejected';
$string['privacy:metadata:timecreated'] = 'When the photo was given';
$string['privacy:metadata:timeexpires'] = 'Until when the card is valid';
$string['privacy:metadata:timeissued'] = 'When the card was issued';
$string['privacy:metadata:timereviewed'] = 'When it was decided about the photo';
$string['privacy:metadata:timerevoked'] = 'When the card was revoked';
$string['privacy:metadata:token'] = 'The secret in the QR code of the card, encrypted; it is not exported';
$string['privacy:metadata:tokenhash'] = 'A hash of that secret; it is not exported';
$string['privacy:metadata:userid'] = 'The student';
$string['recordedbycollege'] = 'Recorded by the college';
$string['refund'] = 'Refund';
$string['registrationstatus:active'] = 'Active';
$string['registrationstatus:blocked'] = 'Blocked';
$string['registrationstatus:freeze'] = 'Frozen';
$string['registrationstatus:graduated'] = 'Graduated';
$string['registrationstatus:new'] = 'New';
$string['registrationstatus:special'] = 'Special';
$string['registrationstatus:withdraw'] = 'Withdrawn';
$string['request:intro'] = 'The college reads your request and answers it. You find the answer under Requests on your page.';
$string['request:new'] = 'New request';
$string['request:reason'] = 'Reason';
$string['request:send'] = 'Send request';
$string['request:sent'] = 'Your request has been sent to the college.';
$string['request:toolong'] = 'Please write at most {$a} characters.';
$string['request:type'] = 'What do you ask for?';
$string['requestanswer:approved'] = 'The college has agreed.';
$string['requestanswer:cancelled'] = 'The request was cancelled.';
$string['requestanswer:completed'] = 'The college has done it.';
$string['requestanswer:pending'] = 'The college has not answered yet.';
$string['requestanswer:rejected'] = 'The college has refused.';
$string['requestfee'] = 'Fee: {$a}';
$string['requeststatus:approved'] = 'Approved';
$string['requeststatus:cancelled'] = 'Cancelled';
$string['requeststatus:completed'] = 'Completed';
$string['requeststatus:pending'] = 'Pending';
$string['requeststatus:rejected'] = 'Rejected';
$string['requesttype:changeinformation'] = 'Change of my information';
$string['requesttype:classdrop'] = 'Drop a class';
$string['requesttype:enrollnextsemester'] = 'Enrol for the next semester';
$string['requesttype:latesubmission'] = 'Late submission';
$string['requesttype:studentcard'] = 'Student card';
$string['scholarship'] = 'Scholarship and discount';
$string['section:courses'] = 'Courses';
$string['section:finance'] = 'Finance';
$string['section:grades'] = 'Grades';
$string['section:payments'] = 'Payments';
$string['section:profile'] = 'Profile';
$string['section:requests'] = 'Requests';
$string['showbalance'] = 'Show the balance';
$string['showbalance_desc'] = 'Show each student what is still to be paid in sum. Without it she sees what is due, what was received and her payment schedule.';
$string['status:active'] = 'Active';
$string['status:ended'] = 'Ended';
$string['status:suspended'] = 'Suspended';
$string['status:upcoming'] = 'Not started yet';
$string['status:waiting'] = 'Being set up';
$string['stillopen'] = '{$a} still open';
$string['student_dashboard:approvephotos'] = 'Decide about the photos for student cards';
$string['student_dashboard:managecards'] = 'See and revoke student cards';
$string['student_dashboard:request'] = 'Raise requests to the college';
$string['student_dashboard:view'] = 'View own student dashboard';
$string['student_dashboard:viewany'] = 'View the student dashboard of another person';
$string['student_dashboard:viewanyfinance'] = 'View finance on the student dashboard of another person';
$string['student_dashboard:viewfinance'] = 'View own finance on the student dashboard';
$string['voidpayment'] = 'Void or not confirmed: does not count';
$string['withdrawn'] = 'The college registry no longer holds this student record. What is shown is its last state.';
