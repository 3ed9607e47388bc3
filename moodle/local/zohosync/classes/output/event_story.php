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
 * One event: what it carried, what came of it, what it wrote, and the other events of its record.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class event_story implements renderable, templatable {
    /**
     * Hold it.
     *
     * @param array $story as client::event() gives
     * @param bool $canretry may the reader let it be tried again?
     */
    public function __construct(
        /** @var array As client::event() gives. */
        private readonly array $story,
        /** @var bool May the reader let it be tried again? */
        private readonly bool $canretry
    ) {
    }

    #[\Override]
    public function export_for_template(renderer_base $output) {
        $event = $this->story['event'];
        return [
            'module' => wording::module($event['entity_type']),
            'record' => $event['record_id'],
            'status' => wording::word($event['status']),
            'badge' => wording::badge($event['status']),
            'reason' => $event['error_message'],
            'code' => $event['error_code'],
            'facts' => self::facts($event),
            'payload' => wording::json($this->story['payload']),
            'result' => $this->story['result'] === null ? null : wording::json($this->story['result']),
            'canretry' => $this->canretry && $event['status'] === 'failed',
            'action' => (new \moodle_url('/local/zohosync/event.php', ['number' => $event['id']]))->out(false),
            'sesskey' => sesskey(),
            'writes' => lists::writes($this->story['writes'])->export_for_template($output),
            'same' => lists::event_rows('same', $this->story['same_record'])->export_for_template($output),
        ];
    }

    /**
     * What is known of it.
     *
     * @param array $event
     * @return array[] each with name and value, none empty
     */
    private static function facts(array $event): array {
        $facts = [
            'failures:source' => wording::source($event['source']),
            'event:type' => $event['event_type'],
            'list:outcome' => wording::word($event['outcome']),
            'failures:tries' => (string) $event['retry_count'],
            'event:waitsfor' => $event['waits_for'] ?? '',
            'failures:received' => wording::moment($event['received_at']),
            'event:next' => $event['status'] === 'pending' ? wording::moment($event['available_at']) : '',
            'event:finished' => wording::moment($event['finished_at']),
            'event:correlation' => $event['correlation_id'],
        ];
        $told = [];
        foreach (array_filter($facts, fn(string $value): bool => $value !== '') as $name => $value) {
            $told[] = ['name' => get_string($name, 'local_zohosync'), 'value' => $value];
        }
        return $told;
    }
}
