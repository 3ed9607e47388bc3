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
 * Arabic strings of local_zohosync.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

defined('MOODLE_INTERNAL') || die();

$string['agentsettings'] = 'إعدادات الوكيل';
$string['agentsettings:changed'] = 'غيّره {$a->who} في {$a->when}';
$string['agentsettings:decide'] = 'قيمك معروضة أدناه ولم تُحفظ بعد. احفظها بدلاً من الأخرى، أو ألغِ ليبقى الإعداد كما هو الآن.';
$string['agentsettings:isdefault'] = 'هذه هي القيمة الافتراضية، ولم يغيّرها أحد.';
$string['agentsettings:lastknown'] = 'هذه هي القيم كما شوهدت آخر مرة في {$a}. يمكن تغييرها عندما يجيب الوكيل من جديد.';
$string['agentsettings:lostrace'] = 'غيّر شخص آخر هذا الإعداد أثناء عملك عليه.';
$string['agentsettings:neverseen'] = 'لم تُشاهد إعدادات الوكيل من هنا قط، فلا شيء يُعرض.';
$string['agentsettings:now'] = 'كما هو الآن';
$string['agentsettings:reset'] = 'عاد {$a} إلى قيمته الافتراضية.';
$string['agentsettings:saved'] = 'حُفظ {$a} وأصبح سارياً.';
$string['agentsettings:setback'] = 'إعادة إلى القيمة الافتراضية';
$string['agentsettings:yours'] = 'قيمتك';
$string['cachedef_breaker'] = 'هل يجيب الوكيل الآن';
$string['check:agent_connection'] = 'مزامنة Zoho: الاتصال بالوكيل';
$string['check:agentanswers'] = 'الوكيل على العنوان {$a} يجيب.';
$string['check:agentsilent'] = 'الوكيل على العنوان {$a} لا يجيب كما ينبغي.';
$string['check:backlog'] = 'مزامنة Zoho: الأحداث المرسلة إلى الوكيل';
$string['check:backlogempty'] = 'لا شيء في الانتظار، و{$a->dead} موقوفة.';
$string['check:backlogsummary'] = '{$a->pending} في الانتظار (أقدمها منذ {$a->age})، و{$a->dead} موقوفة.';
$string['check:copiedsite'] = 'هذا ليس الموقع الذي أُعدت له مزامنة Zoho، لذلك لا يُرسل شيء. إن كان هذا مقصوداً فشغّل cli/setup.php هنا.';
$string['check:grade_history'] = 'مزامنة Zoho: سجل الدرجات';
$string['check:historykept'] = 'سجل الدرجات يُحفظ.';
$string['check:historyoff'] = 'سجل الدرجات معطل (disablegradehistory): يصل إخفاء درجة وبعض التغييرات الأخرى إلى Zoho في الليلة التالية فقط، وتضيع درجات من غادر.';
$string['check:historyshort'] = 'يُحفظ سجل الدرجات {$a} يوماً فقط (gradehistorylifetime): تضيع معه درجة من غادر، وتُقارن كل الدرجات كل ليلة.';
$string['check:notsetup'] = 'لم يُحدد عنوان الوكيل.';
$string['check:samesite'] = 'هذا هو الموقع الذي أُعدت له مزامنة Zoho.';
$string['check:site_copy'] = 'مزامنة Zoho: نسخة من الموقع';
$string['countmismatch'] = 'أُرسل {$a->sent} صفاً ووصل {$a->received}. يُسقط PHP ما زاد على max_input_vars: أرسل صفوفاً أقل.';
$string['coursecategoryname'] = 'صفوف Zoho';
$string['error:accountsuspended'] = 'حساب الخدمة {$a} معلق. فعّله ثم أعد تشغيل الإعداد.';
$string['error:agent'] = '{$a}';
$string['error:agentaway'] = 'لا يجيب الوكيل كما ينبغي: {$a}';
$string['error:agenttokenmissing'] = 'لم يُحدد رمز المدير لدى الوكيل. أنشئه بالأمر "zohosync token administrator" وضعه في إعدادات هذا الملحق.';
$string['error:agenturlinvalid'] = 'لا يصلح \'{$a}\' عنواناً للوكيل: استخدم https://… أو http:// مع 127.0.0.1 أو localhost أو [::1].';
$string['error:amountinvalid'] = '{$a->field}: \'{$a->value}\' ليس مبلغاً (14 رقماً على الأكثر، و4 منازل بعد النقطة).';
$string['error:batchtoolarge'] = '{$a} صف على الأكثر في الطلب الواحد.';
$string['error:btecmissing'] = 'لم يعد نموذج تقييم BTEC الذي يُقيَّم به هذا الواجب مثبّتًا.';
$string['error:categoriesambiguous'] = 'عدة تصنيفات تحمل رقم التعريف {$a->zohoid}: {$a->categories}.';
$string['error:categorymissing'] = 'التصنيف {$a} المحدد لصفوف Zoho غير موجود.';
$string['error:coursemissing'] = 'لا يوجد مقرر للصف {$a} بعد.';
$string['error:coursesambiguous'] = 'عدة مقررات تحمل رقم التعريف {$a->zohoid}: {$a->courses}.';
$string['error:currencyinvalid'] = '{$a->field}: \'{$a->value}\' ليس عملة (ثلاثة أحرف كبيرة كما في ISO 4217).';
$string['error:dateinvalid'] = '{$a->field}: \'{$a->value}\' ليس تاريخاً (YYYY-MM-DD).';
$string['error:emailinvalid'] = '\'{$a}\' ليس عنوان بريد إلكتروني.';
$string['error:emailtaken'] = 'ينبغي أن يحصل {$a->user} على البريد {$a->email}، لكنه لدى {$a->holder}.';
$string['error:enddatebeforestartdate'] = 'تاريخ النهاية {$a->enddate} قبل تاريخ البداية {$a->startdate}.';
$string['error:fieldmissing'] = 'الحقل {$a} فارغ.';
$string['error:hashinvalid'] = 'قيمة changehash ليست بصمة MD5 (32 رقماً ست عشرياً).';
$string['error:idinvalid'] = '{$a->field}: \'{$a->value}\' ليس معرف سجل في Zoho (10 إلى 20 رقماً).';
$string['error:listkeyinvalid'] = '{$a->list}: الحقل {$a->field} بالقيمة \'{$a->value}\' فارغ أو مكرر.';
$string['error:locked'] = 'طلب آخر يعمل على {$a}؛ حاول مرة أخرى.';
$string['error:nostudent'] = 'لا يقدم الطلبات إلا طلبة الكلية، وهذا الحساب غير مرتبط بأي منهم.';
$string['error:notagent'] = 'لا ترسل مزامنة Zoho إلا إلى الوكيل المحدد.';
$string['error:requestassignment'] = 'اختر واحداً من واجباتك.';
$string['error:requestchanges'] = 'املأ معلومة واحدة على الأقل مما تريد تغييره.';
$string['error:requestclasses'] = 'اختر صفاً واحداً على الأقل من الصفوف المعروضة عليك.';
$string['error:requestclassestoomany'] = 'لا يزيد الطلب الواحد عن {$a} صفوف.';
$string['error:requestclosed'] = 'لا يمكن طلب \'{$a}\' في الوقت الحالي.';
$string['error:requestfilenone'] = 'لا يوجد في هذا الطلب ملف رقمه {$a}.';
$string['error:requestfilerequired'] = 'هذا الطلب يحتاج إلى ملف مرفق.';
$string['error:requestfiletoolarge'] = 'الملف {$a->name} أكبر من {$a->limit}.';
$string['error:requestfiletoomany'] = 'لا يزيد الطلب الواحد عن {$a} ملفات.';
$string['error:requestfiletype'] = 'الملف {$a} ليس ملف PDF أو JPEG أو PNG.';
$string['error:requestmissing'] = 'لا يوجد طلب رقمه {$a} قُدم في Moodle.';
$string['error:requesttypeinvalid'] = 'لا يمكن طلب \'{$a}\'.';
$string['error:rolemissing'] = 'لا يوجد دور بالاسم المختصر {$a}.';
$string['error:secretinvalid'] = 'يجب أن يكون سر التوقيع "whsec_" يليه base64 لما لا يقل عن 24 بايتاً؛ وتُفصل الأسرار بمسافات.';
$string['error:servicemissing'] = 'خدمة الويب {$a} مفقودة. رقّ الملحق أو أعد تثبيته.';
$string['error:settingunknown'] = 'لا يوجد إعداد باسم {$a} يحتاج إليه Moodle.';
$string['error:staffmissing'] = 'لا يوجد حساب واحد بعينه، أو لا يوجد الدور، لـ: {$a}.';
$string['error:studentmissing'] = 'لا يوجد حساب للطالب {$a} بعد.';
$string['error:userlinkedelsewhere'] = 'الحساب {$a->user} يخص سجلاً آخر في Zoho: {$a->key}.';
$string['error:usernameinvalid'] = '\'{$a}\' ليس اسم مستخدم يقبله Moodle.';
$string['error:usernametaken'] = 'يوجد حساب باسم {$a} لم ينشئه هذا الملحق. غيّر اسمه ثم أعد تشغيل الإعداد.';
$string['error:userprotected'] = 'لا يُربط الحساب {$a} بشخص في Zoho أبداً: فهو لمدير أو ضيف أو للوكيل.';
$string['error:usersambiguous'] = 'عدة حسابات لها {$a->what} {$a->value}: {$a->users}.';
$string['error:valuetoolong'] = 'الحقل {$a->field} أطول من {$a->longest} حرفاً.';
$string['error:withdrawalinvalid'] = '\'{$a}\' ليست واحدة من suspend وunenrol وkeep.';
$string['eventagentsettingchanged'] = 'تغيّر إعداد لوكيل Zoho';
$string['eventfailedeventsretried'] = 'أُعيدت محاولة سجلات مزامنة Zoho الفاشلة';
$string['eventrequestfileviewed'] = 'فُتح ملف مرفق بطلب';
$string['failures'] = 'السجلات الفاشلة';
$string['failures:none'] = 'لا توجد سجلات فاشلة.';
$string['failures:noneselected'] = 'اختر السجلات التي ستُعاد محاولتها.';
$string['failures:older'] = 'الأقدم';
$string['failures:reason'] = 'سبب الفشل';
$string['failures:received'] = 'وقت الوصول';
$string['failures:record'] = 'السجل';
$string['failures:retried'] = 'تُعاد الآن محاولة {$a}. ما يفشل ثانيةً يعود إلى هذه القائمة.';
$string['failures:retry'] = 'إعادة المحاولة';
$string['failures:retryall'] = 'إعادة محاولة الكل';
$string['failures:retryselected'] = 'إعادة محاولة المختار';
$string['failures:select'] = 'اختيار';
$string['failures:source'] = 'المصدر';
$string['failures:tries'] = 'المحاولات';
$string['failures_desc'] = 'تعذّر نقل هذه السجلات للسبب الذي ذكره Zoho أو Moodle أو الوكيل. أصلح السبب في مكانه ثم أعد المحاولة؛ ويستمر كل ما عداها في هذه الأثناء.';
$string['field:default'] = 'القيمة الافتراضية: {$a}';
$string['field:emptynone'] = 'فارغ: لا شيء';
$string['field:json'] = 'بصيغة JSON';
$string['field:jsoninvalid'] = 'هذا ليس JSON.';
$string['field:limits'] = 'من {$a->least} إلى {$a->most}';
$string['field:lines'] = 'قيمة في كل سطر';
$string['field:linesof'] = 'قيمة في كل سطر، من: {$a}';
$string['field:none'] = 'لا شيء';
$string['level:achieved'] = 'مُحقَّق';
$string['level:notachieved'] = 'غير مُحقَّق';
$string['module:class'] = 'صف';
$string['module:enrollment'] = 'تسجيل في صف';
$string['module:grade'] = 'درجة';
$string['module:payment'] = 'دفعة';
$string['module:program'] = 'برنامج';
$string['module:registration'] = 'تسجيل في برنامج';
$string['module:request'] = 'طلب';
$string['module:student'] = 'طالب';
$string['module:teacher'] = 'مدرّس';
$string['module:unit'] = 'وحدة';
$string['pluginname'] = 'مزامنة Zoho';
$string['pluginsettings'] = 'الاتصال والإعدادات';
$string['privacy:metadata:agent'] = 'يُذكر للوكيل المدير الذي يغيّر إعداداته، ليُعرف من سجله من فعل ذلك.';
$string['privacy:metadata:agent:userid'] = 'رقم حساب المدير.';
$string['privacy:metadata:assignid'] = 'الواجب الذي يتعلق به الطلب';
$string['privacy:metadata:assignname'] = 'اسم الواجب';
$string['privacy:metadata:changes'] = 'ما يُطلب تغييره من معلومات الطالب مع القيم الجديدة';
$string['privacy:metadata:core_files'] = 'تُحفظ الملفات التي يرفقها الطالب بطلبه ضمن ملفات Moodle.';
$string['privacy:metadata:files'] = 'ما آلت إليه ملفات الطلب في طريقها إلى Zoho CRM';
$string['privacy:metadata:timeanswered'] = 'متى غيّرت الكلية حالته آخر مرة';
$string['privacy:metadata:timetaken'] = 'متى وصل إلى Zoho CRM';
$string['privacy:metadata:zohocrm:requestfile'] = 'الملفات التي أرفقها الطالب بطلبه';
$string['request:reason'] = 'السبب';
$string['request:value'] = 'القيمة الجديدة';
$string['roledescription'] = 'لحساب خدمة وكيل مزامنة Zoho فقط: يستدعي وظائف خدمة الويب الخاصة به.';
$string['rolename'] = 'وكيل مزامنة Zoho';
$string['setting:agenttoken'] = 'رمز المدير لدى الوكيل';
$string['setting:agenttoken_desc'] = 'به تعرض هذه الصفحات إعدادات الوكيل وتغيّرها وتعيد محاولة السجلات الفاشلة. يطبعه الأمر "zohosync token administrator" مرة واحدة، ولا يعرف الوكيل إلا بصمته. يُحفظ مشفراً ولا يُعرض أبداً.';
$string['setting:agenturl'] = 'عنوان الوكيل';
$string['setting:agenturl_desc'] = 'يبدأ بـ https://، أو http:// إذا كان الوكيل على هذا الجهاز. لا تذهب الطلبات إلا إلى هذا العنوان، وتبقى قوائم الموقع للمضيفين المحظورين والمنافذ المسموحة كما هي.';
$string['setting:coursecategory'] = 'تصنيف الصفوف';
$string['setting:coursecategory_desc'] = 'تُنشأ هنا المقررات الجديدة لصفوف Zoho وتصنيفات برامجها. ويُنشأ مقرر الصف في تصنيف برنامجه إن كان معروفاً.';
$string['setting:coursecategory_own'] = 'صفوف Zoho (يُنشأ عند الحاجة)';
$string['setting:enabled'] = 'إرسال الدرجات إلى Zoho';
$string['setting:enabled_desc'] = 'جمع تغييرات الدرجات وإرسالها إلى الوكيل. يفعّله cli/setup.php.';
$string['setting:signingsecrets'] = 'أسرار التوقيع';
$string['setting:signingsecrets_desc'] = 'مشتركة مع الوكيل ليتحقق بها من أن الحدث من هذا الموقع. كل سر يوقّع، فيمكن أن يجتمع القديم والجديد أثناء التغيير. ينشئها cli/setup.php وتُحفظ مشفرة.';
$string['setting:userauth'] = 'مصادقة الحسابات الجديدة';
$string['setting:userauth_desc'] = 'تحصل الحسابات التي تنشئها المزامنة للطلاب والمعلمين على طريقة المصادقة هذه. فإن كانت تحفظ كلمات السر في Moodle أرسل Moodle كلمة سر أولى بالبريد.';
$string['source:moodle'] = 'Moodle';
$string['source:reconcile'] = 'المقارنة';
$string['source:zoho'] = 'Zoho';
$string['task:comparegrades'] = 'مقارنة كل الدرجات بما أُرسل حين لا يكفي سجل الدرجات';
$string['task:deliver'] = 'إرسال الأحداث إلى وكيل مزامنة Zoho';
$string['task:generateoutcomes'] = 'إصدار F وRR حيث لم يُسلَّم شيء';
$string['task:purge'] = 'حذف أحداث مزامنة Zoho القديمة';
$string['task:readhistory'] = 'البحث عن تغييرات الدرجات التي لا حدث لها';
$string['zohosync:agent'] = 'العمل كوكيل مزامنة Zoho: كتابة الطلاب والمعلمين والمقررات والتصنيفات والتسجيلات وقراءة الدرجات';
$string['zohosync:manage'] = 'تغيير إعدادات وكيل Zoho';
$string['zohosync:retry'] = 'إعادة محاولة سجلات مزامنة Zoho الفاشلة';
$string['zohosync:view'] = 'رؤية حال مزامنة Zoho';
