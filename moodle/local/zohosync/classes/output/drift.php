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
use local_zohosync\local\agent\client;
use local_zohosync\local\agent\wording;

/**
 * What the last comparison of each module found.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class drift implements renderable, templatable {
    /** @var int[] What is counted but no difference: all, those that are the same, and those that wait for another one. */
    private const AGREE = ['compared' => 0, 'unchanged' => 0, 'waiting' => 0];

    /**
     * Hold it.
     *
     * @param array[] $modules each with `run` (as client::runs() gives) and `records` (as client::run_records() gives)
     * @param bool $canstart may the reader begin a comparison?
     */
    private function __construct(
        /** @var array[] Each with run and records. */
        private readonly array $modules,
        /** @var bool May the reader begin a comparison? */
        private readonly bool $canstart
    ) {
    }

    /**
     * Ask the agent.
     *
     * @param client $client
     * @param bool $canstart may the reader begin a comparison?
     * @return self
     * @throws \local_zohosync\local\agent\problem
     */
    public static function last(client $client, bool $canstart): self {
        $modules = [];
        foreach ($client->runs(['kind' => 'drift']) as $run) {
            $modules[$run['entity']] ??= ['run' => $run, 'records' => []];
        }
        foreach ($modules as $entity => $one) {
            if (self::differ($one['run'])) {
                $modules[$entity]['records'] = $client->run_records($one['run']['id'], 0);
            }
        }
        return new self(array_values($modules), $canstart);
    }

    #[\Override]
    public function export_for_template(renderer_base $output) {
        $over = fn(array $one): bool => $one['run']['status'] === 'completed' && !self::differ($one['run']);
        $agree = array_filter($this->modules, $over);
        $others = array_udiff_assoc($this->modules, $agree, fn(array $a, array $b): int => $a <=> $b);
        $running = array_filter($this->modules, fn(array $one): bool => $one['run']['status'] === 'running');
        return [
            'canstart' => $this->canstart,
            'action' => (new \moodle_url('/local/zohosync/drift.php'))->out(false),
            'sesskey' => sesskey(),
            'never' => !$this->modules,
            'running' => (bool) $running,
            'agree' => $this->modules && !$others,
            'modules' => array_values(array_map(fn(array $one): array => self::module($output, ...$one), $others)),
            'same' => $agree ? self::same(array_column($agree, 'run'))->export_for_template($output) : null,
        ];
    }

    /**
     * One module.
     *
     * @param renderer_base $output
     * @param array $run
     * @param array[] $records
     * @return array
     */
    private static function module(renderer_base $output, array $run, array $records): array {
        $url = new \moodle_url('/local/zohosync/runs.php', ['number' => $run['id']]);
        $id = 'drift-' . $run['entity'];
        return [
            'id' => $id,
            'name' => wording::module($run['entity']),
            'status' => wording::word($run['status']),
            'badge' => wording::badge($run['status']),
            'when' => wording::moment($run['started_at']),
            'differ' => self::differ($run),
            'counts' => wording::counts(array_diff_key($run['counts'], self::AGREE)),
            'error' => $run['error'],
            'records' => $records ? lists::records($id, $records, $url, '')->export_for_template($output) : null,
        ];
    }

    /**
     * Modules in which both sides agreed.
     *
     * @param array[] $runs
     * @return listing
     */
    private static function same(array $runs): listing {
        $rows = array_map(fn(array $run): array => [
            listing::cell(wording::module($run['entity'])),
            listing::cell((string) ($run['counts']['compared'] ?? 0)),
            listing::cell(wording::moment($run['started_at'])),
        ], $runs);
        $columns = array_map(
            fn(string $name): string => get_string($name, 'local_zohosync'),
            ['list:module', 'list:records', 'list:when']
        );
        return new listing('same', $columns, $rows, '');
    }

    /**
     * How many records differ.
     *
     * @param array $run
     * @return int
     */
    private static function differ(array $run): int {
        return array_sum(array_diff_key($run['counts'], self::AGREE));
    }
}
