<?php
// This file is part of Moodle - http://moodle.org/
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
// along with Moodle.  If not, see <http://www.gnu.org/licenses/>.

/**
 * What the plugin's own code says of values, without Moodle: a question a line as JSON, an answer a line as JSON.
 *
 * Usage: php answers.php <folder of the plugin>
 *
 * @copyright 2026 The zohosync developers
 * @license   http://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use local_zohosync\local\grade\key;
use local_zohosync\local\grading\letter;
use local_zohosync\local\grading\rules;
use local_zohosync\local\inbound\amount;
use local_zohosync\local\inbound\calendar_date;
use local_zohosync\local\inbound\row_exception;
use local_zohosync\local\setting_shape;
use local_zohosync\local\transport\signer;

// phpcs:disable moodle.Files.MoodleInternal.MoodleInternalGlobalState -- There is no Moodle here.

/**
 * As much of Moodle's exception as the plugin's own need.
 */
class moodle_exception extends Exception { // phpcs:ignore
    /** @var string Code of the sentence. */
    public $errorcode;

    /**
     * Take the code.
     *
     * @param string $errorcode
     */
    public function __construct($errorcode) {
        $this->errorcode = $errorcode;
        parent::__construct("Refused: $errorcode");
    }
}

require($argv[1] . '/tests/pure/bootstrap.php');

/**
 * Answer one question.
 *
 * @param array $asked "about", and the value or values
 * @return mixed
 */
function answers_to(array $asked): mixed {
    return match ($asked['about']) {
        'date' => calendar_date::is_valid_or_empty($asked['value']),
        'amount' => amount::require($asked['value'], 'amount'),
        'currency' => amount::currency($asked['value'], 'currency'),
        'key' => key::parse($asked['value'])?->text(),
        'sign' => (new signer($asked['secrets']))->headers($asked['id'], $asked['timestamp'], $asked['body']),
        'letter' => letter::of(
            $asked['grade'],
            rules::from(setting_shape::read('grading.rules', json_encode((object) $asked['rules'])))
        ),
    };
}

while (($line = fgets(STDIN)) !== false) {
    try {
        $answer = ['answer' => answers_to(json_decode($line, true, 32, JSON_THROW_ON_ERROR))];
    } catch (row_exception $e) {
        $answer = ['refused' => $e->code()];
    }
    echo json_encode($answer, JSON_THROW_ON_ERROR), "\n";
}
