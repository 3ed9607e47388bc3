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

namespace local_student_dashboard\external\section;

use core_external\external_multiple_structure;
use core_external\external_single_structure;
use core_external\external_value;
use local_student_dashboard\local\provider;
use local_student_dashboard\output\profile_card;

/**
 * What the college's registry says about the student.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class profile extends section {
    #[\Override]
    protected static function fields(): array {
        return ['groups' => new external_multiple_structure(new external_single_structure([
            'name' => self::text('Heading in the reader\'s language'),
            'facts' => new external_multiple_structure(new external_single_structure([
                'field' => new external_value(PARAM_ALPHA, 'Name of the fact'),
                'label' => self::text('The same in the reader\'s language'),
                'value' => self::text('What is known; a date as the reader\'s language writes it'),
            ])),
        ]))];
    }

    #[\Override]
    public static function data(int $userid): array {
        $student = (new provider\profile())->get($userid);
        return self::dated(profile_card::modules(), (int) ($student->timemodified ?? 0))
            + ['groups' => (new profile_card($student))->groups()];
    }
}
