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

use local_zohosync\output\agent_settings;
use local_zohosync\output\failures;
use local_zohosync\output\lost_race;

/**
 * What an administrator is asked and shown of the agent.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\form\setting_form
 * @covers \local_zohosync\output\agent_settings
 * @covers \local_zohosync\output\lost_race
 * @covers \local_zohosync\output\failures
 */
final class setting_form_test extends \advanced_testcase {
    /** @var string Text that must stay text. */
    private const MARKUP = '<img src=x onerror=alert(1)>';

    /**
     * A setting as the agent tells it.
     *
     * @param string $key
     * @return array
     */
    private static function setting(string $key): array {
        $told = json_decode(file_get_contents(dirname(__DIR__) . '/fixtures/agent_settings.json'), true)['settings'];
        return array_column($told, null, 'key')[$key];
    }

    /**
     * A form that was sent.
     *
     * @param array $setting
     * @param array $given
     * @param bool $renew
     * @return setting_form
     */
    private function sent(array $setting, array $given, bool $renew = false): setting_form {
        $this->setAdminUser();
        setting_form::mock_submit($given + ['key' => $setting['key'], 'tag' => '"seen"']);
        return new setting_form(null, ['setting' => $setting, 'renew' => $renew]);
    }

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
    }

    /**
     * The value that is sent, and the state that she had seen.
     */
    public function test_value(): void {
        $form = $this->sent(self::setting('retry.policy'), [
            'value-max_tries' => '5', 'value-base_seconds' => '30.5', 'value-factor' => '2',
        ]);
        $this->assertSame(['max_tries' => 5, 'base_seconds' => 30.5, 'factor' => 2], $form->value());
        $this->assertSame('"seen"', $form->tag());
    }

    /**
     * After a lost race the form is about the state that the other made, with her values.
     */
    public function test_renewed(): void {
        $setting = ['tag' => '"theirs"'] + self::setting('retry.policy');
        $form = $this->sent($setting, ['value-max_tries' => '7', 'value-base_seconds' => '60', 'value-factor' => '2'], true);
        $html = $form->render();
        $this->assertStringContainsString('value="&quot;theirs&quot;"', $html);
        $this->assertStringNotContainsString('&quot;seen&quot;', $html);
        $this->assertMatchesRegularExpression('/name="value-max_tries"[^>]*value="7"/s', $html);
    }

    /**
     * What the agent says stands beside its field, as text; what is about no field is given back.
     */
    public function test_errors_beside_their_fields(): void {
        $form = $this->sent(self::setting('moodle.roles'), ['value-default_staff' => '[]', 'value-student' => 'x y']);
        $others = $form->mark([
            ['field' => 'value.student', 'message' => 'no role ' . self::MARKUP],
            ['field' => 'value.default_staff.0.role', 'message' => 'wrong role of staff'],
            ['field' => 'value', 'message' => 'must ascend'],
        ]);
        $this->assertSame(['must ascend'], $others);
        $html = $form->render();
        $this->assertMatchesRegularExpression('/id_error_value-student"[^>]*>\s*no role &lt;img/', $html);
        $this->assertMatchesRegularExpression('/id_error_value-default_staff"[^>]*>\s*wrong role of staff/', $html);
        $this->assertStringNotContainsString(self::MARKUP, $html);
    }

    /**
     * JSON that is none does not get to the agent.
     */
    public function test_json(): void {
        $form = $this->sent(self::setting('moodle.roles'), ['value-default_staff' => '[{', 'value-student' => 'student']);
        $this->assertNull($form->value());
        $this->assertStringContainsString(get_string('field:jsoninvalid', 'local_zohosync'), $form->render());
    }

    /**
     * Defaults and limits are told.
     */
    public function test_hints(): void {
        $html = (new setting_form(null, ['setting' => self::setting('retry.policy')]))->render();
        $this->assertStringContainsString('from 1 to 50 · Default: 3', $html);
    }

    /**
     * Text of the agent and of Zoho is text on every page.
     */
    public function test_values_are_text(): void {
        global $PAGE;
        $output = $PAGE->get_renderer('core');
        $PAGE->set_url('/local/zohosync/agentsettings.php');
        $setting = self::setting('grading.rules');
        $setting['value']['invalid_marker'] = self::MARKUP;
        $setting['description'] = self::MARKUP;
        $setting['updated_by'] = self::MARKUP;
        $setting['updated_at'] = '2026-11-23T08:00:00Z';
        $event = array_fill_keys(['entity_type', 'record_id', 'error_message', 'error_code', 'source'], self::MARKUP)
            + ['id' => 5, 'retry_count' => 1, 'received_at' => '2026-11-23T08:00:00Z'];
        $pages = [
            'agent_settings' => new agent_settings([$setting], true),
            'lost_race' => new lost_race($setting, ['invalid_marker' => self::MARKUP . '2']),
            'failures' => new failures(['events' => [$event], 'next' => 5], true),
        ];
        foreach ($pages as $template => $page) {
            $html = $output->render_from_template("local_zohosync/$template", $page->export_for_template($output));
            $this->assertStringContainsString(s(self::MARKUP), $html, $template);
            $this->assertStringNotContainsString(self::MARKUP, $html, $template);
        }
    }

    /**
     * Who may not retry gets no button, who may not change a setting no way to it.
     */
    public function test_without_permission(): void {
        global $PAGE;
        $output = $PAGE->get_renderer('core');
        $PAGE->set_url('/local/zohosync/failures.php');
        $event = array_fill_keys(['entity_type', 'record_id', 'error_message', 'error_code', 'source'], 'x')
            + ['id' => 5, 'retry_count' => 1, 'received_at' => '2026-11-23T08:00:00Z'];
        $html = fn(bool $may) => $output->render_from_template(
            'local_zohosync/failures',
            (new failures(['events' => [$event], 'next' => null], $may))->export_for_template($output)
        );
        $this->assertStringContainsString('<button', $html(true));
        $this->assertStringNotContainsString('<button', $html(false));
        $settings = fn(bool $may) => $output->render_from_template(
            'local_zohosync/agent_settings',
            (new agent_settings([self::setting('retry.policy')], $may))->export_for_template($output)
        );
        $this->assertStringContainsString('key=retry.policy', $settings(true));
        $this->assertStringNotContainsString('key=retry.policy', $settings(false));
    }
}
