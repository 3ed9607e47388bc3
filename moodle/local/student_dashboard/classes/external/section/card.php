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

namespace local_student_dashboard\external\section;

use core_external\external_value;
use local_student_dashboard\local\card\photos;
use local_student_dashboard\local\card\standing;

/**
 * How the student stands with her card; the card itself is on the page.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class card extends section {
    #[\Override]
    protected static function fields(): array {
        return [
            'valid' => new external_value(PARAM_BOOL, 'Whether she has a card that is in force'),
            'timeissued' => self::time('Since when'),
            'timeexpires' => self::time('Until when'),
            'obstacle' => new external_value(PARAM_ALPHA, 'norecord, inactive, nophoto, norequest; empty: nothing is missing'),
            'explanation' => self::text('The same in the reader\'s language'),
            'photo' => new external_value(PARAM_ALPHA, 'pending, approved, rejected; empty: she has given none'),
        ];
    }

    #[\Override]
    public static function data(int $userid): array {
        $standing = standing::of($userid);
        $known = array_intersect([photos::PENDING, photos::APPROVED, photos::REJECTED], array_keys($standing->photos));
        $missing = $standing->obstacle !== standing::CLEAR;
        return self::dated([], 0) + [
            'valid' => $standing->card !== null,
            'timeissued' => (int) ($standing->card->timeissued ?? 0),
            'timeexpires' => (int) ($standing->card->timeexpires ?? 0),
            'obstacle' => $standing->obstacle,
            'explanation' => $missing ? get_string("card:$standing->obstacle", 'local_student_dashboard') : '',
            'photo' => (string) reset($known),
        ];
    }
}
