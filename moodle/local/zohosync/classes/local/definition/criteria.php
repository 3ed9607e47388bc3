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

use local_zohosync\local\inbound\mirror;

/**
 * The criteria of units, as the mirror has them.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class criteria {
    /** @var array<string, array> Criteria by Zoho's id of the unit. */
    private array $byunit = [];

    /** @var string[] Names of the units. */
    private array $names;

    /**
     * Read the criteria of units with two queries.
     *
     * @param string[] $unitids Zoho's ids; those unknown or deleted have no criteria
     */
    public function __construct(array $unitids) {
        global $DB;
        $unitids = array_values(array_unique(array_filter($unitids)));
        $this->names = [];
        foreach ($DB->get_records_list(mirror::UNIT, 'zohoid', $unitids, '', 'id, zohoid, name, deleted') as $unit) {
            if (!$unit->deleted) {
                $this->names[$unit->zohoid] = $unit->name;
            }
        }
        $lines = $DB->get_records_list('local_zohosync_unitcriterion', 'unitid', array_keys($this->names), 'unitid, sortorder, id');
        foreach ($lines as $line) {
            $this->byunit[$line->unitid][$line->shortname] = (string) $line->description;
        }
    }

    /**
     * The criteria of one unit.
     *
     * @param string $unitid Zoho's id
     * @return array<string, string> texts by shortname, in order; empty when there is nothing to mark by
     */
    public function of(string $unitid): array {
        return $this->byunit[$unitid] ?? [];
    }

    /**
     * Name of a unit.
     *
     * @param string $unitid Zoho's id
     * @return string empty when it is unknown or deleted
     */
    public function unit_name(string $unitid): string {
        return $this->names[$unitid] ?? '';
    }

    /**
     * Fingerprint of what is written for a unit.
     *
     * @param string $unitid Zoho's id
     * @param string $method the way of grading
     * @return string MD5: change detection only, never security
     */
    public function hash(string $unitid, string $method): string {
        return md5(json_encode([$method, $this->of($unitid)], JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE));
    }
}
