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

use core\clock;
use core\di;
use local_student_dashboard\local\calendar_date;
use local_student_dashboard\local\enrolled_courses;
use local_student_dashboard\local\provider;
use local_student_dashboard\local\timetable;
use local_student_dashboard\local\visibility;
use local_student_dashboard\output\courses_card;
use local_student_dashboard\output\progress_card;
use local_student_dashboard\output\registrations_card;
use local_student_dashboard\output\timetable_card;

/**
 * What the student studies.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class academics extends tab {
    #[\Override]
    protected function sections(int $userid): array {
        $now = di::get(clock::class)->time();
        $enrolled = new enrolled_courses($userid, $now);
        $courses = (new provider\courses($enrolled))->get();
        return [
            new registrations_card((new provider\registrations())->get($userid)),
            visibility::shows('timetable')
                ? new timetable_card(new timetable($courses), calendar_date::of_instant($now)) : null,
            new courses_card($courses),
            // Which units are passed tells of grades.
            visibility::shows('grades')
                ? new progress_card((new provider\progress($enrolled))->units($courses)) : null,
        ];
    }
}
