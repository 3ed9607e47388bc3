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
 * Strings in Arabic.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$string['asof'] = 'حتى {$a}';
$string['attemptnumber'] = 'المحاولة {$a}';
$string['caption:courses'] = 'صفوفك مع التواريخ والحالة';
$string['caption:grades'] = 'درجاتك المعلنة، الأحدث أولاً';
$string['caption:payments'] = 'دفعاتك، الأحدث أولاً';
$string['caption:requests'] = 'طلباتك، الأحدث أولاً';
$string['caption:schedule'] = 'جدول الدفعات';
$string['card:inactive'] = 'تتوفر بطاقتك ما دام تسجيلك في الكلية نشطاً. يُرجى مراجعة قسم التسجيل.';
$string['card:nophoto'] = 'تحتاج بطاقتك إلى صورة وافقت عليها الكلية.';
$string['card:norecord'] = 'لا يوجد سجل طالب لهذا الحساب بعد.';
$string['card:norequest'] = 'تُصدر الكلية البطاقة بعد موافقتها على طلبك لها.';
$string['column:amount'] = 'المبلغ';
$string['column:answer'] = 'الرد';
$string['column:assignment'] = 'الواجب';
$string['column:course'] = 'المقرر';
$string['column:date'] = 'تاريخ التقييم';
$string['column:duedate'] = 'تاريخ الاستحقاق';
$string['column:ends'] = 'النهاية';
$string['column:feedback'] = 'ملاحظات المعلم';
$string['column:installment'] = 'القسط';
$string['column:mark'] = 'العلامة';
$string['column:method'] = 'طريقة الدفع';
$string['column:paidon'] = 'تاريخ الدفع';
$string['column:payment'] = 'الدفعة عن';
$string['column:raisedon'] = 'تاريخ الطلب';
$string['column:receipt'] = 'الإيصال';
$string['column:request'] = 'الطلب';
$string['column:result'] = 'النتيجة';
$string['column:starts'] = 'البداية';
$string['column:unit'] = 'الوحدة';
$string['criteria'] = 'معايير التقييم';
$string['dashboard'] = 'دراستي';
$string['eventcardissued'] = 'أُصدرت بطاقة طالب';
$string['eventcardrevoked'] = 'أُلغيت بطاقة طالب';
$string['eventdashboardviewed'] = 'عُرضت لوحة طالب من قِبل شخص آخر';
$string['eventphotoreviewed'] = 'بُتَّ في صورة لبطاقة طالب';
$string['field:academicprogram'] = 'البرنامج';
$string['field:address'] = 'العنوان';
$string['field:award'] = 'الشهادة';
$string['field:birthdate'] = 'تاريخ الميلاد';
$string['field:btecnumber'] = 'رقم تسجيل BTEC';
$string['field:city'] = 'المدينة';
$string['field:country'] = 'البلد';
$string['field:displayname'] = 'الاسم';
$string['field:email'] = 'البريد الإلكتروني';
$string['field:gender'] = 'الجنس';
$string['field:intake'] = 'دفعة القبول';
$string['field:major'] = 'التخصص';
$string['field:nationality'] = 'الجنسية';
$string['field:nativename'] = 'الاسم باللغة الأم';
$string['field:phone'] = 'الهاتف';
$string['field:registrationdate'] = 'تاريخ التسجيل';
$string['field:status'] = 'الحالة';
$string['field:studentnumber'] = 'رقم الطالب';
$string['field:studylanguage'] = 'لغة الدراسة';
$string['field:studymode'] = 'نمط الدراسة';
$string['field:submajor'] = 'التخصص الفرعي';
$string['figure:balance'] = 'الرصيد المتبقي';
$string['figure:credit'] = 'مدفوع زيادة';
$string['figure:discount'] = 'الخصم';
$string['figure:discountamount'] = 'الخصم';
$string['figure:due'] = 'إجمالي المستحق';
$string['figure:next'] = 'القسط التالي';
$string['figure:overdue'] = 'متأخر';
$string['figure:received'] = 'المدفوع';
$string['figure:scholarship'] = 'المنحة';
$string['figure:scholarshippercentage'] = 'النسبة';
$string['figure:scholarshipreason'] = 'السبب';
$string['foreignview'] = 'أنت تعرض صفحة شخص آخر. تم تسجيل هذا العرض.';
$string['group:person'] = 'البيانات الشخصية';
$string['group:study'] = 'الدراسة';
$string['installment:open'] = 'بانتظار الدفع';
$string['installment:overdue'] = 'متأخر';
$string['installment:paid'] = 'مدفوع';
$string['letter:d'] = 'امتياز';
$string['letter:f'] = 'راسب';
$string['letter:m'] = 'جيد جداً';
$string['letter:mapped'] = 'معادَل';
$string['letter:p'] = 'ناجح';
$string['letter:r'] = 'إعادة تقديم';
$string['letter:rr'] = 'إعادة بعد التقديم الثاني';
$string['markofmaximum'] = '{$a->mark} / {$a->maximum}';
$string['mismatch:currency'] = 'مبلغ مستلم بعملة غير عملة التسجيل: {$a->stated}.';
$string['mismatch:discount'] = 'الخصم {$a->stated} على السعر {$a->computed} غير ممكن.';
$string['mismatch:installments'] = 'المستحق حسب جدول الدفعات: {$a->computed}، وحسب أقساط الطالب: {$a->stated}.';
$string['mismatch:price'] = 'المستحق: {$a->computed}، والسعر بعد الخصم {$a->stated}.';
$string['mismatch:remaining'] = 'الرصيد {$a->computed}، والمتبقي حسب التسجيل {$a->stated}.';
$string['nocourses'] = 'لا توجد مقررات بعد';
$string['nocourseshelp'] = 'ستظهر مقرراتك هنا فور تسجيلك من قِبل الكلية في صف دراسي.';
$string['nofinance'] = 'لا يوجد تسجيل بعد';
$string['nofinancehelp'] = 'يظهر هنا ما عليك وما دفعته فور تسجيلك من قِبل الكلية في برنامج.';
$string['nogrades'] = 'لا توجد درجات معلنة بعد';
$string['nogradeshelp'] = 'تظهر الدرجة هنا بعد أن يعلنها معلمك.';
$string['nopayments'] = 'لا توجد دفعات بعد';
$string['nopaymentshelp'] = 'تظهر الدفعة هنا بعد أن تسجّلها الكلية.';
$string['noprofile'] = 'لا توجد بيانات بعد';
$string['noprofilehelp'] = 'ستظهر بياناتك هنا فور إرسالها من سجل الكلية.';
$string['norecord'] = 'لا يوجد سجل طالب لهذا الحساب بعد.';
$string['norecordhelp'] = 'إذا سجّلت حديثاً فعاود المحاولة لاحقاً. وإذا لم يتغير الأمر فراجع قسم التسجيل في الكلية.';
$string['noregistration'] = 'دفعات بلا تسجيل';
$string['norequests'] = 'لا توجد طلبات بعد';
$string['norequestshelp'] = 'تظهر هنا طلباتك إلى الكلية وردودها.';
$string['payment'] = 'دفعة';
$string['paymentmethod:bank'] = 'تحويل مصرفي';
$string['paymentmethod:cash'] = 'نقداً';
$string['paymenttype:assignmentremarkfees'] = 'رسوم إعادة تصحيح واجب';
$string['paymenttype:booksfees'] = 'رسوم الكتب';
$string['paymenttype:certificatefees'] = 'رسوم الشهادة';
$string['paymenttype:registrationfees'] = 'رسوم التسجيل';
$string['paymenttype:studyfees'] = 'رسوم الدراسة';
$string['photo:reasonneeded'] = 'يُرجى ذكر سبب لا يزيد على {$a} حرف.';
$string['photo:toolarge'] = 'هذه الصورة كبيرة الأبعاد جداً. يُرجى اختيار صورة أصغر.';
$string['photo:toosmall'] = 'هذه الصورة صغيرة جداً. يجب ألا يقل عرضها وارتفاعها عن {$a} بكسل.';
$string['photo:unreadable'] = 'هذه الصورة تالفة ولا يمكن قراءتها. يُرجى اختيار صورة أخرى.';
$string['photo:wrongtype'] = 'يُرجى اختيار صورة من نوع JPEG أو PNG.';
$string['pluginname'] = 'لوحة الطالب';
$string['privacy:metadata:files'] = 'الصور التي يقدّمها الطلاب لبطاقاتهم';
$string['privacy:metadata:local_student_dashboard_card'] = 'بطاقات الطلاب التي أُصدرت';
$string['privacy:metadata:local_student_dashboard_photo'] = 'صور بطاقات الطلاب وما تقرر بشأنها';
$string['privacy:metadata:reason'] = 'سبب رفض الصورة';
$string['privacy:metadata:requestid'] = 'الطلب الذي صدرت البطاقة استجابةً له';
$string['privacy:metadata:reviewerid'] = 'من بتَّ في الصورة';
$string['privacy:metadata:revokedby'] = 'من ألغى البطاقة';
$string['privacy:metadata:status'] = 'هل الصورة بانتظار القرار أم مقبولة أم مرفوضة';
$string['privacy:metadata:timecreated'] = 'وقت تقديم الصورة';
$string['privacy:metadata:timeexpires'] = 'وقت انتهاء صلاحية البطاقة';
$string['privacy:metadata:timeissued'] = 'وقت إصدار البطاقة';
$string['privacy:metadata:timereviewed'] = 'وقت البت في الصورة';
$string['privacy:metadata:timerevoked'] = 'وقت إلغاء البطاقة';
$string['privacy:metadata:token'] = 'الرمز السري في رمز QR على البطاقة، مشفّراً؛ لا يُصدَّر';
$string['privacy:metadata:tokenhash'] = 'بصمة ذلك الرمز السري؛ لا تُصدَّر';
$string['privacy:metadata:userid'] = 'الطالب';
$string['recordedbycollege'] = 'سجّلتها الكلية';
$string['refund'] = 'مبلغ مسترد';
$string['registrationstatus:active'] = 'نشط';
$string['registrationstatus:blocked'] = 'محظور';
$string['registrationstatus:freeze'] = 'مجمّد';
$string['registrationstatus:graduated'] = 'متخرج';
$string['registrationstatus:new'] = 'جديد';
$string['registrationstatus:special'] = 'خاص';
$string['registrationstatus:withdraw'] = 'منسحب';
$string['request:intro'] = 'تقرأ الكلية طلبك وترد عليه. ستجد الرد ضمن الطلبات في صفحتك.';
$string['request:new'] = 'طلب جديد';
$string['request:reason'] = 'السبب';
$string['request:send'] = 'إرسال الطلب';
$string['request:sent'] = 'أُرسل طلبك إلى الكلية.';
$string['request:toolong'] = 'الرجاء ألا يزيد النص على {$a} حرف.';
$string['request:type'] = 'ماذا تطلب؟';
$string['requestanswer:approved'] = 'وافقت الكلية.';
$string['requestanswer:cancelled'] = 'أُلغي الطلب.';
$string['requestanswer:completed'] = 'أنجزت الكلية طلبك.';
$string['requestanswer:pending'] = 'لم ترد الكلية بعد.';
$string['requestanswer:rejected'] = 'رفضت الكلية.';
$string['requestfee'] = 'الرسوم: {$a}';
$string['requeststatus:approved'] = 'مقبول';
$string['requeststatus:cancelled'] = 'ملغى';
$string['requeststatus:completed'] = 'منجز';
$string['requeststatus:pending'] = 'قيد الانتظار';
$string['requeststatus:rejected'] = 'مرفوض';
$string['requesttype:changeinformation'] = 'تعديل بياناتي';
$string['requesttype:classdrop'] = 'الانسحاب من صف';
$string['requesttype:enrollnextsemester'] = 'التسجيل في الفصل القادم';
$string['requesttype:latesubmission'] = 'تسليم متأخر';
$string['requesttype:studentcard'] = 'بطاقة الطالب';
$string['scholarship'] = 'المنحة والخصم';
$string['section:courses'] = 'المقررات';
$string['section:finance'] = 'المالية';
$string['section:grades'] = 'الدرجات';
$string['section:payments'] = 'الدفعات';
$string['section:profile'] = 'الملف الشخصي';
$string['section:requests'] = 'الطلبات';
$string['showbalance'] = 'إظهار الرصيد';
$string['showbalance_desc'] = 'إظهار مجموع ما بقي على كل طالب. بدونه يرى الطالب المستحق والمدفوع وجدول الدفعات.';
$string['status:active'] = 'نشط';
$string['status:ended'] = 'منتهٍ';
$string['status:suspended'] = 'معلّق';
$string['status:upcoming'] = 'لم يبدأ بعد';
$string['status:waiting'] = 'قيد الإعداد';
$string['stillopen'] = 'بقي {$a}';
$string['student_dashboard:approvephotos'] = 'البت في صور بطاقات الطلاب';
$string['student_dashboard:managecards'] = 'عرض بطاقات الطلاب وإلغاؤها';
$string['student_dashboard:request'] = 'تقديم طلبات إلى الكلية';
$string['student_dashboard:view'] = 'عرض لوحة الطالب الخاصة';
$string['student_dashboard:viewany'] = 'عرض لوحة طالب لشخص آخر';
$string['student_dashboard:viewanyfinance'] = 'عرض المالية في لوحة طالب لشخص آخر';
$string['student_dashboard:viewfinance'] = 'عرض المالية الخاصة في لوحة الطالب';
$string['voidpayment'] = 'ملغاة أو غير مؤكدة: لا تُحتسب';
$string['withdrawn'] = 'لم يعد سجل الكلية يحتفظ بسجل هذا الطالب. المعروض هو آخر حالة له.';
