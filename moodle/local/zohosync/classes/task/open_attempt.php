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

namespace local_zohosync\task;

use local_zohosync\local\attempts\opener;
use local_zohosync\local\grade\key;
use local_zohosync\local\grade\snapshot;
use local_zohosync\local\outbox\emitter;

/**
 * Opens the second attempt of a student whose first one was referred, and tells the agent.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class open_attempt extends \core\task\adhoc_task {
    #[\Override]
    public function execute() {
        $key = key::parse($this->get_custom_data()->key);
        if (opener::open($key)) {
            emitter::tell($key, (new snapshot())->build($key), emitter::FROM_RECONCILE);
        }
    }
}
