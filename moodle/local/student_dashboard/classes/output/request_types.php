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
use local_student_dashboard\local\calendar_date;
use local_student_dashboard\local\wording;
use local_zohosync\local\request\requests;
use local_zohosync\local\request\window;

/**
 * What can be asked for when: said above the form, for the types that are closed today and for those that will close.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class request_types implements named_templatable, renderable {
    #[\Override]
    public function get_template_name(renderer_base $renderer): string {
        return 'local_student_dashboard/request_types';
    }

    #[\Override]
    public function export_for_template(renderer_base $output): array {
        $types = array_values(array_filter(array_map(self::told(...), requests::TYPES)));
        return ['types' => $types, 'hastypes' => (bool) $types];
    }

    /**
     * Tells when a type can be asked for.
     *
     * @param string $type one of requests::TYPES
     * @return string empty when there is nothing to say: it is open without an end
     */
    private static function told(string $type): string {
        $window = window::of($type);
        [$sentence, $day] = match (true) {
            $window->opens_later() => ['request:opens', $window->opens],
            $window->is_past() => ['request:closed', $window->closes],
            !$window->is_open() => ['request:notopen', ''],
            $window->closes !== '' => ['request:closes', $window->closes],
            default => ['', ''],
        };
        return $sentence === '' ? '' : get_string($sentence, 'local_student_dashboard', (object) [
            'type' => wording::of('requesttype', $type),
            'day' => calendar_date::format($day),
        ]);
    }
}
