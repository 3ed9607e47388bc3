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
use core\url;
use core_user;
use local_student_dashboard\local\card\photos;
use paging_bar;
use stdClass;

/**
 * The photos that wait for a decision, some at a time.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class photo_review implements named_templatable, renderable {
    /** @var int Photos on a page. */
    public const PER_PAGE = 24;

    /**
     * Constructor.
     *
     * @param stdClass[] $photos see photos::to_review()
     * @param int $total how many wait in all
     * @param int $page from 0
     * @param url $url of the page
     */
    private function __construct(
        /** @var stdClass[] See photos::to_review(). */
        private readonly array $photos,
        /** @var int How many wait in all. */
        private readonly int $total,
        /** @var int From 0. */
        private readonly int $page,
        /** @var url Of the page. */
        private readonly url $url,
    ) {
    }

    /**
     * Reads one page; past the end it is the last one, as after the last photo of a page was decided about.
     *
     * @param int $page from 0
     * @param url $url of the page
     * @return self
     */
    public static function page(int $page, url $url): self {
        $total = photos::count_to_review();
        $page = min($page, (int) max(0, ceil($total / self::PER_PAGE) - 1));
        return new self(photos::to_review($page * self::PER_PAGE, self::PER_PAGE), $total, $page, $url);
    }

    #[\Override]
    public function get_template_name(renderer_base $renderer): string {
        return 'local_student_dashboard/photo_review';
    }

    #[\Override]
    public function export_for_template(renderer_base $output): array {
        return [
            'hasphotos' => (bool) $this->photos,
            'waiting' => get_string('photo:waiting', 'local_student_dashboard', $this->total),
            'photos' => array_map($this->photo(...), $this->photos),
            'action' => (new url($this->url, $this->page ? ['page' => $this->page] : []))->out(false),
            'sesskey' => sesskey(),
            'longest' => photos::LONGEST_REASON,
            'paging' => $output->render(new paging_bar($this->total, $this->page, self::PER_PAGE, $this->url)),
        ];
    }

    /**
     * Exports one photo.
     *
     * @param stdClass $photo see photos::to_review()
     * @return array values for the template
     */
    private function photo(stdClass $photo): array {
        $name = trim($photo->displayname ?? '') ?: fullname(core_user::get_user($photo->userid, '*', MUST_EXIST));
        return [
            'id' => (int) $photo->id,
            'name' => $name,
            'number' => $photo->studentnumber ?? '',
            'program' => $photo->academicprogram ?? '',
            'given' => userdate((int) $photo->timecreated, get_string('strftimedatetimeshort', 'langconfig')),
            'picture' => photos::url($photo)->out(false),
        ];
    }
}
