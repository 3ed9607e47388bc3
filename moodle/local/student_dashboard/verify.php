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
 * Whoever reads the code of a student card learns here whether it is valid; she need not have an account.
 *
 * No more is shown than what tells whether the card belongs to the person who shows it.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use local_student_dashboard\local\card\cards;
use local_student_dashboard\output\verification;

// Nobody is known here, and nobody gets a session for having looked at a card.
define('NO_MOODLE_COOKIES', true);

require_once(__DIR__ . '/../../config.php'); // phpcs:ignore moodle.Files.RequireLogin.Missing

$token = optional_param('token', '', PARAM_ALPHANUM);

$PAGE->set_context(\core\context\system::instance());
// Without the token: what a page links to and where it sends forms is not told which card was looked at.
$PAGE->set_url('/local/student_dashboard/verify.php');
$PAGE->set_pagelayout('login');
$PAGE->set_title(get_string('verify', 'local_student_dashboard'));

header('X-Robots-Tag: noindex');
header('Referrer-Policy: no-referrer');

$holder = cards::verify($token);

echo $OUTPUT->header();
echo $OUTPUT->render(new verification($holder));
echo $OUTPUT->footer();
