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
use local_student_dashboard\local\card\holder;

/**
 * The answer about a student card, for people who need not be known to the site.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class verification implements named_templatable, renderable {
    /**
     * Constructor.
     *
     * @param holder|null $holder whose card it is, null when it is not valid
     */
    public function __construct(
        /** @var holder|null Whose card it is. */
        private readonly ?holder $holder,
    ) {
    }

    #[\Override]
    public function get_template_name(renderer_base $renderer): string {
        return 'local_student_dashboard/verification';
    }

    #[\Override]
    public function export_for_template(renderer_base $output): array {
        global $SITE;
        return [
            'college' => format_string($SITE->fullname, true, ['escape' => false]),
            'valid' => $this->holder !== null,
            'initials' => $this->holder?->initials() ?? '',
            'digits' => $this->holder?->digits() ?? '',
        ];
    }
}
