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

namespace local_zohosync\local\definition;

/**
 * One way of advanced grading: what its definition looks like, and who was marked by it.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
interface form {
    /**
     * Name of the gradingform plugin.
     *
     * @return string
     */
    public function method(): string;

    /**
     * The criteria that a definition has.
     *
     * @param int $definitionid grading_definitions.id
     * @return \stdClass[] id, shortname (empty: somebody's own criterion), text; by id, in order
     */
    public function present(int $definitionid): array;

    /**
     * Which criteria carry marks, in any marking of any attempt.
     *
     * @param int $definitionid grading_definitions.id
     * @return int[] ids of criteria
     */
    public function marked(int $definitionid): array;

    /**
     * Put the criteria into the shape in which the controller takes a whole definition.
     *
     * @param array[] $lines id (0: a new one), shortname, text; in order; what is not among them is removed
     * @param int $definitionid grading_definitions.id, 0 as long as there is none
     * @return array what of the definition's part that the method is named after is to be written
     */
    public function build(array $lines, int $definitionid): array;
}
