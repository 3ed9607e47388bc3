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

namespace local_student_dashboard\output;

use core\output\renderer_base;
use core\session\manager;
use core\url;
use local_student_dashboard\local\amount;
use local_student_dashboard\local\wording;
use local_zohosync\local\finance\money;
use local_zohosync\local\request\attachments;
use stdClass;

/**
 * What the student has asked the college for, and what it answered.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class requests_card extends card {
    /** @var string[] Statuses of requests that the college has decided about. */
    public const DECIDED = ['Approved', 'Completed', 'Rejected'];

    /** @var string[] Look of the badge by status; others are grey. */
    private const BADGES = [
        'Approved' => 'bg-success text-white',
        'Completed' => 'bg-success text-white',
        'Rejected' => 'bg-danger text-white',
    ];

    /** @var string[] Zoho's two words for one status. */
    public const SAME = ['Pending (Default)' => 'Pending'];

    /**
     * Constructor.
     *
     * @param stdClass[] $requests see \local_zohosync\local\request\requests::for_user()
     * @param bool $mayraise whether the reader may raise another
     */
    public function __construct(
        /** @var stdClass[] The requests. */
        private readonly array $requests,
        /** @var bool Whether the reader may raise another. */
        private readonly bool $mayraise,
    ) {
    }

    #[\Override]
    protected function name(): string {
        return 'requests';
    }

    #[\Override]
    public static function modules(): array {
        return ['request'];
    }

    #[\Override]
    protected function updated(): int {
        return max([0, ...array_map(intval(...), array_column($this->requests, 'timemodified'))]);
    }

    #[\Override]
    protected function body(renderer_base $output): array {
        $raised = array_filter($this->requests, fn(stdClass $request): bool => (bool) $request->raised);
        $files = attachments::of_requests(array_column($raised, 'id'));
        return [
            'newurl' => $this->mayraise ? (new url('/local/student_dashboard/request.php'))->out(false) : '',
            'hasrequests' => (bool) $this->requests,
            'requests' => array_map(
                fn(stdClass $request): array => $this->request($request, $files[$request->id] ?? []),
                $this->requests,
            ),
        ];
    }

    /**
     * Exports one request.
     *
     * @param stdClass $request the request
     * @param stdClass[] $files its files, see attachments::of_requests()
     * @return array values for the template
     */
    private function request(stdClass $request, array $files): array {
        $status = self::SAME[$request->status] ?? $request->status;
        $fee = $request->fees !== null && (float) $request->fees
            ? amount::format(money::of($request->fees)->text(), $request->currency)
            : '';
        $answer = wording::of('requestanswer', $status);
        return [
            'type' => wording::of('requesttype', $request->type),
            'reason' => trim((string) $request->reason),
            'date' => userdate((int) $request->timecreated, get_string('strftimedate', 'langconfig')),
            'status' => wording::of('requeststatus', $status),
            'badge' => self::BADGES[$status] ?? 'bg-secondary text-dark',
            'answer' => $answer === $status ? '' : $answer,
            'fee' => $fee === '' ? '' : get_string('requestfee', 'local_student_dashboard', $fee),
            'facts' => self::facts($request),
            'files' => array_map(fn(stdClass $file): array => self::file($request, $file), $files),
            'hasfiles' => (bool) $files,
            'history' => self::history($request),
        ];
    }

    /**
     * Tells what the request is about.
     *
     * @param stdClass $request the request
     * @return array[] each label and value
     */
    public static function facts(stdClass $request): array {
        $facts = [];
        foreach (json_decode((string) $request->classes, true) ?: [] as $class) {
            $facts[] = ['label' => get_string('request:class', 'local_student_dashboard'), 'value' => $class['name']];
        }
        if ($request->assignname !== '') {
            $name = format_string($request->assignname, true, ['escape' => false]);
            $facts[] = ['label' => get_string('request:assignment', 'local_student_dashboard'), 'value' => $name];
        }
        foreach (json_decode((string) $request->changes, true) ?: [] as $change) {
            $facts[] = ['label' => wording::of('requestfield', $change['field']), 'value' => $change['value']];
        }
        return $facts;
    }

    /**
     * Exports one of its files, with a link for whoever may open it, and with the reason when Zoho does not take it.
     *
     * @param stdClass $request the request
     * @param stdClass $file see attachments::of_requests()
     * @return array values for the template
     */
    private static function file(stdClass $request, stdClass $file): array {
        $note = attachments::notes($request)[$file->id] ?? ['status' => '', 'message' => ''];
        $address = url::make_pluginfile_url(
            $file->contextid,
            attachments::COMPONENT,
            attachments::AREA,
            $request->id,
            '/',
            $file->filename,
        );
        return [
            'name' => $file->filename,
            'size' => display_size($file->filesize),
            'url' => manager::is_loggedinas() ? '' : $address->out(false),
            'refused' => $note['status'] === attachments::REFUSED,
            'why' => $note['message'],
        ];
    }

    /**
     * Tells what has happened so far.
     *
     * @param stdClass $request the request
     * @return string[] sentences, the first one first
     */
    private static function history(stdClass $request): array {
        $moments = ['request:taken' => (int) $request->timetaken, 'request:answered' => (int) $request->timeanswered];
        $told = [];
        foreach (array_filter($moments) as $sentence => $moment) {
            $when = userdate($moment, get_string('strftimedatetime', 'langconfig'));
            $told[] = get_string($sentence, 'local_student_dashboard', $when);
        }
        return $told;
    }
}
