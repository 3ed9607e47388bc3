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
use core\clock;
use core\di;
use core\output\renderer_base;
use core\url;
use local_student_dashboard\local\access;
use local_student_dashboard\local\calendar_date;
use local_student_dashboard\local\provider\released;
use local_student_dashboard\local\wording;
use stdClass;

/**
 * The student's released results, class by class, with what she says she has seen.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class grades_card extends card {
    /** @var string[] Letters in the order of the picture and of the filter, the best first. */
    private const LETTERS = ['D', 'M', 'P', 'R', 'RR', 'F', 'Mapped'];

    /** @var string[] Letters that ask for more work. */
    private const UNACHIEVED = ['R', 'RR', 'F'];

    /** @var int Results with a letter from which on a picture says more. */
    private const WORTH = 3;

    /**
     * Constructor.
     *
     * @param int $userid the student
     * @param stdClass[] $grades see provider\released::get()
     * @param string $group the class to show alone (see there), empty: all
     * @param string $letter the letter to show alone, empty: all
     */
    public function __construct(
        /** @var int The student. */
        private readonly int $userid,
        /** @var stdClass[] The results. */
        private readonly array $grades,
        /** @var string The class to show alone. */
        private readonly string $group,
        /** @var string The letter to show alone. */
        private readonly string $letter,
    ) {
    }

    /**
     * Gives the section for a student whose page the present user may see.
     *
     * @param int $userid the student
     * @param string $group the class to show alone, empty: all
     * @param string $letter the letter to show alone, empty: all
     * @return self
     */
    public static function of_student(int $userid, string $group = '', string $letter = ''): self {
        return new self($userid, released::of_student($userid)->get(), $group, $letter);
    }

    #[\Override]
    protected function name(): string {
        return 'grades';
    }

    #[\Override]
    protected function updated(): int {
        return $this->grades ? di::get(clock::class)->time() : 0;
    }

    #[\Override]
    protected function body(renderer_base $output): array {
        $shown = array_filter($this->grades, fn(stdClass $grade): bool => ($this->group === '' || $grade->group === $this->group)
            && ($this->letter === '' || $grade->letter === $this->letter));
        $chart = $this->chart();
        return [
            'hasgrades' => (bool) $this->grades,
            'hasshown' => (bool) $shown,
            'groups' => $this->groups($shown),
            'filter' => count($this->grades) > 1 ? $this->filter(count($shown)) : false,
            'chart' => $chart ? $output->render($chart) : '',
            'unseen' => $this->unseen(),
            'mayacknowledge' => access::may_acknowledge($this->userid),
            'seenurl' => (new url('/local/student_dashboard/seen.php'))->out(false),
            'sesskey' => sesskey(),
            'group' => $this->group,
            'chosen' => $this->letter,
        ];
    }

    /**
     * Says how many results are new to her.
     *
     * @return string empty when there is none
     */
    private function unseen(): string {
        $unseen = count(array_filter($this->grades, fn(stdClass $grade): bool => !$grade->timeseen));
        return $unseen ? get_string('seen:unseen', 'local_student_dashboard', $unseen) : '';
    }

    /**
     * Puts the results of each class together, the class with the newest result first.
     *
     * @param stdClass[] $grades newest first
     * @return array[] each name, unit (empty where it says no more than the name) and grades
     */
    private function groups(array $grades): array {
        $groups = [];
        foreach ($grades as $grade) {
            $groups[$grade->group] ??= ['name' => $grade->course, 'unit' => '', 'grades' => []];
            $unit = $grade->unit === $grade->course ? '' : $grade->unit;
            $groups[$grade->group]['unit'] = $groups[$grade->group]['unit'] ?: $unit;
            $groups[$grade->group]['grades'][] = $this->grade($grade);
        }
        return array_values($groups);
    }

    /**
     * Offers the classes and letters that there are.
     *
     * @param int $count how many results are shown
     * @return array values for the template
     */
    private function filter(int $count): array {
        $groups = array_column($this->grades, 'course', 'group');
        $found = array_intersect(self::LETTERS, array_column($this->grades, 'letter'));
        $letters = array_combine($found, array_map($this->spelt(...), $found));
        $owner = access::is_own($this->userid) ? 0 : $this->userid;
        return [
            'action' => (new url('/local/student_dashboard/index.php'))->out(false),
            'userid' => $owner,
            'groups' => $this->options($groups, $this->group),
            'letters' => $this->options($letters, $this->letter),
            'active' => $this->group !== '' || $this->letter !== '',
            'clearurl' => access::url($owner, 'grades')->out(false),
            'count' => get_string('filter:count', 'local_student_dashboard', ['shown' => $count, 'all' => count($this->grades)]),
        ];
    }

    /**
     * Lists the choices of one filter.
     *
     * @param string[] $names by value
     * @param string $chosen a value, empty: none
     * @return array[] each value, name, selected
     */
    private function options(array $names, string $chosen): array {
        return array_map(fn(string $value, string $name): array => [
            'value' => $value,
            'name' => $name,
            'selected' => $value === $chosen,
        ], array_keys($names), $names);
    }

    /**
     * Draws how many results have which letter.
     *
     * @return chart_bar|null null where a picture says no more than the list
     */
    private function chart(): ?chart_bar {
        $counts = array_count_values(array_filter(array_column($this->grades, 'letter')));
        if (array_sum($counts) < self::WORTH) {
            return null;
        }
        $letters = array_values(array_intersect(self::LETTERS, array_keys($counts)));
        $chart = new chart_bar();
        $chart->set_title(get_string('chart:grades', 'local_student_dashboard'));
        $chart->set_labels(array_map(fn(string $one): string => $one === 'Mapped' ? $this->spelt($one) : $one, $letters));
        $series = array_map(fn(string $letter): int => $counts[$letter], $letters);
        $chart->add_series(new chart_series(get_string('chart:results', 'local_student_dashboard'), $series));
        $chart->get_yaxis(0, true)->set_stepsize(max(1, (int) ceil(max($series) / 10)));
        return $chart;
    }

    /**
     * Exports one result.
     *
     * @param stdClass $grade the result; one with `day` was recorded by the college, without Moodle
     * @return array values for the template
     */
    private function grade(stdClass $grade): array {
        $recorded = isset($grade->day);
        $result = wording::of('letter', $grade->letter);
        $attempt = $grade->attempt > 1 ? $grade->attempt : 0;
        return [
            'key' => $grade->key,
            'version' => $grade->version,
            'name' => $grade->name,
            'letter' => $grade->letter,
            'result' => $result === $grade->letter ? '' : $result,
            'badge' => in_array($grade->letter, self::UNACHIEVED) ? 'bg-warning text-dark' : 'bg-success text-white',
            'mark' => $grade->mark,
            'feedback' => $grade->feedback,
            'date' => $recorded ? calendar_date::format($grade->day) : $this->date($grade->time),
            'recorded' => $recorded,
            'attempt' => $attempt ? get_string('attemptnumber', 'local_student_dashboard', $attempt) : '',
            'earlier' => array_map($this->earlier(...), $grade->earlier),
            'reason' => $grade->reason,
            'hascriteria' => (bool) $grade->criteria,
            'criteria' => array_map(fn(array $one): array => [
                'shortname' => $one['shortname'],
                'achieved' => (bool) $one['achieved'],
            ], $grade->criteria),
            'seen' => $grade->timeseen
                ? get_string('seen:on', 'local_student_dashboard', $this->date($grade->timeseen)) : '',
        ];
    }

    /**
     * Exports an attempt that a later one has taken the place of.
     *
     * @param stdClass $attempt see provider\grades::get()
     * @return array values for the template
     */
    private function earlier(stdClass $attempt): array {
        return [
            'attempt' => get_string('attemptnumber', 'local_student_dashboard', $attempt->attempt),
            'letter' => $attempt->letter,
            'result' => wording::of('letter', $attempt->letter),
            'date' => $this->date($attempt->time),
        ];
    }

    /**
     * Writes a letter with its word.
     *
     * @param string $letter such as "D"
     * @return string such as "D – Distinction"
     */
    private function spelt(string $letter): string {
        $word = wording::of('letter', $letter);
        return $word === $letter || $letter === 'Mapped' ? $word : "$letter – $word";
    }

    /**
     * Writes the date of an instant.
     *
     * @param int $time unix seconds, 0: none
     * @return string
     */
    private function date(int $time): string {
        return $time ? userdate($time, get_string('strftimedate', 'langconfig')) : '';
    }
}
