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
$string['caption:courses'] = 'صفوفك مع التواريخ والحالة';
$string['caption:grades'] = 'درجاتك المعلنة، الأحدث أولاً';
$string['column:assignment'] = 'الواجب';
$string['column:course'] = 'المقرر';
$string['column:date'] = 'تاريخ التقييم';
$string['column:ends'] = 'النهاية';
$string['column:feedback'] = 'ملاحظات المعلم';
$string['column:mark'] = 'العلامة';
$string['column:result'] = 'النتيجة';
$string['column:starts'] = 'البداية';
$string['column:unit'] = 'الوحدة';
$string['dashboard'] = 'دراستي';
$string['eventdashboardviewed'] = 'عُرضت لوحة طالب من قِبل شخص آخر';
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
$string['foreignview'] = 'أنت تعرض صفحة شخص آخر. تم تسجيل هذا العرض.';
$string['group:person'] = 'البيانات الشخصية';
$string['group:study'] = 'الدراسة';
$string['letter:D'] = 'امتياز';
$string['letter:M'] = 'جيد جداً';
$string['letter:P'] = 'ناجح';
$string['letter:R'] = 'إعادة تقديم';
$string['letter:RR'] = 'إعادة بعد التقديم الثاني';
$string['markofmaximum'] = '{$a->mark} / {$a->maximum}';
$string['nocourses'] = 'لا توجد مقررات بعد';
$string['nocourseshelp'] = 'ستظهر مقرراتك هنا فور تسجيلك من قِبل الكلية في صف دراسي.';
$string['nogrades'] = 'لا توجد درجات معلنة بعد';
$string['nogradeshelp'] = 'تظهر الدرجة هنا بعد أن يعلنها معلمك.';
$string['noprofile'] = 'لا توجد بيانات بعد';
$string['noprofilehelp'] = 'ستظهر بياناتك هنا فور إرسالها من سجل الكلية.';
$string['norecord'] = 'لا يوجد سجل طالب لهذا الحساب بعد.';
$string['norecordhelp'] = 'إذا سجّلت حديثاً فعاود المحاولة لاحقاً. وإذا لم يتغير الأمر فراجع قسم التسجيل في الكلية.';
$string['pluginname'] = 'لوحة الطالب';
$string['privacy:metadata'] = 'لا تخزّن لوحة الطالب أي بيانات شخصية، بل تعرض ما تخزّنه إضافة مزامنة Zoho ودفتر الدرجات.';
$string['section:courses'] = 'المقررات';
$string['section:grades'] = 'الدرجات';
$string['section:profile'] = 'الملف الشخصي';
$string['status:active'] = 'نشط';
$string['status:ended'] = 'منتهٍ';
$string['status:suspended'] = 'معلّق';
$string['status:upcoming'] = 'لم يبدأ بعد';
$string['status:waiting'] = 'قيد الإعداد';
$string['student_dashboard:view'] = 'عرض لوحة الطالب الخاصة';
$string['student_dashboard:viewany'] = 'عرض لوحة طالب لشخص آخر';
$string['withdrawn'] = 'لم يعد سجل الكلية يحتفظ بسجل هذا الطالب. المعروض هو آخر حالة له.';
