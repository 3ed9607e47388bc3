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

/**
 * Who could have handed in one assignment: it was there for her to see, and she was allowed to.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class access {
    /** @var array<int, mixed> Who may submit, by user id; read when first asked for. */
    private ?array $allowed = null;

    /**
     * Take the course module.
     *
     * @param \stdClass $assign row of table assign
     * @param \cm_info $cm
     */
    private function __construct(
        /** @var \stdClass Row of table assign. */
        private readonly \stdClass $assign,
        /** @var \cm_info The course module. */
        private readonly \cm_info $cm
    ) {
    }

    /**
     * Who can hand in an assignment.
     *
     * @param \stdClass $assign row of table assign
     * @return self|null null when nobody can: it is being deleted, or takes no submission on the site
     */
    public static function to(\stdClass $assign): ?self {
        global $CFG;
        require_once($CFG->dirroot . '/mod/assign/locallib.php');
        $cm = get_fast_modinfo($assign->course)->get_instances_of('assign')[$assign->id] ?? null;
        if (!$cm || $cm->deletioninprogress) {
            return null;
        }
        $module = new \assign(\core\context\module::instance($cm->id), $cm, $cm->get_course());
        return $module->is_any_submission_plugin_enabled() ? new self($assign, $cm) : null;
    }

    /**
     * Could a student hand it in?
     *
     * @param int $userid
     * @param int $team group that hands in for her, 0: none
     * @return bool
     */
    public function is_open_to(int $userid, int $team): bool {
        if ($this->assign->teamsubmission && $this->assign->preventsubmissionnotingroup && !$team) {
            return false;
        }
        return $this->cm->visible && $this->cm->get_course()->visible && $this->may_submit($userid)
            && (!$this->is_restricted() || $this->is_shown_to($userid));
    }

    /**
     * Is she allowed to submit?
     *
     * @param int $userid
     * @return bool
     */
    private function may_submit(int $userid): bool {
        $this->allowed ??= get_enrolled_users($this->cm->context, 'mod/assign:submit', 0, 'u.id');
        return isset($this->allowed[$userid]);
    }

    /**
     * Is access restricted, so that it may differ from student to student?
     *
     * @return bool
     */
    private function is_restricted(): bool {
        $section = $this->cm->get_section_info();
        return !empty($this->cm->availability) || !empty($section->availability) || !empty($section->component);
    }

    /**
     * Is it shown to her?
     *
     * @param int $userid
     * @return bool
     */
    private function is_shown_to(int $userid): bool {
        return get_fast_modinfo($this->cm->course, $userid)->get_cm($this->cm->id)->uservisible;
    }
}
