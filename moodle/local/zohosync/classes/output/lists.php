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

use local_zohosync\local\agent\client;
use local_zohosync\local\agent\wording;
use local_zohosync\local\asof;

/**
 * The lists of what the agent holds, as tables.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class lists {
    /** @var string[] What the filter of events offers as status. */
    private const STATUSES = ['pending', 'processing', 'completed', 'failed'];

    /** @var string[] Senders of events, in the order in which they are shown. */
    public const SOURCES = ['zoho', 'moodle', 'reconcile'];

    /** @var string[] Kinds of passes. */
    private const KINDS = ['full', 'incremental', 'dry_run', 'drift'];

    /**
     * Events with their filter.
     *
     * @param array $page as client::events() gives
     * @param string[] $wanted what is filtered by: status, source, entity, record_id
     * @return listing
     */
    public static function events(array $page, array $wanted): listing {
        $url = new \moodle_url('/local/zohosync/events.php', $wanted);
        $next = $page['next'] === null ? null : new \moodle_url($url, ['before' => $page['next']]);
        [$status, $source, $module, $record] = self::said(['list:status', 'failures:source', 'list:module', 'list:recordid']);
        return self::event_rows('events', $page['events'])
            ->filter('status', $status, $wanted['status'], self::options('word', self::STATUSES))
            ->filter('source', $source, $wanted['source'], self::options('source', self::SOURCES))
            ->filter('entity', $module, $wanted['entity'], self::options('module', asof::MODULES))
            ->filter('record_id', $record, $wanted['record_id'])
            ->next($next);
    }

    /**
     * Events.
     *
     * @param string $id of the table
     * @param array[] $events as `EventRow`
     * @return listing
     */
    public static function event_rows(string $id, array $events): listing {
        $columns = self::said(['failures:record', 'failures:source', 'list:status', 'list:outcome', 'failures:tries',
            'failures:received']);
        return new listing($id, $columns, array_map([self::class, 'event'], $events), get_string('events:none', 'local_zohosync'));
    }

    /**
     * One event.
     *
     * @param array $event
     * @return array[] cells
     */
    private static function event(array $event): array {
        $url = new \moodle_url('/local/zohosync/event.php', ['number' => $event['id']]);
        $became = $event['error_message'] ?? ($event['waits_for'] === null ? '' : get_string(
            'events:waitsfor',
            'local_zohosync',
            $event['waits_for']
        ));
        return [
            listing::cell(wording::module($event['entity_type']), $event['record_id'], $url),
            listing::cell(wording::source($event['source'])),
            listing::cell(wording::word($event['status']), '', null, wording::badge($event['status'])),
            listing::cell(wording::word($event['outcome']), $became),
            listing::cell((string) $event['retry_count']),
            listing::cell(wording::moment($event['received_at'])),
        ];
    }

    /**
     * What was written to Moodle.
     *
     * @param array[] $writes as `WriteRow`
     * @return listing
     */
    public static function writes(array $writes): listing {
        $rows = array_map(fn(array $one): array => [
            listing::cell(wording::module($one['entity']), $one['record_id']),
            listing::cell(wording::word($one['operation'])),
            listing::cell(implode(', ', $one['fields'] ?? []), $one['error_message'] ?? ''),
            listing::cell(wording::moment($one['written_at'])),
        ], $writes);
        $columns = self::said(['failures:record', 'list:outcome', 'list:fields', 'list:when']);
        return new listing('writes', $columns, $rows, get_string('writes:none', 'local_zohosync'));
    }

    /**
     * Passes and comparisons.
     *
     * @param array[] $runs as client::runs() gives
     * @param string[] $wanted what is filtered by: kind, entity
     * @return listing
     */
    public static function runs(array $runs, array $wanted): listing {
        $rows = array_map(fn(array $run): array => [
            listing::cell(
                wording::module($run['entity']),
                '',
                new \moodle_url('/local/zohosync/runs.php', ['number' => $run['id']])
            ),
            listing::cell(wording::word($run['kind'])),
            listing::cell(wording::word($run['status']), $run['error'] ?? '', null, wording::badge($run['status'])),
            listing::cell(wording::counts($run['counts'])),
            listing::cell(wording::moment($run['started_at'])),
            listing::cell(self::lasted($run)),
        ], $runs);
        $columns = self::said(['list:module', 'list:kind', 'list:status', 'list:records', 'list:began', 'list:lasted']);
        $url = new \moodle_url('/local/zohosync/runs.php', $wanted);
        return (new listing('runs', $columns, $rows, get_string('runs:none', 'local_zohosync')))
            ->filter('kind', $columns[1], $wanted['kind'], self::options('word', self::KINDS))
            ->filter('entity', $columns[0], $wanted['entity'], self::options('module', asof::MODULES))
            ->next(self::next_page($runs, $url, 'before'));
    }

    /**
     * What a pass did with records, or what a comparison found.
     *
     * @param string $id of the table
     * @param array[] $records as client::run_records() gives
     * @param \moodle_url|null $url of the page, for its next one; null: there is none
     * @param string $empty what is said when there is none
     * @return listing
     */
    public static function records(string $id, array $records, ?\moodle_url $url, string $empty): listing {
        $rows = array_map(fn(array $one): array => [
            listing::cell(wording::module($one['entity']), $one['record_id'], self::record_url($one)),
            listing::cell(wording::word($one['outcome']), '', null, wording::badge($one['outcome'])),
            listing::cell(implode(', ', $one['fields'] ?? [])),
            listing::cell($one['error_message'] ?? '', $one['error_code'] ?? ''),
        ], $records);
        $columns = self::said(['failures:record', 'list:outcome', 'list:fields', 'failures:reason']);
        return (new listing($id, $columns, $rows, $empty))
            ->next($url === null ? null : self::next_page($records, $url, 'after'));
    }

    /**
     * Records that both sides had changed: a row for each field.
     *
     * @param array[] $records as client::conflicts() gives
     * @return listing
     */
    public static function conflicts(array $records): listing {
        $rows = [];
        foreach ($records as $one) {
            foreach ($one['detail'] ?? [] as $field => $values) {
                $rows[] = [
                    listing::cell(wording::module($one['entity']), $one['record_id'], self::record_url($one)),
                    listing::cell($field),
                    listing::cell(wording::value($values['kept'] ?? null)),
                    array_key_exists('lost', $values)
                        ? listing::cell(wording::value($values['lost']))
                        : listing::cell(get_string('conflicts:unknown', 'local_zohosync')),
                    listing::cell(wording::value($values['agreed'] ?? null)),
                    listing::cell(wording::moment($one['recorded_at'])),
                ];
            }
        }
        $columns = self::said(['failures:record', 'list:field', 'conflicts:kept', 'conflicts:lost', 'conflicts:before',
            'list:when']);
        return (new listing('conflicts', $columns, $rows, get_string('conflicts:none', 'local_zohosync')))
            ->next(self::next_page($records, new \moodle_url('/local/zohosync/conflicts.php'), 'before'));
    }

    /**
     * Where the events of a record are.
     *
     * @param array $row with `entity` and `record_id`
     * @return \moodle_url
     */
    public static function record_url(array $row): \moodle_url {
        return new \moodle_url('/local/zohosync/events.php', ['entity' => $row['entity'], 'record_id' => $row['record_id']]);
    }

    /**
     * How long a pass took.
     *
     * @param array $run
     * @return string empty while it goes on
     */
    private static function lasted(array $run): string {
        return $run['finished_at'] === null
            ? ''
            : wording::duration(strtotime($run['finished_at']) - strtotime($run['started_at']));
    }

    /**
     * Where the next page is.
     *
     * @param array[] $rows of this page
     * @param \moodle_url $url of this page
     * @param string $name of the parameter that takes the last row's number
     * @return \moodle_url|null null: this is the last one
     */
    private static function next_page(array $rows, \moodle_url $url, string $name): ?\moodle_url {
        return count($rows) < client::PAGE ? null : new \moodle_url($url, [$name => end($rows)['id']]);
    }

    /**
     * What a filter offers.
     *
     * @param string $kind as wording has a function for
     * @param string[] $words
     * @return string[] names by word
     */
    private static function options(string $kind, array $words): array {
        $names = array_map(fn(string $word): string => wording::$kind($word), array_combine($words, $words));
        return ['' => get_string('list:any', 'local_zohosync')] + $names;
    }

    /**
     * Strings of ours.
     *
     * @param string[] $names
     * @return string[]
     */
    private static function said(array $names): array {
        return array_map(fn(string $name): string => get_string($name, 'local_zohosync'), $names);
    }
}
