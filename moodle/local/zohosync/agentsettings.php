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

/**
 * The agent's settings: all of them, and with a key the form for one.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use core\output\notification;
use local_zohosync\event\agent_setting_changed;
use local_zohosync\form\setting_form;
use local_zohosync\local\agent\client;
use local_zohosync\local\agent\last_known;
use local_zohosync\local\agent\problem;
use local_zohosync\output\agent_settings;
use local_zohosync\output\lost_race;

require(__DIR__ . '/../../config.php');
require_once($CFG->libdir . '/adminlib.php');

$key = optional_param('key', '', PARAM_RAW_TRIMMED);
$reset = optional_param('reset', false, PARAM_BOOL);

navigation_node::override_active_url(new moodle_url('/local/zohosync/agentsettings.php'));
admin_externalpage_setup('local_zohosync_agentsettings');
$list = new moodle_url('/local/zohosync/agentsettings.php');
$client = new client();

if ($key === '') {
    $away = null;
    try {
        $settings = $client->settings();
        last_known::keep($settings);
    } catch (problem $e) {
        $away = $e;
        $known = last_known::read();
        $settings = $known['settings'] ?? [];
    }
    echo $OUTPUT->header();
    echo $OUTPUT->heading(get_string('agentsettings', 'local_zohosync'));
    if ($away) {
        echo $OUTPUT->notification(s($away->words), notification::NOTIFY_ERROR, false);
        echo $OUTPUT->notification(
            $known
                ? get_string('agentsettings:lastknown', 'local_zohosync', userdate($known['time']))
                : get_string('agentsettings:neverseen', 'local_zohosync'),
            notification::NOTIFY_WARNING,
            false
        );
    }
    $editable = !$away && has_capability('local/zohosync:manage', context_system::instance());
    echo $OUTPUT->render_from_template('local_zohosync/agent_settings', (new agent_settings($settings, $editable))
        ->export_for_template($OUTPUT));
    echo $OUTPUT->footer();
    exit;
}

require_capability('local/zohosync:manage', context_system::instance());
$url = new moodle_url($list, ['key' => $key]);
$PAGE->set_url($url);
try {
    $setting = $client->setting($key);
    if ($reset && data_submitted()) {
        require_sesskey();
        $client->reset_setting($key, required_param('tag', PARAM_RAW));
        agent_setting_changed::of($key, true)->trigger();
        redirect($list, get_string('agentsettings:reset', 'local_zohosync', s($key)), null, notification::NOTIFY_SUCCESS);
    }
} catch (problem $e) {
    redirect($reset && $e->status === problem::CHANGED ? $url : $list, s($e->words), null, notification::NOTIFY_ERROR);
}

$form = new setting_form($list->out(false), ['setting' => $setting]);
if ($form->is_cancelled()) {
    redirect($list);
}
$notice = '';
if (($value = $form->value()) !== null) {
    try {
        $client->change_setting($key, $value, $form->tag());
        agent_setting_changed::of($key, false)->trigger();
        redirect($list, get_string('agentsettings:saved', 'local_zohosync', s($key)), null, notification::NOTIFY_SUCCESS);
    } catch (problem $e) {
        $others = [$e->words];
        if ($e->status === problem::MISFIT) {
            $others = $form->mark($e->errors);
        } else if ($e->status === problem::CHANGED) {
            $typed = $form->typed();
            $form = new setting_form($list->out(false), ['setting' => $setting, 'renew' => true]);
            $others = [];
            $notice = $OUTPUT->render_from_template('local_zohosync/lost_race', (new lost_race($setting, $typed))
                ->export_for_template($OUTPUT));
        }
        foreach ($others as $words) {
            $notice .= $OUTPUT->notification(s($words), notification::NOTIFY_ERROR, false);
        }
    }
}

echo $OUTPUT->header();
echo $OUTPUT->heading(s($key));
echo html_writer::tag('p', s($setting['description']));
echo html_writer::tag('p', s(agent_settings::changed($setting)), ['class' => 'text-muted']);
echo $notice;
$form->display();
if ($setting['updated_at'] !== null) {
    echo $OUTPUT->single_button(
        new moodle_url($list, ['key' => $key, 'reset' => 1, 'tag' => $setting['tag']]),
        get_string('agentsettings:setback', 'local_zohosync'),
        'post'
    );
}
echo $OUTPUT->footer();
