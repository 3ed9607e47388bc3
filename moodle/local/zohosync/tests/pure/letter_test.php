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

namespace local_zohosync\pure;

use local_zohosync\local\grading\letter;
use local_zohosync\local\grading\rules;
use local_zohosync\local\setting_shape;

/**
 * BTEC letters, decided as the agent decides them: case by case of the table that both share.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\grading\letter
 * @covers \local_zohosync\local\grading\rules
 */
final class letter_test extends \PHPUnit\Framework\TestCase {
    /**
     * The table.
     *
     * @return array[] rules that differ from the defaults, fields of the snapshot, letter
     */
    public static function letters(): array {
        $file = dirname(__DIR__, 5) . '/tests/contract/vectors/letters.json';
        $cases = is_file($file) ? json_decode(file_get_contents($file), true)['cases'] : [];
        $rows = [];
        foreach ($cases as $case) {
            if ($case['php']) {
                $rows[$case['name']] = [$case['rules'], $case['grade'], (string) $case['letter']];
            }
        }
        return $rows ?: ['the table is in the whole project only' => [null, [], '']];
    }

    /**
     * The letter.
     *
     * @param array|null $rules
     * @param array $grade
     * @param string $letter empty: none
     * @dataProvider letters
     */
    public function test_letter(?array $rules, array $grade, string $letter): void {
        if ($rules === null) {
            $this->markTestSkipped('The table tests/contract/vectors/letters.json is in the whole project only.');
        }
        $setting = setting_shape::read('grading.rules', json_encode((object) $rules));
        $this->assertSame($letter, letter::of($grade, rules::from($setting)));
    }

    /**
     * What a page knows of a grade without its snapshot is enough.
     */
    public function test_few_fields(): void {
        $rules = rules::from(setting_shape::defaults('grading.rules'));
        $this->assertSame('M', letter::of(['finalgrade' => '74.99999', 'grademax' => '99.99998'], $rules));
        $this->assertSame('P', letter::of(['finalgrade' => '74.99998', 'grademax' => '99.99998'], $rules));
        $this->assertSame('M', letter::of(['finalgrade' => '99999.99999', 'grademax' => '133333.33332'], $rules));
        $this->assertSame('', letter::of([], $rules));
        $this->assertSame('R', letter::of(['finalgrade' => '-1.00000', 'grademax' => '4.00000'], $rules));
    }
}
