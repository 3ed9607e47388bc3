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

namespace local_student_dashboard\local\provider;

use stdClass;

/**
 * The programmes for which a student is, or was, registered.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class registrations {
    /**
     * Lists them.
     *
     * @param int $userid the student
     * @return stdClass[] programname, number, registrationdate (`Y-m-d` or empty), status, studymode, studylanguage, intake and
     *     timemodified; newest first
     */
    public function get(int $userid): array {
        global $DB;
        return array_values($DB->get_records_sql(
            "SELECT r.id, r.programname, r.number, r.registrationdate, r.status, r.studymode, r.studylanguage, r.intake,
                    r.timemodified
               FROM {local_zohosync_registration} r
               JOIN {local_zohosync_student} s ON s.zohoid = r.studentid
              WHERE s.userid = :userid AND r.deleted = 0
           ORDER BY r.registrationdate DESC, r.id DESC",
            ['userid' => $userid],
        ));
    }
}
