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
 * A student says that she has seen a result of hers; always her own.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use core\exception\moodle_exception;
use core\output\notification;
use core\url;
use local_student_dashboard\local\access;
use local_student_dashboard\local\seen;

require_once(__DIR__ . '/../../config.php');

require_login(null, false);

$PAGE->set_context(\core\context\system::instance());
$PAGE->set_url('/local/student_dashboard/seen.php');

$filter = array_filter([
    'class' => optional_param('class', '', PARAM_ALPHANUMEXT),
    'letter' => optional_param('letter', '', PARAM_ALPHA),
]);
$back = new url(access::url(0, 'grades'), $filter);
if (!data_submitted()) {
    redirect($back);
}
require_sesskey();
$key = required_param('key', PARAM_RAW_TRIMMED);
$version = required_param('version', PARAM_ALPHANUM);
try {
    seen::acknowledge($key, $version);
} catch (moodle_exception $e) {
    redirect($back, $e->getMessage(), null, notification::NOTIFY_ERROR);
}
redirect($back, get_string('seen:noted', 'local_student_dashboard'), null, notification::NOTIFY_SUCCESS);
