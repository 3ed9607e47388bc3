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
use local_zohosync\local\agent\value_field;

/**
 * A setting was changed by another while she was at it: both values, field by field.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class lost_race implements renderable, templatable {
    /**
     * Hold both.
     *
     * @param array $setting as it is now
     * @param array $typed the value that she wanted
     */
    public function __construct(
        /** @var array As it is now. */
        private readonly array $setting,
        /** @var array The value that she wanted. */
        private readonly array $typed
    ) {
    }

    #[\Override]
    public function export_for_template(renderer_base $output) {
        $fields = [];
        foreach (value_field::of($this->setting['value_schema']) as $field) {
            [$now, $typed] = [$field->words($field->in($this->setting['value'])), $field->words($field->in($this->typed))];
            if ($now !== $typed) {
                $fields[] = ['title' => $field->title, 'now' => $now, 'typed' => $typed];
            }
        }
        return ['changed' => agent_settings::changed($this->setting), 'fields' => $fields, 'differs' => (bool) $fields];
    }
}
