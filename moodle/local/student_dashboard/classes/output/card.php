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

use core\output\named_templatable;
use core\output\renderable;
use core\output\renderer_base;
use local_student_dashboard\local\freshness;

/**
 * One section of the dashboard: a card with a heading, the time of its data, and a body that its template fills.
 *
 * A new section is a subclass with a template that extends local_student_dashboard/card.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class card implements named_templatable, renderable {
    /**
     * Names the section; its template and heading string go by this name.
     *
     * @return string letters only
     */
    abstract protected function name(): string;

    /**
     * Gives the time of the newest record shown, for as long as the agent has not told up to when it has looked.
     *
     * @return int unix seconds, 0: nothing to date
     */
    abstract protected function updated(): int;

    /**
     * Names the agent's modules from which the data come.
     *
     * @return string[] such as "payment"; none when the section shows Moodle's own data
     */
    public static function modules(): array {
        return [];
    }

    /**
     * Gives the heading.
     *
     * @return string plain text
     */
    protected function title(): string {
        return get_string('section:' . $this->name(), 'local_student_dashboard');
    }

    /**
     * Exports the body.
     *
     * @param renderer_base $output the renderer
     * @return array plain values for the template
     */
    abstract protected function body(renderer_base $output): array;

    #[\Override]
    public function get_template_name(renderer_base $renderer): string {
        return 'local_student_dashboard/' . $this->name() . '_card';
    }

    #[\Override]
    public function export_for_template(renderer_base $output): array {
        $told = freshness::of(static::modules());
        $time = $told ?: $this->updated();
        return [
            'id' => 'local-student-dashboard-' . $this->name(),
            'title' => $this->title(),
            'asof' => $time ? get_string('asof', 'local_student_dashboard', userdate($time)) : '',
            'late' => freshness::is_late($told),
        ] + $this->body($output);
    }
}
