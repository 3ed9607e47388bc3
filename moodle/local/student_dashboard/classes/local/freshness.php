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

namespace local_student_dashboard\local;

use core\clock;
use core\di;
use local_zohosync\local\asof;

/**
 * As of when the local copy of Zoho's records is, and whether that is too long ago.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class freshness {
    /** @var int Seconds after which a reader is warned, where the site does not say otherwise. */
    public const DEFAULT_LIMIT = DAYSECS;

    /**
     * Says up to when Zoho's changes are known to be here.
     *
     * @param string[] $modules names of the agent's modules, such as "payment"
     * @return int unix seconds: the earliest of the modules that the agent has told of; 0: it has told of none
     */
    public static function of(array $modules): int {
        $told = array_filter(array_map(asof::of(...), $modules));
        return $told ? min($told) : 0;
    }

    /**
     * Tells whether the synchronisation is so far behind that the reader should know.
     *
     * @param int $time see of(), 0: not known
     * @return bool
     */
    public static function is_late(int $time): bool {
        $limit = (int) (get_config('local_student_dashboard', 'latelimit') ?: self::DEFAULT_LIMIT);
        return $time && $time < di::get(clock::class)->time() - $limit;
    }
}
