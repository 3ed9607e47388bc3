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

namespace local_zohosync\output;

use core\output\renderable;
use core\output\renderer_base;
use core\output\templatable;
use local_zohosync\form\setup_form;
use local_zohosync\local\config;
use local_zohosync\local\round_trip;
use local_zohosync\local\setup_result;

/**
 * The set-up: what is there, what the agent has to be given, and whether the connection works both ways.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class setup_page implements renderable, templatable {
    /**
     * Hold what is shown.
     *
     * @param setup_form|null $form null on a copied site, where a decision comes first
     * @param setup_result|null $made what was prepared just now
     * @param array[]|null $steps of a round trip; null: not tried now
     */
    public function __construct(
        /** @var setup_form|null Null on a copied site. */
        private readonly ?setup_form $form,
        /** @var setup_result|null What was prepared just now. */
        private readonly ?setup_result $made = null,
        /** @var array[]|null Steps of a round trip; null: not tried now. */
        private readonly ?array $steps = null
    ) {
    }

    #[\Override]
    public function export_for_template(renderer_base $output) {
        global $CFG;
        return [
            'action' => (new \moodle_url('/local/zohosync/setup.php'))->out(false),
            'sesskey' => sesskey(),
            'copied' => $this->form === null,
            'formersite' => (string) get_config('local_zohosync', 'sitewwwroot'),
            'thissite' => $CFG->wwwroot,
            'form' => $this->form?->render(),
            'ready' => $this->form !== null && config::is_set_up(),
            'made' => $this->made !== null,
            // What the agent has already is not shown again: whoever passes the screen could read it.
            'lines' => $this->made?->new ? $this->made->lines() : null,
            'tried' => $this->steps !== null,
            'whole' => $this->steps !== null && round_trip::is_whole($this->steps),
            'steps' => $this->steps ?? [],
        ];
    }
}
