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

use stdClass;

/**
 * The assessment criteria of units, as Zoho holds them.
 *
 * A class names its unit, and names repeat across levels: of several with that name the one of the class's own programme is meant,
 * and if that does not tell them apart either, none is shown rather than a wrong one.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class criteria {
    /** @var stdClass[][] Units by name: zohoid, name, programid. */
    private array $units = [];

    /** @var string[][][] Criteria by the unit's record id: lists of shortname and description. */
    private array $criteria = [];

    /**
     * Reads the units of some classes and their criteria.
     *
     * @param string[] $names names of units
     */
    public function __construct(array $names) {
        global $DB;
        $names = array_unique(array_filter($names));
        if (!$names) {
            return;
        }
        $units = $DB->get_records_list('local_zohosync_unit', 'name', $names, 'id', 'zohoid, name, programid, deleted');
        foreach (array_filter($units, fn(stdClass $unit): bool => !$unit->deleted) as $unit) {
            $this->units[$unit->name][] = $unit;
        }
        $ids = array_keys($units);
        foreach ($DB->get_records_list('local_zohosync_unitcriterion', 'unitid', $ids, 'sortorder, id') as $row) {
            $this->criteria[$row->unitid][] = ['shortname' => $row->shortname, 'description' => trim((string) $row->description)];
        }
    }

    /**
     * Gives the criteria of a class's unit, in their order.
     *
     * @param stdClass|null $class row of local_zohosync_course
     * @return string[][] each with shortname and description
     */
    public function of(?stdClass $class): array {
        $units = $this->units[$class->unitname ?? ''] ?? [];
        if (count($units) > 1) {
            $units = array_values(array_filter($units, fn(stdClass $unit): bool => $unit->programid !== ''
                && $unit->programid === $class->programid));
        }
        return count($units) === 1 ? ($this->criteria[$units[0]->zohoid] ?? []) : [];
    }
}
