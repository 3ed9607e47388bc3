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

/**
 * A list of what the agent holds: a table, with a filter above it and the way to older rows below.
 *
 * Moodle's report builder reads tables of Moodle's own database; these rows are in the agent's.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class listing implements renderable, templatable {
    /** @var array[] Fields of the filter. */
    private array $filters = [];

    /** @var \moodle_url|null Where the next page is. */
    private ?\moodle_url $next = null;

    /**
     * Hold the rows.
     *
     * @param string $id of the table on its page
     * @param string[] $columns their names
     * @param array[] $rows each a list of cells as cell() gives, as many as there are columns
     * @param string $empty what is said when there is no row
     */
    public function __construct(
        /** @var string Of the table on its page. */
        private readonly string $id,
        /** @var string[] Names of the columns. */
        private readonly array $columns,
        /** @var array[] Rows, each a list of cells. */
        private readonly array $rows,
        /** @var string What is said when there is no row. */
        private readonly string $empty
    ) {
    }

    /**
     * A cell. All that is in it is text.
     *
     * @param string $text
     * @param string $note smaller, below the text
     * @param \moodle_url|null $url where the text leads
     * @param string $badge classes of a badge, if the text is one
     * @return array
     */
    public static function cell(string $text, string $note = '', ?\moodle_url $url = null, string $badge = ''): array {
        return ['text' => $text, 'note' => $note, 'url' => $url?->out(false), 'badge' => $badge];
    }

    /**
     * Add a filter.
     *
     * @param string $name of the parameter
     * @param string $label
     * @param string $value chosen now
     * @param string[]|null $options names by value; null: a field to type in
     * @return self
     */
    public function filter(string $name, string $label, string $value, ?array $options = null): self {
        $choices = [];
        foreach ($options ?? [] as $key => $text) {
            $choices[] = ['value' => $key, 'text' => $text, 'selected' => (string) $key === $value];
        }
        $this->filters[] = [
            'name' => $name,
            'label' => $label,
            'value' => $value,
            'select' => $options !== null,
            'options' => $choices,
        ];
        return $this;
    }

    /**
     * Say where the next page is.
     *
     * @param \moodle_url|null $next null: this is the last one
     * @return self
     */
    public function next(?\moodle_url $next): self {
        $this->next = $next;
        return $this;
    }

    #[\Override]
    public function export_for_template(renderer_base $output) {
        $rows = [];
        foreach ($this->rows as $cells) {
            $rows[] = ['first' => array_shift($cells), 'cells' => $cells];
        }
        return [
            'id' => $this->id,
            'columns' => $this->columns,
            'rows' => $rows,
            'some' => (bool) $rows,
            'empty' => $this->empty,
            'hasfilters' => (bool) $this->filters,
            'filters' => $this->filters,
            'nexturl' => $this->next?->out(false),
        ];
    }
}
