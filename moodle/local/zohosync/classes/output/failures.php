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

/**
 * Records that could not be carried over: which, why, since when.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class failures implements renderable, templatable {
    /**
     * Hold a page of them.
     *
     * @param array $page as client::events() gives
     * @param bool $canretry may the reader let them be tried again?
     */
    public function __construct(
        /** @var array As client::events() gives. */
        private readonly array $page,
        /** @var bool May the reader let them be tried again? */
        private readonly bool $canretry
    ) {
    }

    #[\Override]
    public function export_for_template(renderer_base $output) {
        $url = new \moodle_url('/local/zohosync/failures.php');
        $next = $this->page['next'];
        return [
            'events' => array_map([self::class, 'event'], $this->page['events']),
            'some' => (bool) $this->page['events'],
            'canretry' => $this->canretry,
            'action' => $url->out(false),
            'sesskey' => sesskey(),
            'nexturl' => $next === null ? null : (new \moodle_url($url, ['before' => $next]))->out(false),
        ];
    }

    /**
     * One event.
     *
     * @param array $event
     * @return array
     */
    private static function event(array $event): array {
        return [
            'number' => $event['id'],
            'url' => (new \moodle_url('/local/zohosync/event.php', ['number' => $event['id']]))->out(false),
            'module' => wording::module($event['entity_type']),
            'record' => $event['record_id'],
            'reason' => $event['error_message'] ?? '',
            'code' => $event['error_code'] ?? '',
            'source' => wording::source($event['source']),
            'tries' => $event['retry_count'],
            'received' => wording::moment($event['received_at']),
        ];
    }
}
