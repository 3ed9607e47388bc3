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

namespace local_zohosync\local\inbound;

/**
 * One mirror table: records as Zoho holds them, and the Moodle records they are linked to.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class mirror {
    /** @var string Students, linked to users. */
    public const STUDENT = 'local_zohosync_student';
    /** @var string Teachers, linked to users. */
    public const TEACHER = 'local_zohosync_teacher';
    /** @var string Programmes, linked to course categories. */
    public const PROGRAM = 'local_zohosync_program';
    /** @var string Classes, linked to courses. */
    public const COURSE = 'local_zohosync_course';
    /** @var string Enrollments, linked to a user in a course. */
    public const ENROLMENT = 'local_zohosync_enrolment';
    /** @var string Units. */
    public const UNIT = 'local_zohosync_unit';
    /** @var string Registrations of students for programmes. */
    public const REGISTRATION = 'local_zohosync_registration';
    /** @var string Payments. */
    public const PAYMENT = 'local_zohosync_payment';
    /** @var string The finance part of students. */
    public const FINANCE = 'local_zohosync_finance';
    /** @var string Grades that were typed into Zoho. */
    public const RESULT = 'local_zohosync_result';
    /** @var string Requests of students, raised in Moodle or in Zoho. */
    public const REQUEST = 'local_zohosync_request';

    /** @var string Criteria of units: rows of a list. */
    public const CRITERION = 'local_zohosync_unitcriterion';
    /** @var string Payment schedules of registrations: rows of a list. */
    public const INSTALLMENT = 'local_zohosync_installment';
    /** @var string The eight instalments of a student's finance part: rows of a list. */
    public const FINANCELINE = 'local_zohosync_financeline';

    /** @var array<string, \stdClass> rows that were read, by Zoho's record id */
    private array $rows;

    /**
     * Read the rows of a batch in one query.
     *
     * @param string $table one of the constants above
     * @param string[] $zohoids record ids in Zoho
     */
    public function __construct(
        /** @var string one of the constants above */
        private readonly string $table,
        array $zohoids
    ) {
        global $DB;
        $this->rows = [];
        foreach ($DB->get_records_list($table, 'zohoid', array_unique($zohoids)) as $row) {
            $this->rows[$row->zohoid] = $row;
        }
    }

    /**
     * All rows that were found.
     *
     * @return array<string, \stdClass> by Zoho's record id
     */
    public function all(): array {
        return $this->rows;
    }

    /**
     * The row of a record.
     *
     * @param string $zohoid
     * @return \stdClass|null null if Zoho's record was never seen
     */
    public function get(string $zohoid): ?\stdClass {
        return $this->rows[$zohoid] ?? null;
    }

    /**
     * Read a row again, after a lock has been won.
     *
     * @param string $zohoid
     * @return \stdClass|null
     */
    public function refresh(string $zohoid): ?\stdClass {
        global $DB;
        $row = $DB->get_record($this->table, ['zohoid' => $zohoid]);
        if ($row) {
            $this->rows[$zohoid] = $row;
        } else {
            unset($this->rows[$zohoid]);
        }
        return $this->get($zohoid);
    }

    /**
     * Store a record as Zoho holds it.
     *
     * @param array $record the columns that Zoho gives, "zohoid" among them
     * @param array $links the linked Moodle ids (userid, courseid, categoryid, …)
     */
    public function save(array $record, array $links): void {
        global $DB;
        $now = \core\di::get(\core\clock::class)->time();
        $known = $this->get($record['zohoid']);
        $row = (object) ($record + $links + ['timemodified' => $now]);
        if ($known) {
            $row->id = $known->id;
            $DB->update_record($this->table, $row);
            $row = (object) array_merge((array) $known, (array) $row);
        } else {
            $row->timecreated = $now;
            $row->id = $DB->insert_record($this->table, $row);
        }
        $this->rows[$record['zohoid']] = $row;
    }

    /**
     * Note that Zoho touched a record without changing what concerns Moodle.
     *
     * @param \stdClass $known the stored row
     * @param int $sourcetime modified time in Zoho, unix seconds
     */
    public function touch(\stdClass $known, int $sourcetime): void {
        global $DB;
        if ((int) $known->sourcetime < $sourcetime) {
            $DB->set_field($this->table, 'sourcetime', $sourcetime, ['id' => $known->id]);
            $known->sourcetime = $sourcetime;
        }
    }
}
