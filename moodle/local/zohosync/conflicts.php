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
 * Records that both sides had changed: what was kept and what was lost.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use local_zohosync\local\agent\client;
use local_zohosync\output\lists;
use local_zohosync\output\page;

require(__DIR__ . '/../../config.php');
require_once($CFG->libdir . '/adminlib.php');

$before = optional_param('before', 0, PARAM_INT);

admin_externalpage_setup('local_zohosync_conflicts');
page::show(get_string('conflicts', 'local_zohosync'), fn() => html_writer::tag('p', get_string('conflicts_desc', 'local_zohosync'))
    . page::listing(lists::conflicts((new client())->conflicts($before))));
