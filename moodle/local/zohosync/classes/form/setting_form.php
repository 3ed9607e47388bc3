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

use local_zohosync\local\agent\value_field;

defined('MOODLE_INTERNAL') || die();

require_once($CFG->libdir . '/formslib.php');

/**
 * Asks for the value of one setting of the agent, field by field as its schema says.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class setting_form extends \moodleform {
    /** @var value_field[] */
    private array $fields;

    #[\Override]
    protected function definition() {
        $setting = $this->_customdata['setting'];
        $this->fields = value_field::of($setting['value_schema']);
        $form = $this->_form;
        $form->addElement('hidden', 'key', $setting['key']);
        $form->setType('key', PARAM_RAW);
        $form->addElement('hidden', 'tag', $setting['tag']);
        $form->setType('tag', PARAM_RAW);
        if ($this->_customdata['renew'] ?? false) {
            // She has seen what another made of it, and may save hers over that.
            $form->setConstant('tag', $setting['tag']);
        }
        foreach ($this->fields as $field) {
            $this->add_field($field, $field->in($setting['value']), $field->in($setting['default']));
        }
        $this->add_action_buttons();
    }

    /**
     * What was given, as the agent takes it.
     *
     * @return array|null null: nothing was sent, or it cannot be read
     */
    public function value(): ?array {
        $data = $this->get_data();
        return $data ? $this->read((array) $data) : null;
    }

    /**
     * What was typed, be it right or wrong.
     *
     * @return array
     */
    public function typed(): array {
        return $this->read((array) $this->get_submitted_data());
    }

    /**
     * The state that she was shown.
     *
     * @return string
     */
    public function tag(): string {
        return $this->get_submitted_data()->tag;
    }

    /**
     * Show what the agent says of the fields, each beside its own.
     *
     * @param array[] $errors each with `field` and `message`
     * @return string[] text of those that are about no field of the form
     */
    public function mark(array $errors): array {
        $others = [];
        foreach ($errors as $error) {
            $name = str_replace('.', '-', $error['field']);
            foreach ($this->fields as $field) {
                if (str_starts_with("$name-", $field->name() . '-')) {
                    $this->_form->setElementError($field->name(), s($error['message']));
                    continue 2;
                }
            }
            $others[] = $error['message'];
        }
        return $others;
    }

    #[\Override]
    public function validation($data, $files) {
        $errors = parent::validation($data, $files);
        foreach ($this->fields as $field) {
            if ($field->type === value_field::JSON && json_decode($data[$field->name()]) === null) {
                $errors[$field->name()] = get_string('field:jsoninvalid', 'local_zohosync');
            }
        }
        return $errors;
    }

    /**
     * Ask for one field.
     *
     * @param value_field $field
     * @param mixed $now
     * @param mixed $default
     */
    private function add_field(value_field $field, mixed $now, mixed $default): void {
        $form = $this->_form;
        [$name, $title] = [$field->name(), s($field->title)];
        $hints = [...$this->hints($field), get_string('field:default', 'local_zohosync', $field->words($default))];
        $hint = \html_writer::span(s(implode(' · ', $hints)), 'text-muted small');
        match ($field->type) {
            value_field::FLAG => $form->addElement('advcheckbox', $name, $title, $hint),
            value_field::CHOICE => $form->addElement('select', $name, $title, array_combine($field->choices(), $field->choices())),
            value_field::LINES, value_field::JSON => $form->addElement('textarea', $name, $title, ['rows' => 4, 'cols' => 50]),
            default => $form->addElement('text', $name, $title, ['size' => 30]),
        };
        $form->setType($name, PARAM_RAW);
        $form->setDefault($name, $field->to_form($now));
        if ($field->type !== value_field::FLAG) {
            $form->addElement('static', "hint-$name", '', $hint);
        }
    }

    /**
     * Say what a field takes.
     *
     * @param value_field $field
     * @return string[]
     */
    private function hints(value_field $field): array {
        [$least, $most] = $field->limits();
        $choices = implode(', ', $field->choices());
        return array_filter([
            $least !== null || $most !== null
                ? get_string('field:limits', 'local_zohosync', ['least' => $least ?? '…', 'most' => $most ?? '…'])
                : null,
            match ($field->type) {
                value_field::LINES => $choices === ''
                    ? get_string('field:lines', 'local_zohosync')
                    : get_string('field:linesof', 'local_zohosync', $choices),
                value_field::JSON => get_string('field:json', 'local_zohosync'),
                default => null,
            },
            $field->nullable ? get_string('field:emptynone', 'local_zohosync') : null,
        ]);
    }

    /**
     * Put the fields together.
     *
     * @param array $data
     * @return array
     */
    private function read(array $data): array {
        $value = [];
        foreach ($this->fields as $field) {
            $value = $field->into($value, $field->from_form($data[$field->name()] ?? ''));
        }
        return $value;
    }
}
