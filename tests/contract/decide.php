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
 * Answers what the plugin's classes decide, so that the agent can be held to the same: a JSON object a line in, one out.
 *
 * Usage: php decide.php ; asks: {"ask": "letter" | "signature" | "date", ...}
 *
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use local_zohosync\local\grading\letter;
use local_zohosync\local\grading\rules;
use local_zohosync\local\inbound\calendar_date;
use local_zohosync\local\setting_shape;
use local_zohosync\local\transport\signer;

require(__DIR__ . '/../../moodle/local/zohosync/tests/pure/bootstrap.php');

while (($line = fgets(STDIN)) !== false) {
    $given = json_decode($line, true, 64, JSON_THROW_ON_ERROR);
    $answer = match ($given['ask']) {
        'letter' => letter::of(
            $given['grade'],
            rules::from(setting_shape::read('grading.rules', json_encode((object) $given['rules'])))
        ),
        'signature' => (new signer($given['secrets']))->headers($given['id'], $given['time'], base64_decode($given['body'])),
        'date' => calendar_date::is_valid_or_empty($given['text']),
    };
    echo json_encode(['answer' => $answer], JSON_THROW_ON_ERROR), "\n";
}
