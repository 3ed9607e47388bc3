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

use core\output\renderer_base;
use local_student_dashboard\local\calendar_date;
use stdClass;

/**
 * The student's facts as the college's registry has them.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class profile_card extends card {
    /** @var string[][] Fields of the record by group, in the order shown. Facts that are empty are left out. */
    private const GROUPS = [
        'study' => [
            'academicprogram', 'major', 'submajor', 'award', 'studymode', 'studylanguage', 'intake', 'registrationdate',
            'btecnumber',
        ],
        'person' => [
            'displayname', 'nativename', 'studentnumber', 'email', 'phone', 'birthdate', 'gender', 'nationality', 'address', 'city',
            'country',
        ],
    ];

    /** @var string[] Fields that hold a calendar date. */
    private const DATES = ['birthdate', 'registrationdate'];

    /**
     * Constructor.
     *
     * @param stdClass|null $student row of local_zohosync_student, null when there is none
     */
    public function __construct(
        /** @var stdClass|null Row of local_zohosync_student. */
        private readonly ?stdClass $student,
    ) {
    }

    #[\Override]
    protected function name(): string {
        return 'profile';
    }

    #[\Override]
    public static function modules(): array {
        return ['student'];
    }

    #[\Override]
    protected function updated(): int {
        return (int) ($this->student->timemodified ?? 0);
    }

    #[\Override]
    protected function body(renderer_base $output): array {
        $groups = $this->groups();
        return ['groups' => $groups, 'hasgroups' => (bool) $groups];
    }

    /**
     * Collects what is known, group by group.
     *
     * @return array[] each name and facts, these with field, label and value
     */
    public function groups(): array {
        $groups = [];
        foreach (self::GROUPS as $group => $fields) {
            if ($facts = $this->facts($fields)) {
                $groups[] = ['name' => get_string("group:$group", 'local_student_dashboard'), 'facts' => $facts];
            }
        }
        return $groups;
    }

    /**
     * Collects the facts that are known.
     *
     * @param string[] $fields names of fields
     * @return array[] field, label and value
     */
    private function facts(array $fields): array {
        $facts = [];
        foreach ($fields as $field) {
            $value = $this->value($field);
            if ($value !== '') {
                $label = get_string("field:$field", 'local_student_dashboard');
                $facts[] = ['field' => $field, 'label' => $label, 'value' => $value];
            }
        }
        return $facts;
    }

    /**
     * Gives one fact as text.
     *
     * @param string $field name of the field
     * @return string empty when unknown
     */
    private function value(string $field): string {
        if ($field === 'nativename') {
            return trim(($this->student->firstnamenative ?? '') . ' ' . ($this->student->lastnamenative ?? ''));
        }
        $value = trim($this->student->$field ?? '');
        return in_array($field, self::DATES) ? calendar_date::format($value) : $value;
    }
}
