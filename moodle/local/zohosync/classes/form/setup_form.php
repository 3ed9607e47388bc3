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

namespace local_zohosync\form;

use local_zohosync\local\config;
use local_zohosync\local\transport\agent_url;

defined('MOODLE_INTERNAL') || die();
global $CFG;
require_once($CFG->libdir . '/formslib.php');

/**
 * Asks for what the set-up cannot find out by itself.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class setup_form extends \moodleform {
    #[\Override]
    protected function definition() {
        $form = $this->_form;
        $form->addElement('text', 'agenturl', get_string('setting:agenturl', 'local_zohosync'), ['size' => 50, 'dir' => 'ltr']);
        $form->setType('agenturl', PARAM_RAW_TRIMMED);
        $form->addRule('agenturl', get_string('required'), 'required', null, 'client');
        $form->setDefault('agenturl', config::agent_url());
        $form->addElement('static', 'agenturlhelp', '', get_string('setting:agenturl_desc', 'local_zohosync'));
        $this->add_action_buttons(false, get_string('setup:run', 'local_zohosync'));
    }

    #[\Override]
    public function validation($data, $files) {
        $url = $data['agenturl'];
        return parent::validation($data, $files) + (agent_url::is_allowed($url)
            ? []
            : ['agenturl' => get_string('error:agenturlinvalid', 'local_zohosync', s($url))]);
    }
}
