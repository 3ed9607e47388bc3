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

namespace local_zohosync\local\grade\criteria;

/**
 * Reads what was marked criterion by criterion, for one advanced grading method.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
interface reader {
    /**
     * The criteria of one marked attempt.
     *
     * @param int $definitionid grading_definitions.id
     * @param int $instanceid grading_instances.id of the newest active marking, 0 if there is none
     * @return array[] shortname, description, achieved (0 or 1), remark; in the order of the definition
     */
    public function read(int $definitionid, int $instanceid): array;
}
