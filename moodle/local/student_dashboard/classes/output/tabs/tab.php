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

namespace local_student_dashboard\output\tabs;

use core\output\dynamic_tabs\base;
use core\output\renderer_base;
use local_student_dashboard\local\access;
use local_student_dashboard\local\visibility;
use local_student_dashboard\output\card as section;

/**
 * One tab of the student's page, drawn with the page or loaded by Moodle's web service for tabs.
 *
 * It is told whose it is (`userid`) by whoever asks, so it decides by itself who may see it.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class tab extends base {
    /**
     * Gathers the sections from local tables.
     *
     * @param int $userid the student, whose page the reader may see
     * @return (section|null)[] in order; null: the reader may not see that one
     */
    abstract protected function sections(int $userid): array;

    /**
     * Tells whether the reader, who may see the student's page, may see this tab of it.
     *
     * @param int $userid the student
     * @return bool
     */
    protected function may_see(int $userid): bool {
        return visibility::shows($this->get_tab_id());
    }

    #[\Override]
    public function get_tab_label(): string {
        return get_string('tab:' . $this->get_tab_id(), 'local_student_dashboard');
    }

    #[\Override]
    public function is_available(): bool {
        $userid = $this->userid();
        return $userid > 0 && access::may_view($userid) && $this->may_see($userid);
    }

    #[\Override]
    public function get_template(): string {
        return 'local_student_dashboard/tab';
    }

    /**
     * Exports the sections; a view of another person's is in the log before anything of it is shown.
     *
     * Where one cannot be made, the tab says so in its place and the rest of the page stays; the reason is in the server's log.
     *
     * @param renderer_base $output the renderer
     * @return array values for the template
     */
    public function export_for_template(renderer_base $output): array {
        access::log_view_once($this->userid());
        try {
            $sections = array_filter($this->sections($this->userid()));
            return ['sections' => array_values(array_map(fn(section $one): string => $output->render($one), $sections))];
        } catch (\Throwable $failure) {
            // Only what and where: a message may hold what the student must not read, or others not in the log.
            $place = basename($failure->getFile()) . ':' . $failure->getLine();
            debugging('Tab ' . $this->get_tab_id() . ': ' . get_class($failure) . " at $place", DEBUG_NORMAL);
            return ['sections' => [], 'failed' => true];
        }
    }

    /**
     * Says whose tab it is.
     *
     * @return int user id, 0: nobody's
     */
    private function userid(): int {
        $userid = $this->data['userid'] ?? 0;
        return is_scalar($userid) ? clean_param($userid, PARAM_INT) : 0;
    }
}
