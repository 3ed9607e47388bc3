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

/**
 * When the payments of a student were last changed. Whoever asks has checked who may see it.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class payments {
    /**
     * Reads it.
     *
     * @param int $userid the student
     * @return int unix seconds of the newest change, 0: she has paid nothing
     */
    public function updated(int $userid): int {
        global $DB;
        return (int) $DB->get_field_sql(
            "SELECT MAX(p.timemodified)
               FROM {local_zohosync_payment} p
               JOIN {local_zohosync_student} s ON s.userid = :userid
          LEFT JOIN {local_zohosync_registration} r
                    ON r.zohoid = p.registrationid AND r.studentid = s.zohoid AND r.deleted = 0
              WHERE p.deleted = 0 AND (p.studentid = s.zohoid OR (p.studentid = '' AND r.id IS NOT NULL))",
            ['userid' => $userid],
        );
    }
}
