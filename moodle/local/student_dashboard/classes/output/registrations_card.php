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
use local_student_dashboard\local\wording;
use stdClass;

/**
 * The programmes for which the student is registered.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class registrations_card extends card {
    /**
     * Constructor.
     *
     * @param stdClass[] $registrations see provider\registrations::get()
     */
    public function __construct(
        /** @var stdClass[] The registrations. */
        private readonly array $registrations,
    ) {
    }

    #[\Override]
    protected function name(): string {
        return 'registrations';
    }

    #[\Override]
    public static function modules(): array {
        return ['registration', 'program'];
    }

    #[\Override]
    protected function updated(): int {
        return max([0, ...array_column($this->registrations, 'timemodified')]);
    }

    #[\Override]
    protected function body(renderer_base $output): array {
        return [
            'hasregistrations' => (bool) $this->registrations,
            'registrations' => array_map($this->registration(...), $this->registrations),
        ];
    }

    /**
     * Exports one registration.
     *
     * @param stdClass $registration the registration
     * @return array values for the template
     */
    private function registration(stdClass $registration): array {
        $facts = [
            'registrationnumber' => $registration->number,
            'registrationdate' => calendar_date::format($registration->registrationdate),
            'studymode' => $registration->studymode,
            'studylanguage' => $registration->studylanguage,
            'intake' => $registration->intake,
        ];
        $known = array_filter(array_map(trim(...), $facts), fn(string $value): bool => $value !== '');
        return [
            'name' => $registration->programname !== '' ? $registration->programname : $registration->number,
            'status' => wording::of('registrationstatus', $registration->status),
            'facts' => array_map(
                fn(string $field, string $value): array => [
                    'label' => get_string("field:$field", 'local_student_dashboard'),
                    'value' => $value,
                ],
                array_keys($known),
                $known,
            ),
        ];
    }
}
