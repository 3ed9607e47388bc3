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

defined('MOODLE_INTERNAL') || die();

use moodleform;

require_once($CFG->libdir . '/formslib.php');

/**
 * The photo that a student gives for her card.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class photo_form extends moodleform {
    /** @var int Largest file, in bytes; a telephone's picture is smaller. */
    private const LARGEST = 8 * 1024 * 1024;

    #[\Override]
    protected function definition() {
        $form = $this->_form;
        $form->addElement('filepicker', 'photo', get_string('photo', 'local_student_dashboard'), null, [
            'accepted_types' => ['.jpg', '.jpeg', '.png'],
            'maxbytes' => self::LARGEST,
        ]);
        $form->addRule('photo', null, 'required');
        $this->add_action_buttons(true, get_string('photo:send', 'local_student_dashboard'));
    }
}
