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

namespace local_student_dashboard\form;

use local_student_dashboard\local\wording;
use local_zohosync\local\request\requests;
use local_zohosync\local\request\window;
use moodleform;

defined('MOODLE_INTERNAL') || die();

require_once($CFG->libdir . '/formslib.php');

/**
 * The form with which a student asks the college for something.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class request_form extends moodleform {
    #[\Override]
    protected function definition(): void {
        $form = $this->_form;
        $types = ['' => get_string('choosedots')];
        $open = array_filter(requests::TYPES, fn(string $type): bool => window::of($type)->is_open());
        foreach ($open as $type) {
            $types[$type] = wording::of('requesttype', $type);
        }
        $form->addElement('select', 'type', get_string('request:type', 'local_student_dashboard'), $types);
        $form->addRule('type', null, 'required', null, 'client');
        $form->addElement('textarea', 'reason', get_string('request:reason', 'local_student_dashboard'), [
            'rows' => 6,
            'maxlength' => requests::LONGEST_REASON,
            'dir' => 'auto',
        ]);
        $form->setType('reason', PARAM_RAW_TRIMMED);
        $form->addRule('reason', null, 'required', null, 'client');
        $this->add_action_buttons(true, get_string('request:send', 'local_student_dashboard'));
    }

    /**
     * Checks what was typed.
     *
     * @param array $data the values
     * @param array $files none
     * @return string[] errors by field
     */
    #[\Override]
    public function validation($data, $files): array {
        $errors = parent::validation($data, $files);
        $type = $data['type'] ?? '';
        if (!in_array($type, requests::TYPES, true)) {
            $errors['type'] = get_string('required');
        } else if (!window::of($type)->is_open()) {
            $errors['type'] = get_string('error:requestclosed', 'local_zohosync', wording::of('requesttype', $type));
        }
        if (\core_text::strlen(str_replace("\r\n", "\n", $data['reason'])) > requests::LONGEST_REASON) {
            $errors['reason'] = get_string('request:toolong', 'local_student_dashboard', requests::LONGEST_REASON);
        }
        return $errors;
    }
}
