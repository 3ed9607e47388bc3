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
 * The units of classes and their assessment criteria, as Zoho holds them.
 *
 * A class knows its unit, or at least its name. Names repeat across levels: of several with that name the one of the class's own
 * programme is meant, and if that does not tell them apart either, none is shown rather than a wrong one.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class criteria {
    /** @var stdClass[] Units by record id: zohoid, name, programid, level, credit. */
    private array $units = [];

    /** @var stdClass[][] The same by name. */
    private array $named = [];

    /** @var string[][][] Criteria by the unit's record id: lists of shortname and description. */
    private array $criteria = [];

    /**
     * Reads the units of some classes with their criteria.
     *
     * @param stdClass[] $classes rows of local_zohosync_course
     */
    public function __construct(array $classes) {
        global $DB;
        $names = array_unique(array_filter(array_column($classes, 'unitname')));
        $ids = array_unique(array_filter(array_column($classes, 'unitid')));
        if (!$names && !$ids) {
            return;
        }
        [$innames, $nameparams] = $DB->get_in_or_equal($names, SQL_PARAMS_NAMED, 'name', true, '');
        [$inids, $idparams] = $DB->get_in_or_equal($ids, SQL_PARAMS_NAMED, 'id', true, '');
        $rows = $DB->get_records_sql(
            "SELECT COALESCE(cr.id, -u.id) AS rowid, u.zohoid, u.name, u.programid, u.level, u.credit,
                    cr.id AS criterionid, cr.shortname, cr.description
               FROM {local_zohosync_unit} u
          LEFT JOIN {local_zohosync_unitcriterion} cr ON cr.unitid = u.zohoid
              WHERE u.deleted = 0 AND (u.name $innames OR u.zohoid $inids)
           ORDER BY u.id, cr.sortorder, cr.id",
            $nameparams + $idparams
        );
        foreach ($rows as $row) {
            if (!isset($this->units[$row->zohoid])) {
                $this->units[$row->zohoid] = $this->named[$row->name][] = $row;
            }
            if ($row->criterionid) {
                $description = trim((string) $row->description);
                $this->criteria[$row->zohoid][] = ['shortname' => $row->shortname, 'description' => $description];
            }
        }
    }

    /**
     * Gives the criteria of a class's unit, in their order.
     *
     * @param stdClass|null $class row of local_zohosync_course
     * @return string[][] each with shortname and description
     */
    public function of(?stdClass $class): array {
        return $this->criteria[$this->unit($class)->zohoid ?? ''] ?? [];
    }

    /**
     * Gives a class's unit.
     *
     * @param stdClass|null $class row of local_zohosync_course
     * @return stdClass|null zohoid, name, programid, level, credit; null when it has none, or it cannot be told which
     */
    public function unit(?stdClass $class): ?stdClass {
        if (isset($this->units[$class->unitid ?? ''])) {
            return $this->units[$class->unitid];
        }
        $units = $this->named[$class->unitname ?? ''] ?? [];
        if (count($units) > 1) {
            $units = array_values(array_filter($units, fn(stdClass $unit): bool => $unit->programid !== ''
                && $unit->programid === $class->programid));
        }
        return count($units) === 1 ? $units[0] : null;
    }
}
