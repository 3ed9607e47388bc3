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

namespace local_zohosync\check;

use core\check\result;
use core\task\manager;
use core\task\scheduled_task;

/**
 * Do the tasks of this plugin run? They send, compare and watch; the agent's own pull is only a second way.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class tasks extends agent_check {
    /** @var int Seconds after which a task of each minute has not run lately. */
    private const LATELY = 15 * MINSECS;
    /** @var int Seconds after which a task of each night has not. */
    private const NIGHTS = 2 * DAYSECS;

    #[\Override]
    public function get_action_link(): ?\action_link {
        return self::link('/admin/tool/task/scheduledtasks.php', [], get_string('scheduledtasks', 'tool_task'));
    }

    #[\Override]
    protected function judge(): result {
        $found = [];
        foreach (manager::load_scheduled_tasks_for_component('local_zohosync') as $task) {
            if ($fault = self::fault($task)) {
                $found[] = ['fault' => $fault, 'name' => $task->get_name()];
            }
        }
        if (!$found) {
            return new result(result::OK, get_string('check:tasksrun', 'local_zohosync'));
        }
        $names = fn($fault) => implode('; ', array_column(array_filter($found, fn($one) => $one['fault'] === $fault), 'name'));
        $lines = [];
        foreach (array_unique(array_column($found, 'fault')) as $fault) {
            $lines[] = get_string("check:tasks$fault", 'local_zohosync', $names($fault));
        }
        $severe = array_diff(array_column($found, 'fault'), ['failing']);
        return $this->mend($severe ? result::ERROR : result::WARNING, s(implode(' ', $lines)), 'check:tasks_do');
    }

    /**
     * What is wrong with a task.
     *
     * @param scheduled_task $task
     * @return string disabled, late or failing; empty: nothing
     */
    private static function fault(scheduled_task $task): string {
        if ($task->get_disabled()) {
            return 'disabled';
        }
        $limit = $task->get_minute() === '*' && $task->get_hour() === '*' ? self::LATELY : self::NIGHTS;
        // One that has never run had its first chance when it was installed.
        $last = $task->get_last_run_time() ?: (int) $task->get_next_run_time();
        if (\core\di::get(\core\clock::class)->time() - $last > $limit) {
            return 'late';
        }
        return $task->get_fail_delay() ? 'failing' : '';
    }
}
