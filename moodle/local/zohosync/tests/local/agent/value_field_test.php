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

namespace local_zohosync\local\agent;

/**
 * From the agent's schema to fields of a form and back.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\agent\value_field
 */
final class value_field_test extends \basic_testcase {
    /**
     * A setting as the agent tells it.
     *
     * @param string $key
     * @return array
     */
    private static function setting(string $key): array {
        $told = json_decode(file_get_contents(dirname(__DIR__, 2) . '/fixtures/agent_settings.json'), true)['settings'];
        return array_column($told, null, 'key')[$key];
    }

    /**
     * Fields of a setting by the name of their element.
     *
     * @param string $key
     * @return value_field[]
     */
    private static function fields(string $key): array {
        $fields = value_field::of(self::setting($key)['value_schema']);
        return array_combine(array_map(fn($field) => $field->name(), $fields), $fields);
    }

    /**
     * Every default goes through the form unchanged, to the type of each value.
     *
     * @dataProvider keys
     * @param string $key
     */
    public function test_nothing_is_lost(string $key): void {
        $setting = self::setting($key);
        $value = [];
        foreach (self::fields($key) as $field) {
            $value = $field->into($value, $field->from_form($field->to_form($field->in($setting['default']))));
        }
        $this->assertSame(json_encode($setting['default']), json_encode($value));
    }

    /**
     * The settings of the table.
     *
     * @return array[]
     */
    public static function keys(): array {
        $told = json_decode(file_get_contents(dirname(__DIR__, 2) . '/fixtures/agent_settings.json'), true)['settings'];
        return array_map(fn($setting) => [$setting['key']], array_column($told, null, 'key'));
    }

    /**
     * What kind each field is.
     */
    public function test_kinds(): void {
        $kinds = [];
        foreach (array_keys(self::keys()) as $key) {
            foreach (self::fields($key) as $name => $field) {
                $kinds["$key $name"] = $field->type;
            }
        }
        $this->assertSame(value_field::NUMBER, $kinds['retry.policy value-max_tries']);
        $this->assertSame(value_field::NUMBER, $kinds['events.rate_limit value-per_minute']);
        $this->assertSame(value_field::TEXT, $kinds['grading.rules value-merit']);
        $this->assertSame(value_field::LINES, $kinds['grading.rules value-scale_letters']);
        $this->assertSame(value_field::JSON, $kinds['moodle.roles value-default_staff']);
        $this->assertSame(value_field::FLAG, $kinds['student_dashboard.requests value-class_drop-open']);
        $this->assertSame(value_field::CHOICE, $kinds['student_dashboard.requests value-class_drop-attachment']);
    }

    /**
     * What is typed, and what the agent gets.
     *
     * @dataProvider typed
     * @param string $key
     * @param string $name
     * @param string $given
     * @param mixed $expected
     */
    public function test_what_is_typed(string $key, string $name, string $given, mixed $expected): void {
        $this->assertSame(json_encode($expected), json_encode(self::fields($key)[$name]->from_form($given)));
    }

    /**
     * Cases.
     *
     * @return array[]
     */
    public static function typed(): array {
        return [
            'whole number' => ['retry.policy', 'value-max_tries', ' 5 ', 5],
            'fraction' => ['retry.policy', 'value-factor', '1.5', 1.5],
            'no number goes as it is' => ['retry.policy', 'value-max_tries', 'five', 'five'],
            'nothing where a number is needed' => ['retry.policy', 'value-max_tries', '', ''],
            'nothing where there may be none' => ['events.rate_limit', 'value-per_minute', ' ', null],
            'no digit of a mark is lost' => ['grading.rules', 'value-merit', '3.00000', '3.00000'],
            'a day' => ['grading.generated', 'value-since', '2026-11-23', '2026-11-23'],
            'no day' => ['grading.generated', 'value-since', '', null],
            'lines' => ['grading.generated', 'value-excluded_types', "Recording \r\n\n  تسجيل", ['Recording', 'تسجيل']],
            'no lines' => ['grading.generated', 'value-excluded_types', '', []],
            'names' => ['system.dry_run', 'value-modules', "student\nclass", ['student', 'class']],
            'staff' => ['moodle.roles', 'value-default_staff', '[{"user": "a", "role": "b"}]', [['user' => 'a', 'role' => 'b']]],
            'an empty object stays one' => ['moodle.roles', 'value-default_staff', '{}', (object) []],
            'off' => ['system.dry_run', 'value-all', '0', false],
        ];
    }

    /**
     * A part of an inner object takes its place beside the others.
     */
    public function test_into(): void {
        $field = self::fields('student_dashboard.requests')['value-class_drop-open'];
        $value = $field->into(['class_drop' => ['opens' => null]], false);
        $this->assertSame(['class_drop' => ['opens' => null, 'open' => false]], $value);
        $this->assertFalse($field->in($value));
        $this->assertSame('Class drop – Open', $field->title);
    }

    /**
     * What choices and limits a form shows.
     */
    public function test_choices_and_limits(): void {
        $this->assertSame([1, 50], self::fields('retry.policy')['value-max_tries']->limits());
        $this->assertSame([1, 10000000], self::fields('events.rate_limit')['value-per_minute']->limits());
        $this->assertSame(['R', 'P', 'M', 'D'], self::fields('grading.rules')['value-scale_letters']->choices());
        $this->assertSame([null, null], self::fields('grading.generated')['value-since']->limits());
    }
}
