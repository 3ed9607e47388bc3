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

namespace local_student_dashboard\external\section;

use core\url;
use core_external\external_multiple_structure;
use core_external\external_single_structure;
use core_external\external_value;
use local_student_dashboard\local\access;
use local_student_dashboard\local\wording;
use local_student_dashboard\output\requests_card;
use local_zohosync\local\finance\money;
use local_zohosync\local\request\attachments;
use local_zohosync\local\request\requests as raised;
use stdClass;

/**
 * What the student has asked the college for, and what it answered.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class requests extends section {
    #[\Override]
    protected static function fields(): array {
        return [
            'mayraise' => new external_value(PARAM_BOOL, 'Whether the reader may raise a request, on the page'),
            'requests' => new external_multiple_structure(new external_single_structure([
                'id' => new external_value(PARAM_INT, 'Number of the request'),
                'number' => self::text('Its number in Zoho, empty until it has one'),
                'type' => self::text('What is asked for, in Zoho\'s words'),
                'typename' => self::text('The same in the reader\'s language'),
                'status' => self::text('Status, in Zoho\'s words'),
                'statusname' => self::text('The same in the reader\'s language'),
                'reason' => self::text('What the student wrote'),
                'time' => self::time('When it was raised'),
                'facts' => new external_multiple_structure(new external_single_structure([
                    'label' => self::text('What is meant, in the reader\'s language'),
                    'value' => self::text('What the request is about'),
                ])),
                'files' => new external_multiple_structure(new external_single_structure([
                    'filename' => self::text('Name'),
                    'filesize' => new external_value(PARAM_INT, 'Bytes'),
                    'mimetype' => self::text('Kind'),
                    'fileurl' => self::text('Address for whoever has a token'),
                    'refused' => new external_value(PARAM_BOOL, 'Whether Zoho does not take it'),
                ])),
                'timetaken' => self::time('When the college got it'),
                'timeanswered' => self::time('When the college answered'),
                'fee' => self::money('Absent when there is none', VALUE_OPTIONAL),
            ])),
        ];
    }

    #[\Override]
    public static function data(int $userid): array {
        $rows = raised::for_user($userid);
        $files = attachments::of_requests(array_column($rows, 'id'));
        $updated = max([0, ...array_map(intval(...), array_column($rows, 'timemodified'))]);
        return self::dated(requests_card::modules(), $updated) + [
            'mayraise' => access::may_request($userid),
            'requests' => array_map(
                fn(stdClass $row): array => self::request($row, $row->raised ? ($files[$row->id] ?? []) : []),
                $rows,
            ),
        ];
    }

    /**
     * Gives one request.
     *
     * @param stdClass $row see \local_zohosync\local\request\requests::for_user()
     * @param stdClass[] $files its files, see attachments::of_requests()
     * @return array
     */
    private static function request(stdClass $row, array $files): array {
        $fee = $row->fees !== null && (float) $row->fees ? money::of($row->fees) : null;
        $notes = attachments::notes($row);
        return self::amounts(['fee' => $fee], (string) $row->currency) + [
            'id' => (int) $row->id,
            'number' => $row->number,
            'type' => $row->type,
            'typename' => wording::of('requesttype', $row->type),
            'status' => $row->status,
            'statusname' => wording::of('requeststatus', requests_card::SAME[$row->status] ?? $row->status),
            'reason' => trim((string) $row->reason),
            'time' => (int) $row->timecreated,
            'timetaken' => (int) $row->timetaken,
            'timeanswered' => (int) $row->timeanswered,
            'facts' => requests_card::facts($row),
            'files' => array_map(fn(stdClass $file): array => [
                'filename' => $file->filename,
                'filesize' => (int) $file->filesize,
                'mimetype' => (string) $file->mimetype,
                'fileurl' => url::make_webservice_pluginfile_url(
                    $file->contextid,
                    attachments::COMPONENT,
                    attachments::AREA,
                    $row->id,
                    '/',
                    $file->filename,
                )->out(false),
                'refused' => ($notes[$file->id]['status'] ?? '') === attachments::REFUSED,
            ], $files),
        ];
    }
}
