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
use local_zohosync\local\request\asked;
use local_zohosync\local\request\attachments;
use local_zohosync\local\request\choices;
use local_zohosync\local\request\details;
use local_zohosync\local\request\requests;
use local_zohosync\local\request\window;
use moodle_exception;
use moodleform;
use stdClass;

defined('MOODLE_INTERNAL') || die();

require_once($CFG->libdir . '/formslib.php');

/**
 * The form with which a student asks the college for something. It offers what she may ask for; requests::raise() holds it.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class request_form extends moodleform {
    /** @var string[] The element beside which it is said what a type lacks. */
    private const PLACES = [
        'Enroll Next Semester' => 'joingroup',
        'Class Drop' => 'dropgroup',
        'Late Submission' => 'assignid',
        'Change Information' => 'changesgroup',
    ];

    /**
     * The types that may be asked for today.
     *
     * @return window[] by type
     */
    public static function open(): array {
        $windows = array_combine(requests::TYPES, array_map(window::of(...), requests::TYPES));
        return array_filter($windows, fn(window $window): bool => $window->is_open());
    }

    #[\Override]
    protected function definition(): void {
        global $USER;
        $form = $this->_form;
        $userid = (int) $USER->id;
        $open = self::open();
        $types = ['' => get_string('choosedots')];
        foreach (array_keys($open) as $type) {
            $types[$type] = wording::of('requesttype', $type);
        }
        $form->addElement('select', 'type', get_string('request:type', 'local_student_dashboard'), $types);
        $form->addRule('type', null, 'required', null, 'client');
        if (isset($open['Enroll Next Semester'])) {
            $this->add_classes('join', 'Enroll Next Semester', choices::to_join($userid));
        }
        if (isset($open['Class Drop'])) {
            $this->add_classes('drop', 'Class Drop', choices::running($userid));
        }
        if (isset($open['Late Submission'])) {
            $this->add_assignments(choices::assignments($userid));
        }
        if (isset($open['Change Information'])) {
            $this->add_changes();
        }
        $form->addElement('textarea', 'reason', get_string('request:reason', 'local_student_dashboard'), [
            'rows' => 5,
            'maxlength' => requests::LONGEST_REASON,
            'dir' => 'auto',
        ]);
        $form->setType('reason', PARAM_RAW_TRIMMED);
        $form->addRule('reason', null, 'required', null, 'client');
        $this->add_files($open);
        $this->add_action_buttons(true, get_string('request:send', 'local_student_dashboard'));
    }

    /**
     * What the request is about, besides its type and reason.
     *
     * @param stdClass $data the form's data
     * @return details
     */
    public static function details(stdClass $data): details {
        $chosen = match ($data->type) {
            'Enroll Next Semester' => $data->join ?? [],
            'Class Drop' => $data->drop ?? [],
            default => [],
        };
        return new details(
            array_map(strval(...), array_keys(array_filter($chosen))),
            (int) ($data->assignid ?? 0),
            array_filter($data->changes ?? [], is_string(...)),
            (int) ($data->files ?? 0),
        );
    }

    /**
     * Checks what was filled in, by the rules by which it is taken.
     *
     * @param array $data the values
     * @param array $files none
     * @return string[] errors by field
     */
    #[\Override]
    public function validation($data, $files): array {
        global $USER;
        $errors = parent::validation($data, $files);
        $type = $data['type'] ?? '';
        if (!in_array($type, requests::TYPES, true)) {
            return $errors + ['type' => get_string('required')];
        }
        $window = window::of($type);
        if (!$window->is_open()) {
            $errors['type'] = get_string('error:requestclosed', 'local_zohosync', wording::of('requesttype', $type));
        }
        $details = self::details((object) $data);
        $longest = requests::LONGEST_REASON;
        try {
            $longest = asked::of((int) $USER->id, $type, $details)->room();
        } catch (moodle_exception $wrong) {
            $errors[self::PLACES[$type]] = $wrong->getMessage();
        }
        if (\core_text::strlen(str_replace("\r\n", "\n", $data['reason'])) > $longest) {
            $errors['reason'] = get_string('request:toolong', 'local_student_dashboard', $longest);
        }
        try {
            attachments::of_draft((int) $USER->id, $window->attachment, $details->draftid);
        } catch (moodle_exception $wrong) {
            $errors['files'] = $wrong->getMessage();
        }
        return $errors;
    }

    /**
     * Adds classes to choose from.
     *
     * @param string $name of the field
     * @param string $type of the request that needs them
     * @param string[] $classes names by Zoho's id
     */
    private function add_classes(string $name, string $type, array $classes): void {
        $form = $this->_form;
        $boxes = [];
        foreach ($classes as $zohoid => $class) {
            $boxes[] = $form->createElement('checkbox', "{$name}[{$zohoid}]", '', s($class));
        }
        if (!$boxes) {
            $none = get_string("request:no$name", 'local_student_dashboard');
            $boxes[] = $form->createElement('static', "{$name}none", '', $none);
        }
        $label = get_string("request:$name", 'local_student_dashboard');
        $form->addGroup($boxes, "{$name}group", $label, ['<div class="w-100"></div>'], false);
        $form->hideIf("{$name}group", 'type', 'neq', $type);
    }

    /**
     * Adds the student's assignments, each with its class.
     *
     * @param stdClass[] $assignments see choices::assignments()
     */
    private function add_assignments(array $assignments): void {
        $form = $this->_form;
        $choices = [0 => get_string('choosedots')];
        foreach ($assignments as $id => $assignment) {
            $choices[$id] = get_string('request:assignmentin', 'local_student_dashboard', (object) [
                'name' => format_string($assignment->name, true, ['escape' => false]),
                'class' => $assignment->classname,
            ]);
        }
        $form->addElement('select', 'assignid', get_string('request:assignment', 'local_student_dashboard'), $choices);
        $form->setType('assignid', PARAM_INT);
        $form->hideIf('assignid', 'type', 'neq', 'Late Submission');
    }

    /**
     * Adds a field for each piece of information that may be changed.
     */
    private function add_changes(): void {
        $form = $this->_form;
        $help = $form->createElement('static', 'changeshelp', '', get_string('request:changeshelp', 'local_student_dashboard'));
        $label = get_string('request:changes', 'local_student_dashboard');
        $form->addGroup([$help], 'changesgroup', $label, null, false);
        $form->hideIf('changesgroup', 'type', 'neq', 'Change Information');
        foreach (asked::CHANGEABLE as $field) {
            $name = "changes[$field]";
            $form->addElement('text', $name, wording::of('requestfield', $field), [
                'maxlength' => asked::LONGEST_VALUE,
                'dir' => 'auto',
            ]);
            $form->setType($name, PARAM_RAW_TRIMMED);
            $form->hideIf($name, 'type', 'neq', 'Change Information');
        }
    }

    /**
     * Adds files, where one of the types takes any.
     *
     * @param window[] $open by type
     */
    private function add_files(array $open): void {
        $form = $this->_form;
        $without = array_keys(array_filter($open, fn(window $window): bool => $window->attachment === 'none'));
        if (count($without) === count($open)) {
            return;
        }
        $options = attachments::options();
        $form->addElement('filemanager', 'files', get_string('request:files', 'local_student_dashboard'), null, $options);
        $form->hideIf('files', 'type', 'in', ['', ...$without]);
        $needed = array_filter($open, fn(window $window): bool => $window->attachment === 'required');
        foreach (array_keys($needed) as $number => $type) {
            $text = $form->createElement('static', "need$number", '', get_string('request:fileneeded', 'local_student_dashboard'));
            $form->addGroup([$text], "needgroup$number", '', null, false);
            $form->hideIf("needgroup$number", 'type', 'neq', $type);
        }
    }
}
