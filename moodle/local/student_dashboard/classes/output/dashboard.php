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
use core\output\user_picture;
use local_student_dashboard\local\provider;
use local_student_dashboard\local\wording;
use stdClass;

/**
 * The whole page: who the student is, and the tabs, one of them open.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class dashboard implements named_templatable, renderable {
    /**
     * Constructor.
     *
     * @param stdClass $user the page's owner
     * @param stdClass|null $student her row of local_zohosync_student, null when there is none
     * @param bool $own whether she looks at it herself
     * @param student_tabs $tabs the tabs, one of them open
     */
    public function __construct(
        /** @var stdClass The page's owner. */
        private readonly stdClass $user,
        /** @var stdClass|null Row of local_zohosync_student. */
        private readonly ?stdClass $student,
        /** @var bool Whether she looks at it herself. */
        private readonly bool $own,
        /** @var student_tabs The tabs. */
        private readonly student_tabs $tabs,
    ) {
    }

    /**
     * Gathers the page of one student from local tables; access has been checked by the caller.
     *
     * @param stdClass $user the page's owner
     * @param bool $own whether she looks at it herself
     * @param string $tab name of the tab to open, empty: the first
     * @return self
     */
    public static function for_user(stdClass $user, bool $own, string $tab = ''): self {
        $userid = (int) $user->id;
        return new self($user, (new provider\profile())->get($userid), $own, student_tabs::of_student($userid, $tab));
    }

    #[\Override]
    public function get_template_name(renderer_base $renderer): string {
        return 'local_student_dashboard/dashboard';
    }

    #[\Override]
    public function export_for_template(renderer_base $output): array {
        $picture = new user_picture($this->user);
        $picture->size = 64;
        $picture->link = false;
        $picture->alttext = false;
        return [
            'name' => trim($this->student->displayname ?? '') ?: fullname($this->user),
            'picture' => $output->render($picture),
            'studentnumber' => $this->student->studentnumber ?? '',
            'program' => $this->student->academicprogram ?? '',
            'status' => wording::of('registrationstatus', $this->student->status ?? ''),
            'withdrawn' => !empty($this->student->deleted),
            'norecord' => $this->student === null,
            'foreign' => !$this->own,
        ] + $this->tabs->export_for_template($output);
    }
}
