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

namespace local_zohosync\local\attempts;

use local_zohosync\local\agent_settings;
use local_zohosync\local\grade\key;
use local_zohosync\local\grade\snapshot;
use local_zohosync\local\grading\letter;
use local_zohosync\local\grading\rules;
use local_zohosync\task\open_attempt;

/**
 * Opens a student's second attempt when the first one was referred: a released R that she can see.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class opener {
    /**
     * See to it that the second attempt is opened soon, if the grade asks for it. Never at once: whoever grades does not wait.
     *
     * @param key $key
     * @param array $snapshot of the grade
     */
    public static function consider(key $key, array $snapshot): void {
        if (self::asks_for_second($snapshot)) {
            $task = new open_attempt();
            $task->set_custom_data(['key' => $key->text()]);
            \core\task\manager::queue_adhoc_task($task, true);
        }
    }

    /**
     * Open the second attempt, if the grade still asks for it.
     *
     * @param key $key
     * @return bool was it opened?
     */
    public static function open(key $key): bool {
        global $CFG;
        require_once($CFG->dirroot . '/mod/assign/locallib.php');
        $snapshot = (new snapshot())->build($key);
        if (!self::asks_for_second($snapshot)) {
            return false;
        }
        [$course, $cm] = get_course_and_cm_from_cmid($snapshot['cmid'], 'assign');
        return (new reopened_assign(\core\context\module::instance($cm->id), $cm, $course))->open_second($key->userid);
    }

    /**
     * Is it a released R on the first attempt, and no second one there?
     *
     * @param array $snapshot of a grade
     * @return bool
     */
    private static function asks_for_second(array $snapshot): bool {
        return $snapshot['finalgrade'] !== '' && !$snapshot['hidden'] && $snapshot['attemptnumber'] === 0
            && in_array($snapshot['workflow'], ['', 'released'], true)
            && $snapshot['maxattempts'] !== 1
            && max(array_column($snapshot['attempts'], 'attemptnumber')) === 0
            && agent_settings::get('grading.attempts')['open_second']
            && letter::of($snapshot, rules::from(agent_settings::get('grading.rules'))) === 'R';
    }
}
