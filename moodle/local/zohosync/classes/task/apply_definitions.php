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

namespace local_zohosync\task;

use local_zohosync\local\config;
use local_zohosync\local\definition\applier;
use local_zohosync\local\origin;

/**
 * Brings the advanced grading of a class's assignments into line with its unit.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class apply_definitions extends \core\task\adhoc_task {
    #[\Override]
    public function execute() {
        if (!config::is_active()) {
            return;
        }
        $zohoid = (string) $this->get_custom_data()->zohoid;
        foreach (origin::as_agent(fn() => applier::apply([$zohoid])) as $result) {
            mtrace("{$result['cmid']}: {$result['status']} {$result['message']}");
        }
    }
}
