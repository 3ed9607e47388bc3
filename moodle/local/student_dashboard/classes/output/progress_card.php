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

use core\chart_bar;
use core\chart_series;
use core\output\renderer_base;
use local_student_dashboard\local\provider\progress;
use stdClass;

/**
 * How far the student has come through the award.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class progress_card extends card {
    /** @var string[] Look of the badge by state. */
    private const BADGES = [
        progress::PASSED => 'bg-success text-white',
        progress::REFERRED => 'bg-warning text-dark',
        progress::OPEN => 'bg-secondary text-dark',
    ];

    /**
     * Constructor.
     *
     * @param stdClass[] $units see progress::units()
     */
    public function __construct(
        /** @var stdClass[] The units. */
        private readonly array $units,
    ) {
    }

    #[\Override]
    protected function name(): string {
        return 'progress';
    }

    #[\Override]
    public static function modules(): array {
        return ['class', 'enrollment', 'unit', 'grade'];
    }

    #[\Override]
    protected function updated(): int {
        return 0;
    }

    #[\Override]
    protected function body(renderer_base $output): array {
        $passed = $this->passed($this->units);
        $credits = $this->credits($this->units);
        return [
            'hasunits' => (bool) $this->units,
            'passed' => count($passed),
            'all' => count($this->units),
            'percent' => $this->units ? (int) floor(100 * count($passed) / count($this->units)) : 0,
            'unitstext' => get_string('progress:units', 'local_student_dashboard', [
                'passed' => count($passed),
                'all' => count($this->units),
            ]),
            'creditstext' => $credits ? get_string('progress:credits', 'local_student_dashboard', [
                'passed' => $this->credits($passed),
                'all' => $credits,
            ]) : '',
            'units' => array_map(fn(stdClass $unit): array => [
                'name' => $unit->name,
                'state' => get_string("unit:$unit->state", 'local_student_dashboard'),
                'badge' => self::BADGES[$unit->state],
                'credit' => $unit->credit ? get_string('progress:credit', 'local_student_dashboard', $unit->credit) : '',
            ], $this->units),
            'chart' => $this->chart($output),
        ];
    }

    /**
     * Draws the credits by level; with one level the bar says all of it.
     *
     * @param renderer_base $output the renderer
     * @return string HTML, empty without a chart
     */
    private function chart(renderer_base $output): string {
        $levels = [];
        foreach ($this->units as $unit) {
            $levels[$unit->level][] = $unit;
        }
        if (count($levels) < 2 || !$this->credits($this->units)) {
            return '';
        }
        ksort($levels);
        $passed = array_values(array_map(fn(array $units): int => $this->credits($this->passed($units)), $levels));
        $all = array_values(array_map($this->credits(...), $levels));
        $chart = new chart_bar();
        $chart->set_stacked(true);
        $chart->set_title(get_string('chart:credits', 'local_student_dashboard'));
        $chart->set_labels(array_map(fn(string|int $level): string => (string) $level === ''
            ? get_string('nolevel', 'local_student_dashboard')
            : get_string('level', 'local_student_dashboard', $level), array_keys($levels)));
        $open = array_map(fn(int $sum, int $done): int => $sum - $done, $all, $passed);
        $chart->add_series(new chart_series(get_string('unit:passed', 'local_student_dashboard'), $passed));
        $chart->add_series(new chart_series(get_string('unit:open', 'local_student_dashboard'), $open));
        return $output->render($chart);
    }

    /**
     * Picks the units that are passed.
     *
     * @param stdClass[] $units units
     * @return stdClass[]
     */
    private function passed(array $units): array {
        return array_filter($units, fn(stdClass $unit): bool => $unit->state === progress::PASSED);
    }

    /**
     * Adds up what units are worth.
     *
     * @param stdClass[] $units units
     * @return int
     */
    private function credits(array $units): int {
        return array_sum(array_column($units, 'credit'));
    }
}
