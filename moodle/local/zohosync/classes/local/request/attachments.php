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

namespace local_zohosync\local\request;

use core\context;
use core\session\manager;
use local_zohosync\event\request_file_viewed;
use local_zohosync\local\agent_settings;
use local_zohosync\local\inbound\mirror;
use moodle_exception;
use stored_file;

/**
 * Files of requests: kept in the student's own context under the request's number, and taken to Zoho by the agent.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class attachments {
    /** @var string Component of the files. */
    public const COMPONENT = 'local_zohosync';

    /** @var string File area; the item is the request's number. */
    public const AREA = 'requestfile';

    /** @var string Capability to see another person's requests. */
    private const ANY = 'local/student_dashboard:viewany';

    /** @var int Most files of one request. */
    public const MOST_FILES = 3;

    /** @var int Largest file, in bytes. */
    public const MOST_BYTES = 5 * 1024 * 1024;

    /** @var string[] What a file may be, by the ending of its name. */
    public const TYPES = ['pdf' => 'application/pdf', 'jpg' => 'image/jpeg', 'jpeg' => 'image/jpeg', 'png' => 'image/png'];

    /** @var string Zoho has it. */
    public const SENT = 'sent';

    /** @var string Zoho will not have it. */
    public const REFUSED = 'refused';

    /**
     * How a form's file manager is limited; raise() does not rely on it.
     *
     * @return array
     */
    public static function options(): array {
        global $CFG;
        return [
            'subdirs' => 0,
            'maxfiles' => self::MOST_FILES,
            'maxbytes' => get_user_max_upload_file_size(context\system::instance(), $CFG->maxbytes, 0, self::MOST_BYTES),
            'accepted_types' => array_map(fn(string $ending): string => ".$ending", array_keys(self::TYPES)),
        ];
    }

    /**
     * The files of a student's draft area, held against what is allowed.
     *
     * @param int $userid the student
     * @param string $rule of the setting: none, optional or required
     * @param int $draftid 0: none
     * @return stored_file[]
     * @throws moodle_exception none where one is required, too many, too large, or something else than its name or the list says
     */
    public static function of_draft(int $userid, string $rule, int $draftid): array {
        if ($rule === 'none' || !$draftid) {
            $files = [];
        } else {
            $contextid = context\user::instance($userid)->id;
            $files = array_values(get_file_storage()->get_area_files($contextid, 'user', 'draft', $draftid, 'id', false));
        }
        if (!$files && $rule === 'required') {
            throw new moodle_exception('error:requestfilerequired', 'local_zohosync');
        }
        if (count($files) > self::MOST_FILES) {
            throw new moodle_exception('error:requestfiletoomany', 'local_zohosync', '', self::MOST_FILES);
        }
        array_walk($files, self::require_allowed(...));
        return $files;
    }

    /**
     * Keep files with a request.
     *
     * @param int $requestid
     * @param int $userid the student
     * @param stored_file[] $files as of_draft() gives them
     */
    public static function keep(int $requestid, int $userid, array $files): void {
        foreach ($files as $file) {
            get_file_storage()->create_file_from_storedfile([
                'contextid' => context\user::instance($userid)->id, 'component' => self::COMPONENT, 'filearea' => self::AREA,
                'itemid' => $requestid, 'filepath' => '/', 'filename' => $file->get_filename(), 'userid' => $userid,
            ], $file);
        }
    }

    /**
     * The files of requests.
     *
     * @param int[] $ids their numbers
     * @return \stdClass[][] by the request's number: id, contextid, filename, filesize, mimetype, contenthash each
     */
    public static function of_requests(array $ids): array {
        global $DB;
        if (!$ids) {
            return [];
        }
        [$in, $params] = $DB->get_in_or_equal($ids, SQL_PARAMS_NAMED);
        $where = "component = :component AND filearea = :area AND itemid $in AND filename <> '.'";
        $params += ['component' => self::COMPONENT, 'area' => self::AREA];
        $fields = 'id, itemid, contextid, filename, filesize, mimetype, contenthash';
        $found = [];
        foreach ($DB->get_records_select('files', $where, $params, 'id', $fields) as $file) {
            $found[(int) $file->itemid][] = $file;
        }
        return $found;
    }

    /**
     * One file of a request.
     *
     * @param int $requestid
     * @param int $fileid
     * @return stored_file|null null when this request has no such file
     */
    public static function get(int $requestid, int $fileid): ?stored_file {
        $file = get_file_storage()->get_file_by_id($fileid);
        $belongs = $file && !$file->is_directory() && $file->get_component() === self::COMPONENT
            && $file->get_filearea() === self::AREA && (int) $file->get_itemid() === $requestid;
        return $belongs ? $file : null;
    }

    /**
     * May the present user open a file? Whoever opens another person's leaves an event.
     *
     * @param stored_file $file of this area
     * @param context $context its context
     * @return bool
     */
    public static function may_open(stored_file $file, context $context): bool {
        global $DB, $USER;
        $owner = (int) $context->instanceid;
        if (
            !isloggedin() || isguestuser() || manager::is_loggedinas() || $context->contextlevel != CONTEXT_USER
            || !agent_settings::get('student_dashboard.visibility')['requests']
            || !$DB->record_exists(mirror::REQUEST, ['id' => $file->get_itemid(), 'userid' => $owner, 'deleted' => 0])
        ) {
            return false;
        }
        if ($owner === (int) $USER->id) {
            return true;
        }
        // The capability is the page's; without that plugin nobody but the student has a way to her files.
        $may = get_capability_info(self::ANY) && has_capability(self::ANY, $context);
        if ($may) {
            request_file_viewed::of($file, $owner)->trigger();
        }
        return $may;
    }

    /**
     * Note what became of files on their way to Zoho.
     *
     * @param int $requestid
     * @param array[] $told each fileid, status (SENT or REFUSED) and message (Zoho's words)
     * @return int how many of them are files of this request
     */
    public static function note(int $requestid, array $told): int {
        global $DB;
        $known = array_map(intval(...), array_column(self::of_requests([$requestid])[$requestid] ?? [], 'id'));
        $told = array_filter($told, fn(array $one): bool => in_array($one['fileid'], $known, true));
        $row = $DB->get_record(mirror::REQUEST, ['id' => $requestid], 'id, files');
        if (!$row || !$told) {
            return 0;
        }
        $notes = self::notes($row);
        foreach ($told as $one) {
            $notes[$one['fileid']] = [
                'status' => $one['status'],
                'message' => \core_text::substr(clean_param(fix_utf8($one['message']), PARAM_TEXT), 0, 1000),
            ];
        }
        $DB->set_field(mirror::REQUEST, 'files', json_encode($notes, JSON_THROW_ON_ERROR), ['id' => $requestid]);
        return count($told);
    }

    /**
     * What became of a request's files.
     *
     * @param \stdClass $row of the request, with its column files
     * @return array[] status and message by the file's id
     */
    public static function notes(\stdClass $row): array {
        return json_decode((string) ($row->files ?? ''), true) ?: [];
    }

    /**
     * Delete the files of requests.
     *
     * @param int[] $ids their numbers
     */
    public static function delete(array $ids): void {
        foreach (self::of_requests($ids) as $files) {
            foreach ($files as $file) {
                get_file_storage()->get_file_by_id($file->id)?->delete();
            }
        }
    }

    /**
     * Refuse a file that is too large, or not of the kinds on the list, or not what its name says.
     *
     * @param stored_file $file
     * @throws moodle_exception
     */
    private static function require_allowed(stored_file $file): void {
        if ($file->get_filesize() > self::MOST_BYTES) {
            throw new moodle_exception('error:requestfiletoolarge', 'local_zohosync', '', (object) [
                'name' => $file->get_filename(),
                'limit' => display_size(self::MOST_BYTES, 0),
            ]);
        }
        $ending = strtolower(pathinfo($file->get_filename(), PATHINFO_EXTENSION));
        // What it is, not what it is called: a script that is named like a picture stays a script.
        $is = (new \finfo(FILEINFO_MIME_TYPE))->buffer($file->get_content());
        if (!isset(self::TYPES[$ending]) || self::TYPES[$ending] !== $is || $file->is_external_file()) {
            throw new moodle_exception('error:requestfiletype', 'local_zohosync', '', $file->get_filename());
        }
    }
}
