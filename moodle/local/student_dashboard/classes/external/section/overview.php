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

use core_external\external_multiple_structure;
use core_external\external_single_structure;
use core_external\external_value;
use local_student_dashboard\output\overview_card;

/**
 * What matters to the student now, of what the reader may see.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class overview extends section {
    #[\Override]
    protected static function fields(): array {
        return ['items' => new external_multiple_structure(new external_single_structure([
            'tab' => new external_value(PARAM_ALPHA, 'Name of the section that tells more'),
            'label' => self::text('Heading'),
            'lines' => new external_multiple_structure(new external_single_structure([
                'text' => self::text('A sentence in the reader\'s language'),
                'detail' => self::text('Besides, may be empty'),
                'alert' => new external_value(PARAM_BOOL, 'Whether it wants attention'),
            ])),
        ]))];
    }

    #[\Override]
    public static function data(int $userid): array {
        $items = array_map(fn(array $item): array => [
            'tab' => $item['tab'],
            'label' => $item['label'],
            'lines' => array_map(fn(array $line): array => [
                'text' => $line['text'],
                'detail' => $line['detail'] ?? '',
                'alert' => $line['alert'] ?? false,
            ], $item['lines']),
        ], overview_card::of_student($userid)->items);
        return self::dated(overview_card::modules(), 0) + ['items' => $items];
    }
}
