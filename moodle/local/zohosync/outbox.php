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
 * What this site has to tell the agent, and sending again what is parked.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use core_reportbuilder\system_report_factory;
use local_zohosync\event\outbox_sent_again;
use local_zohosync\local\outbox\repository;
use local_zohosync\output\page;
use local_zohosync\reportbuilder\local\systemreports\outbox;

require(__DIR__ . '/../../config.php');
require_once($CFG->libdir . '/adminlib.php');

admin_externalpage_setup('local_zohosync_outbox');
$system = context_system::instance();
if (data_submitted()) {
    page::act($PAGE->url, 'local/zohosync:retry', function (): string {
        $number = repository::send_again(\core\di::get(\core\clock::class)->time());
        outbox_sent_again::of($number)->trigger();
        return get_string('outbox:sentagain', 'local_zohosync', $number);
    });
}
$parked = repository::count(repository::DEAD);
page::show(get_string('outbox', 'local_zohosync'), fn() => html_writer::tag('p', get_string('outbox_desc', 'local_zohosync'))
    . ($parked && has_capability('local/zohosync:retry', $system) ? $OUTPUT->single_button(
        $PAGE->url,
        get_string('outbox:sendagain', 'local_zohosync', $parked),
        'post',
        ['type' => single_button::BUTTON_PRIMARY]
    ) : '')
    . html_writer::div(system_report_factory::create(outbox::class, $system)->output(), 'local-zohosync-report'));
