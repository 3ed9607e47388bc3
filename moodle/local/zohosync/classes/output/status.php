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
use local_zohosync\check\clock;
use local_zohosync\check\zoho_access;
use local_zohosync\local\agent\client;
use local_zohosync\local\agent\problem;
use local_zohosync\local\agent\wording;
use local_zohosync\local\config;
use local_zohosync\local\outbox\repository;
use local_zohosync\local\watch\judge;
use local_zohosync\local\watch\last_status;
use local_zohosync\local\watch\trouble;

/**
 * How everything stands.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class status implements renderable, templatable {
    /** @var int Days in the chart. */
    private const DAYS = 14;

    /**
     * Hold it.
     *
     * @param array|null $status as client::status() gives, now or as it was last seen; null: the agent never told
     * @param array[] $days as client::days() gives
     * @param problem|null $problem why the agent does not tell now
     * @param int $seen when it told, unix time
     * @param bool $canstart may the reader begin a pass?
     */
    private function __construct(
        /** @var array|null As client::status() gives. */
        private readonly ?array $status,
        /** @var array[] As client::days() gives. */
        private readonly array $days,
        /** @var problem|null Why the agent does not tell now. */
        private readonly ?problem $problem,
        /** @var int When it told, unix time. */
        private readonly int $seen,
        /** @var bool May the reader begin a pass? */
        private readonly bool $canstart
    ) {
    }

    /**
     * Ask the agent. When it does not answer, what was last seen is shown, and what is known here.
     *
     * @param client $client
     * @param bool $canstart may the reader begin a pass?
     * @return self
     */
    public static function now(client $client, bool $canstart): self {
        try {
            $status = $client->status();
            last_status::keep($status);
            return new self($status, $client->days(self::DAYS), null, last_status::get()['time'], $canstart);
        } catch (problem $e) {
            $last = last_status::get();
            return new self($last['status'] ?? null, [], $e, $last['time'] ?? 0, $canstart);
        }
    }

    #[\Override]
    public function export_for_template(renderer_base $output) {
        $alerts = [...$this->troubles(), ...$this->from_here(), ...($this->status === null ? [] : $this->from_agent())];
        $data = [
            'alerts' => $alerts,
            'well' => !$alerts,
            'seen' => $this->problem && $this->seen ? userdate($this->seen) : null,
            'directions' => $this->directions()->export_for_template($output),
            'known' => $this->status !== null,
        ];
        if ($this->status === null) {
            return $data;
        }
        return $data + [
            'canstart' => $this->canstart && !$this->problem,
            'action' => (new \moodle_url('/local/zohosync/status.php'))->out(false),
            'sesskey' => sesskey(),
            'chart' => $this->days ? $output->render($this->chart()) : '',
            'modules' => $this->modules()->export_for_template($output),
            'facts' => $this->facts(),
        ];
    }

    /**
     * What stops the sync, as the watch judges it too.
     *
     * @return array[] as alert() gives
     */
    private function troubles(): array {
        $alerts = [];
        $told = $this->problem ? null : $this->status;
        $age = config::is_active() ? $this->outbox_age() ?? 0 : 0;
        foreach (judge::troubles($told, $this->problem, $age) as $name => $words) {
            $trouble = trouble::from($name);
            $said = $trouble->what() . ($words === '' ? '' : ': ' . rtrim($words, '.')) . '. ' . $trouble->remedy();
            $alerts[] = self::alert('danger', $said, $trouble->url());
        }
        return $alerts;
    }

    /**
     * What else needs a person, as this site knows it by itself.
     *
     * @return array[] as alert() gives
     */
    private function from_here(): array {
        $alerts = [];
        if ($dead = repository::count(repository::DEAD)) {
            $words = get_string('status:parked', 'local_zohosync', $dead);
            $alerts[] = self::alert('danger', $words, new \moodle_url('/local/zohosync/outbox.php'));
        }
        if (!get_config('local_zohosync', 'enabled')) {
            $words = get_string('status:switchedoff', 'local_zohosync');
            $alerts[] = self::alert('warning', $words, new \moodle_url('/admin/settings.php', ['section' => 'local_zohosync']));
        }
        return $alerts;
    }

    /**
     * What else needs a person, as the agent knows it.
     *
     * @return array[] as alert() gives
     */
    private function from_agent(): array {
        $alerts = [];
        if ($failed = $this->status['inbox']['failed']) {
            $words = get_string('status:failed', 'local_zohosync', $failed);
            $alerts[] = self::alert('danger', $words, new \moodle_url('/local/zohosync/failures.php'));
        }
        foreach ($this->status['modules'] as $one) {
            if ($one['standing']['last_error'] !== null) {
                $told = ['module' => wording::module($one['entity']), 'why' => $one['standing']['last_error']];
                $url = new \moodle_url('/local/zohosync/runs.php', ['entity' => $one['entity']]);
                $alerts[] = self::alert('danger', get_string('status:module', 'local_zohosync', $told), $url);
            }
        }
        $apart = abs($this->status['moodle']['seconds_apart']);
        if ($apart > clock::FAR) {
            $words = get_string('status:apart', 'local_zohosync', wording::duration($apart));
            $alerts[] = self::alert('warning', $words, new \moodle_url('/report/status/index.php'));
        }
        $credits = $this->status['zoho']['credits_remaining'];
        if ($credits !== null && $credits <= zoho_access::FEW) {
            $words = get_string('status:credits', 'local_zohosync', $credits);
            $alerts[] = self::alert('warning', $words, new \moodle_url('/report/status/index.php'));
        }
        return $alerts;
    }

    /**
     * For how long the oldest event has waited to leave this site.
     *
     * @return int|null seconds; null: none waits
     */
    private function outbox_age(): ?int {
        $oldest = repository::oldest_pending();
        return $oldest ? \core\di::get(\core\clock::class)->time() - $oldest : null;
    }

    /**
     * Something that needs a person.
     *
     * @param string $level of Bootstrap's alert
     * @param string $words text
     * @param \moodle_url $url where it is looked into
     * @return array
     */
    private static function alert(string $level, string $words, \moodle_url $url): array {
        return ['level' => $level, 'words' => $words, 'url' => $url->out(false)];
    }

    /**
     * What waits in either direction, and since when.
     *
     * @return listing
     */
    private function directions(): listing {
        $rows = [[
            listing::cell(get_string('status:outbox', 'local_zohosync'), '', new \moodle_url('/local/zohosync/outbox.php')),
            listing::cell((string) repository::count(repository::PENDING)),
            listing::cell(wording::duration($this->outbox_age())),
            listing::cell((string) repository::count(repository::DEAD)),
            listing::cell(''),
        ]];
        $known = array_column($this->status['directions'] ?? [], null, 'source');
        foreach (array_intersect(lists::SOURCES, array_keys($known)) as $source) {
            $one = $known[$source];
            $rows[] = [
                listing::cell(
                    get_string("status:from$source", 'local_zohosync'),
                    '',
                    new \moodle_url('/local/zohosync/events.php', ['source' => $source])
                ),
                listing::cell((string) $one['pending']),
                listing::cell(wording::duration($one['oldest_seconds'])),
                listing::cell((string) $one['failed']),
                listing::cell(wording::moment($one['newest_at'])),
            ];
        }
        $columns = array_map(
            fn(string $name): string => get_string($name, 'local_zohosync'),
            ['status:direction', 'status:waiting', 'status:oldest', 'status:failures', 'status:newest']
        );
        return new listing('directions', $columns, $rows, '');
    }

    /**
     * The last days: what went well by sender, and what failed.
     *
     * @return \core\chart_bar
     */
    private function chart(): \core\chart_bar {
        $now = \core\di::get(\core\clock::class)->time();
        $days = array_map(fn(int $ago): string => gmdate('Y-m-d', $now - $ago * DAYSECS), range(self::DAYS - 1, 0, -1));
        $done = [];
        $failed = array_fill_keys($days, 0);
        foreach (array_filter($this->days, fn(array $one): bool => isset($failed[$one['day']])) as $one) {
            $done[$one['source']] ??= array_fill_keys($days, 0);
            $done[$one['source']][$one['day']] += $one['completed'];
            $failed[$one['day']] += $one['failed'];
        }
        $chart = new \core\chart_bar();
        $chart->set_stacked(true);
        $chart->set_title(get_string('status:chart', 'local_zohosync'));
        $chart->set_labels(array_map(
            fn(string $day): string => userdate(strtotime("$day 12:00 UTC"), get_string('strftimedatefullshort', 'langconfig')),
            $days
        ));
        foreach ($done as $source => $numbers) {
            $chart->add_series(new \core\chart_series(wording::source($source), array_values($numbers)));
        }
        $chart->add_series(new \core\chart_series(wording::word('failed'), array_values($failed)));
        return $chart;
    }

    /**
     * Every module.
     *
     * @return listing
     */
    private function modules(): listing {
        $rows = array_map(fn(array $one): array => [
            listing::cell(
                wording::module($one['entity']),
                '',
                new \moodle_url('/local/zohosync/runs.php', ['entity' => $one['entity']])
            ),
            listing::cell(
                get_string(match (true) {
                    $one['off'] !== null => 'status:broken',
                    !$one['enabled'] => 'status:off',
                    $one['dry_run'] => 'status:dryrun',
                    default => 'status:on',
                }, 'local_zohosync'),
                '',
                null,
                $one['off'] !== null ? wording::badge('failed') : wording::badge($one['enabled'] ? 'completed' : 'off')
            ),
            listing::cell(wording::counts($one['standing']['records'])),
            listing::cell(wording::moment($one['last_webhook_at'])),
            listing::cell(wording::moment($one['standing']['last_pass_at'])),
            listing::cell(wording::moment($one['standing']['last_full_at'])),
        ], $this->status['modules']);
        $columns = array_map(
            fn(string $name): string => get_string($name, 'local_zohosync'),
            ['list:module', 'list:status', 'list:records', 'status:lastwebhook', 'status:lastpass', 'status:lastfull']
        );
        return new listing('modules', $columns, $rows, '');
    }

    /**
     * Versions and limits.
     *
     * @return array[] each with name and value
     */
    private function facts(): array {
        $agent = $this->status['agent'];
        $credits = $this->status['zoho']['credits_remaining'];
        $facts = [
            'status:agentversion' => $agent['version'],
            'status:schema' => $agent['schema_revision'],
            'status:pluginversion' => (string) get_config('local_zohosync', 'version'),
            'status:creditsleft' => $credits === null ? get_string('status:nottold', 'local_zohosync') : (string) $credits,
            'status:moodleasked' => wording::moment($this->status['moodle']['asked_at']),
        ];
        $told = [];
        foreach (array_filter($facts, fn(string $value): bool => $value !== '') as $name => $value) {
            $told[] = ['name' => get_string($name, 'local_zohosync'), 'value' => $value];
        }
        return $told;
    }
}
