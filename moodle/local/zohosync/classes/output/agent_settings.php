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
use local_zohosync\local\agent\client;
use local_zohosync\local\agent\value_field;

/**
 * All settings of the agent in groups: what each is, what it would be by itself, who made it so.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class agent_settings implements renderable, templatable {
    /**
     * Hold what is shown.
     *
     * @param array[] $settings as client::settings() gives
     * @param bool $editable may the reader change them now?
     */
    public function __construct(
        /** @var array[] As client::settings() gives. */
        private readonly array $settings,
        /** @var bool May the reader change them now? */
        private readonly bool $editable
    ) {
    }

    #[\Override]
    public function export_for_template(renderer_base $output) {
        $groups = [];
        foreach ($this->settings as $setting) {
            $name = $setting['group'];
            $groups[$name]['name'] = ucfirst(str_replace('_', ' ', $name));
            $groups[$name]['settings'][] = $this->setting($setting);
        }
        return ['groups' => array_values($groups), 'editable' => $this->editable];
    }

    /**
     * One setting.
     *
     * @param array $setting
     * @return array
     */
    private function setting(array $setting): array {
        $fields = [];
        foreach (value_field::of($setting['value_schema']) as $field) {
            [$now, $default] = [$field->in($setting['value']), $field->in($setting['default'])];
            $fields[] = [
                'title' => $field->title,
                'words' => $field->words($now),
                'changed' => $now !== $default,
                'default' => get_string('field:default', 'local_zohosync', $field->words($default)),
            ];
        }
        return [
            'key' => $setting['key'],
            'description' => $setting['description'],
            'fields' => $fields,
            'changed' => self::changed($setting),
            'editurl' => (new \moodle_url('/local/zohosync/agentsettings.php', ['key' => $setting['key']]))->out(false),
        ];
    }

    /**
     * Say who changed a setting and when.
     *
     * @param array $setting
     * @return string text; that it is the default when nobody did
     */
    public static function changed(array $setting): string {
        if ($setting['updated_at'] === null) {
            return get_string('agentsettings:isdefault', 'local_zohosync');
        }
        return get_string('agentsettings:changed', 'local_zohosync', [
            'who' => client::actor_name($setting['updated_by']),
            'when' => userdate(strtotime($setting['updated_at'])),
        ]);
    }
}
