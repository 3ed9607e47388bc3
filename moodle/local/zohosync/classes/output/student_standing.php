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

namespace local_zohosync\output;

use core\output\renderable;
use core\output\renderer_base;
use core\output\templatable;
use local_zohosync\local\agent\wording;
use local_zohosync\local\agent_settings;

/**
 * How everything of one student stands, here and at the agent.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class student_standing implements renderable, templatable {
    /** @var string[] Where Moodle keeps the records of a module, and how it names them. */
    private const NAMES = [
        'student' => ['local_zohosync_student', 'displayname'],
        'class' => ['local_zohosync_course', 'fullname'],
        'registration' => ['local_zohosync_registration', 'programname'],
        'payment' => ['local_zohosync_payment', 'number'],
        'result' => ['local_zohosync_result', 'name'],
        'request' => ['local_zohosync_request', 'number'],
    ];

    /**
     * Hold it.
     *
     * @param \stdClass $student zohoid and userid (0: no account)
     * @param array[] $records as client::student() gives; empty when the agent did not tell
     * @param string $refusal what the agent said instead, text
     * @param bool $cansync may the reader have her synced now?
     */
    public function __construct(
        /** @var \stdClass Zohoid and userid. */
        private readonly \stdClass $student,
        /** @var array[] As client::student() gives. */
        private readonly array $records,
        /** @var string What the agent said instead. */
        private readonly string $refusal,
        /** @var bool May the reader have her synced now? */
        private readonly bool $cansync
    ) {
    }

    #[\Override]
    public function export_for_template(renderer_base $output) {
        $user = $this->student->userid ? \core_user::get_user($this->student->userid) : false;
        $wrong = array_filter($this->records, fn(array $one): bool => $one['state'] !== 'synced' || !$one['agreed']);
        return [
            'name' => $user ? fullname($user) : $this->name('student', $this->student->zohoid),
            'zohoid' => $this->student->zohoid,
            'account' => $user ? $user->username : '',
            'accounturl' => $user ? (new \moodle_url('/user/profile.php', ['id' => $user->id]))->out(false) : null,
            'findings' => $this->findings($user ?: null),
            'refusal' => $this->refusal,
            'well' => $this->records && !$wrong,
            'cansync' => $this->cansync && $this->records,
            'action' => (new \moodle_url('/local/zohosync/student.php', ['who' => $this->student->zohoid]))->out(false),
            'sesskey' => sesskey(),
            'told' => (bool) $this->records,
            // What is not as it should be comes first.
            'records' => $this->rows([...$wrong, ...array_udiff($this->records, $wrong, fn($a, $b) => $a <=> $b)])
                ->export_for_template($output),
        ];
    }

    /**
     * What in Moodle keeps her from seeing something.
     *
     * @param \stdClass|null $user her account
     * @return string[]
     */
    private function findings(?\stdClass $user): array {
        global $DB;
        $findings = [];
        if (!$user) {
            $findings[] = get_string('student:noaccount', 'local_zohosync');
        } else if ($user->deleted) {
            $findings[] = get_string('student:deletedaccount', 'local_zohosync');
        } else if ($user->suspended) {
            $findings[] = get_string('student:suspended', 'local_zohosync');
        }
        if ($DB->record_exists('local_zohosync_student', ['zohoid' => $this->student->zohoid, 'deleted' => 1])) {
            $findings[] = get_string('student:deletedinzoho', 'local_zohosync');
        }
        $visibility = agent_settings::get('student_dashboard.visibility');
        $hidden = array_keys(array_filter($visibility, fn($shown): bool => $shown === false));
        if ($hidden) {
            $findings[] = get_string('student:hidden', 'local_zohosync', implode(', ', $hidden));
        }
        return $findings;
    }

    /**
     * Her records.
     *
     * @param array[] $records
     * @return listing
     */
    private function rows(array $records): listing {
        $rows = array_map(fn(array $one): array => [
            listing::cell(
                wording::module($one['entity']),
                $this->name($one['entity'], $one['record_id']) ?: $one['record_id'],
                lists::record_url($one)
            ),
            listing::cell(wording::word($one['state']), '', null, wording::badge($one['state'])),
            listing::cell(get_string($one['agreed'] ? 'yes' : 'no')),
            listing::cell($one['error_message'] ?? '', $one['error_code'] ?? ''),
            listing::cell(wording::moment($one['synced_at'])),
        ], $records);
        $columns = array_map(
            fn(string $name): string => get_string($name, 'local_zohosync'),
            ['failures:record', 'list:status', 'student:agreed', 'failures:reason', 'student:synced']
        );
        return new listing('standing', $columns, $rows, '');
    }

    /**
     * What Moodle calls a record.
     *
     * @param string $entity
     * @param string $recordid
     * @return string empty when it has no name for it
     */
    private function name(string $entity, string $recordid): string {
        global $DB;
        [$table, $column] = self::NAMES[$entity] ?? [null, null];
        return $table === null ? '' : (string) $DB->get_field($table, $column, ['zohoid' => $recordid]);
    }
}
