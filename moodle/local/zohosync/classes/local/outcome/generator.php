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

namespace local_zohosync\local\outcome;

use local_zohosync\local\agent_settings;
use local_zohosync\local\grade\key;
use local_zohosync\local\grade\snapshot;
use local_zohosync\local\grading\letter;
use local_zohosync\local\grading\rules;
use local_zohosync\local\inbound\mirror;

/**
 * Generates F and RR where nothing was handed in, and takes back what is no longer true; see docs/grading.md.
 *
 * Assignment by assignment, each with a handful of queries, whatever the number of its students.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class generator {
    /** @var array Setting grading.generated. */
    private readonly array $setting;

    /** @var rules The college's rules for letters. */
    private readonly rules $rules;

    /** @var snapshot Builds pictures of grades. */
    private readonly snapshot $snapshots;

    /** @var int The first day for whose due dates new letters are generated, unix time; 0: for none. */
    private readonly int $since;

    /** @var roster|null The class that was read last. */
    private ?roster $roster = null;

    /**
     * Make ready for a run.
     *
     * @param int $now unix time
     */
    public function __construct(
        /** @var int Now, unix time. */
        private readonly int $now
    ) {
        $this->setting = agent_settings::get('grading.generated');
        $this->rules = rules::from(agent_settings::get('grading.rules'));
        $this->snapshots = new snapshot();
        $this->since = $this->setting['enabled'] ? agent_settings::generated_since() : 0;
    }

    /**
     * Look at every assignment of every class. While it is switched off, only at what was generated.
     */
    public function run(): void {
        global $DB;
        outcomes::forget_gone();
        $linked = "SELECT 1 FROM {" . mirror::COURSE . "} c WHERE c.courseid = a.course AND c.deleted = 0";
        $known = "SELECT 1 FROM {" . outcomes::TABLE . "} o WHERE o.assignid = a.id";
        $sql = "SELECT a.*, gi.id AS itemid
                  FROM {assign} a
                  JOIN {grade_items} gi ON gi.itemtype = 'mod' AND gi.itemmodule = 'assign' AND gi.iteminstance = a.id
                                           AND gi.itemnumber = 0 AND gi.courseid = a.course
                 WHERE EXISTS ($known) OR (:enabled = 1 AND gi.gradetype IN (1, 2) AND EXISTS ($linked))
              ORDER BY a.course, a.id";
        $assignments = $DB->get_recordset_sql($sql, ['enabled' => (int) ($this->since > 0)]);
        foreach ($assignments as $assign) {
            if ($this->roster?->courseid !== (int) $assign->course) {
                $this->roster = new roster((int) $assign->course, $this->now);
            }
            $this->settle($assign);
        }
        $assignments->close();
    }

    /**
     * Bring one assignment's letters into line.
     *
     * @param \stdClass $assign row of table assign, with itemid
     */
    private function settle(\stdClass $assign): void {
        $known = outcomes::of_assignment((int) $assign->id);
        $access = access::to($assign);
        $dates = new dates($assign);
        $work = new work($assign);
        foreach (array_unique([...array_keys($known), ...$this->roster->taking_part()]) as $userid) {
            $key = new key($userid, (int) $assign->course, (int) $assign->id);
            $team = $assign->teamsubmission ? $this->roster->team($userid, (int) $assign->teamsubmissiongroupingid) : 0;
            $own = $dates->of($userid, $this->roster->groups($userid));
            $before = $known[$userid] ?? null;
            $letter = $access && $this->is_over($userid, $own, (bool) $before) ? $this->letter($key, $own, $work, $team) : '';
            if ($letter !== '' && $letter !== $before?->letter && !$this->is_due_from($userid, $own, $team, $access)) {
                $letter = '';
            }
            if (outcomes::put($key, $before, $letter, self::reason($letter, $own), $this->now)) {
                outcomes::tell($key, $this->snapshots);
            }
        }
    }

    /**
     * Is the time over, for a student whose enrollment is of a kind that gets letters?
     *
     * @param int $userid
     * @param int[] $own her dates
     * @param bool $known was a letter generated already? Then the day of switching on, unless it was set, has done its work
     * @return bool
     */
    private function is_over(int $userid, array $own, bool $known): bool {
        $since = $known && $this->setting['since'] === null ? 0 : $this->since;
        return $own['due'] > 0 && $own['deadline'] < $this->now && $own['deadline'] >= $since && $own['opens'] < $this->now
            && !in_array($this->roster->enrollment_type($userid), $this->setting['excluded_types'], true);
    }

    /**
     * Which letter do the work and its marks ask for?
     *
     * @param key $key
     * @param int[] $own the student's dates
     * @param work $work
     * @param int $team
     * @return string F, RR or empty
     */
    private function letter(key $key, array $own, work $work, int $team): string {
        $mark = $work->newest_mark($key->userid);
        if ($mark < 0) {
            return $work->has_official($key->userid) || $work->submitted($key->userid, $team) ? '' : outcomes::FAIL;
        }
        // A second attempt that was opened after all dates has none by which it could be late.
        $opened = $work->second_open($key->userid, $team);
        if ($mark > 0 || !$opened || $opened > $own['deadline'] || $work->is_overridden($key->userid)) {
            return '';
        }
        $first = ['outcome' => ''] + $this->snapshots->build($key);
        return letter::of($first, $this->rules) === 'R' ? outcomes::REFER_AGAIN : '';
    }

    /**
     * May a letter be generated for a student: did she take part in time, and could she have handed in?
     *
     * Asked of new letters only. That she leaves later, or that a class is over and hidden, does not undo what was true.
     *
     * @param int $userid
     * @param int[] $own her dates
     * @param int $team
     * @param access $access
     * @return bool
     */
    private function is_due_from(int $userid, array $own, int $team, access $access): bool {
        return $this->since > 0 && in_array($userid, $this->roster->taking_part(), true)
            && $this->roster->began($userid) <= $own['due'] && $access->is_open_to($userid, $team);
    }

    /**
     * Why, in a sentence.
     *
     * @param string $letter
     * @param int[] $own the student's dates
     * @return string
     */
    private static function reason(string $letter, array $own): string {
        $by = (new \DateTimeImmutable("@{$own['deadline']}"))
            ->setTimezone(\core_date::get_server_timezone_object())
            ->format('j F Y, H:i');
        return match ($letter) {
            outcomes::FAIL => "Nothing was submitted by $by.",
            outcomes::REFER_AGAIN => "The first attempt was referred, and the second was not submitted by $by.",
            default => '',
        };
    }
}
