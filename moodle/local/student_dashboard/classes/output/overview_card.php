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

use core\clock;
use core\di;
use core\output\renderer_base;
use core_date;
use DateTimeImmutable;
use local_student_dashboard\local\access;
use local_student_dashboard\local\amount;
use local_student_dashboard\local\calendar_date;
use local_student_dashboard\local\enrolled_courses;
use local_student_dashboard\local\gradebook;
use local_student_dashboard\local\provider;
use local_student_dashboard\local\timetable;
use local_student_dashboard\local\visibility;
use local_student_dashboard\local\wording;
use local_zohosync\local\finance\account;
use local_zohosync\local\finance\money;
use local_zohosync\local\finance\summary;
use local_zohosync\local\request\requests;
use stdClass;

/**
 * What matters to the student now: a line or two of each tab, which leads there.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class overview_card extends card {
    /**
     * Constructor.
     *
     * @param int $userid the student
     * @param array[] $items see of_student()
     */
    public function __construct(
        /** @var int The student. */
        private readonly int $userid,
        /** @var array[] What matters: label, lines (each text; detail, alert: it wants attention), tab. */
        public readonly array $items,
    ) {
    }

    /**
     * Gathers what matters, of what the reader may see.
     *
     * @param int $userid the student, whose page the reader may see
     * @return self
     */
    public static function of_student(int $userid): self {
        $enrolled = new enrolled_courses($userid, di::get(clock::class)->time());
        $gather = [
            'academics' => fn() => visibility::shows('timetable')
                ? self::next_meetings(new timetable((new provider\courses($enrolled))->rows()), $enrolled->now) : [],
            'finance' => fn() => access::may_see_finance($userid) ? self::money(summary::of_student($userid)) : [],
            'grades' => fn() => self::newest_grade($enrolled),
            'requests' => fn() => self::open_requests(requests::for_user($userid)),
        ];
        $items = [];
        foreach (array_filter($gather, visibility::shows(...), ARRAY_FILTER_USE_KEY) as $tab => $lines) {
            if ($lines = $lines()) {
                $items[] = ['label' => get_string("now:$tab", 'local_student_dashboard'), 'lines' => $lines, 'tab' => $tab];
            }
        }
        return new self($userid, $items);
    }

    #[\Override]
    protected function name(): string {
        return 'overview';
    }

    #[\Override]
    protected function title(): string {
        global $USER;
        return access::is_own($this->userid)
            ? get_string('greeting', 'local_student_dashboard', $USER->firstname)
            : parent::title();
    }

    #[\Override]
    protected function updated(): int {
        return 0;
    }

    #[\Override]
    protected function body(renderer_base $output): array {
        $owner = access::is_own($this->userid) ? 0 : $this->userid;
        return [
            'hasitems' => (bool) $this->items,
            'items' => array_map(fn(array $item): array => $item + [
                'url' => access::url($owner, $item['tab'])->out(false),
                'tabname' => get_string("tab:{$item['tab']}", 'local_student_dashboard'),
            ], $this->items),
        ];
    }

    /**
     * Says which classes meet today, of those that are not over yet, or else tomorrow.
     *
     * @param timetable $timetable the student's
     * @param int $now unix seconds
     * @return array[] lines
     */
    private static function next_meetings(timetable $timetable, int $now): array {
        $moment = (new DateTimeImmutable("@$now"))->setTimezone(core_date::get_user_timezone_object());
        $minute = HOURMINS * (int) $moment->format('G') + (int) $moment->format('i');
        $days = [
            'today' => array_filter($timetable->on($moment->format('Y-m-d')), fn(stdClass $one): bool => $one->slot->end === null
                || $one->slot->end > $minute),
            'tomorrow' => $timetable->on($moment->modify('+1 day')->format('Y-m-d')),
        ];
        $day = key(array_filter($days));
        return array_map(fn(stdClass $one): array => [
            'text' => get_string("now:$day", 'local_student_dashboard', $one->course->name),
            'detail' => implode(' · ', array_filter([$one->slot->hours, $one->room])),
        ], array_values($days[$day] ?? []));
    }

    /**
     * Says what is overdue and what is to be paid next, registration by registration.
     *
     * @param account[] $accounts see summary::of_student()
     * @return array[] lines
     */
    private static function money(array $accounts): array {
        $lines = [];
        $write = fn(account $account, money $sum): string => amount::format($sum->text(), $account->currency);
        foreach ($accounts as $account) {
            if ($account->overdue->sign() > 0) {
                $text = get_string('now:overdue', 'local_student_dashboard', $write($account, $account->overdue));
                $lines[] = ['text' => $text, 'alert' => true];
            }
            if ($account->next) {
                $day = calendar_date::format($account->next->duedate);
                $lines[] = ['text' => get_string($day === '' ? 'now:nextundated' : 'now:next', 'local_student_dashboard', [
                    'amount' => $write($account, $account->next->open),
                    'day' => $day,
                ])];
            }
        }
        return $lines;
    }

    /**
     * Says which grade came last.
     *
     * @param enrolled_courses $enrolled the student's courses in Moodle
     * @return array[] lines
     */
    private static function newest_grade(enrolled_courses $enrolled): array {
        $gradebook = new gradebook($enrolled);
        $grades = [
            ...(new provider\grades($enrolled, $gradebook))->get(),
            ...(new provider\results($enrolled, $gradebook))->get(),
        ];
        usort($grades, fn(stdClass $a, stdClass $b): int => $b->time <=> $a->time);
        $newest = reset($grades);
        if (!$newest) {
            return [];
        }
        return [['text' => get_string('now:grade', 'local_student_dashboard', [
            'name' => $newest->name,
            'result' => $newest->letter === '' ? $newest->mark : wording::of('letter', $newest->letter),
        ])]];
    }

    /**
     * Says how many requests wait for the college.
     *
     * @param stdClass[] $requests see requests::for_user()
     * @return array[] lines
     */
    private static function open_requests(array $requests): array {
        $open = array_filter($requests, fn(stdClass $one): bool => !in_array($one->status, requests_card::DECIDED, true));
        return $open ? [['text' => get_string('now:requestsopen', 'local_student_dashboard', count($open))]] : [];
    }
}
