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
 * Callbacks of local_zohosync.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use local_zohosync\local\request\attachments;

/**
 * Checks for the site's status report.
 *
 * @return \core\check\check[]
 */
function local_zohosync_status_checks(): array {
    return [
        new \local_zohosync\check\site_copy(),
        new \local_zohosync\check\agent_connection(),
        new \local_zohosync\check\agent_status(),
        new \local_zohosync\check\clock(),
        new \local_zohosync\check\backlog(),
        new \local_zohosync\check\inbox(),
        new \local_zohosync\check\parked(),
        new \local_zohosync\check\zoho_access(),
        new \local_zohosync\check\service_token(),
        new \local_zohosync\check\tasks(),
        new \local_zohosync\check\grade_history(),
    ];
}

/**
 * Serves a file that a student put to a request: to her, and to whoever may see any page of hers.
 *
 * Nobody who is logged in as another person gets one, and where the college hides requests nobody does.
 *
 * @param stdClass $course not used
 * @param stdClass|null $cm not used
 * @param context $context the student's
 * @param string $filearea
 * @param array $args the request's number and the file's name
 * @param bool $forcedownload
 * @param array $options
 * @return bool false when there is no such file for this reader
 */
function local_zohosync_pluginfile($course, $cm, $context, $filearea, $args, $forcedownload, array $options = []): bool {
    require_login(null, false);
    [$requestid, $filename] = $args + [0, ''];
    $file = $filearea === attachments::AREA && count($args) === 2
        ? get_file_storage()->get_file($context->id, attachments::COMPONENT, $filearea, (int) $requestid, '/', $filename)
        : false;
    if (!$file || $file->is_directory() || !attachments::may_open($file, $context)) {
        return false;
    }
    $picture = str_starts_with($file->get_mimetype(), 'image/');
    send_stored_file($file, 0, 0, $forcedownload || !$picture, $options);
    return true;
}
