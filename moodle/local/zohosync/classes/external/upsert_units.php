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

namespace local_zohosync\external;

use local_zohosync\local\definition\queue;

/**
 * Keeps Zoho's units with their criteria.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class upsert_units extends upsert_records {
    /** @var string What the records are. */
    protected const ENTITY = 'unit';

    /** @var string Name of the parameter that holds them. */
    protected const ROWS = 'units';

    /**
     * Carry out a batch; the classes of units that were written get their criteria soon.
     *
     * @param int $count number of rows sent
     * @param array $rows rows
     * @return array results
     */
    public static function execute(int $count, array $rows): array {
        $answer = parent::execute($count, $rows);
        queue::units(self::written($answer['results']));
        return $answer;
    }
}
