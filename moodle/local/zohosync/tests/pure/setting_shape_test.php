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

use local_zohosync\local\setting_shape;

/**
 * Values of settings, read as the agent reads them: case by case of the table that both share.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\setting_shape
 */
final class setting_shape_test extends \PHPUnit\Framework\TestCase {
    /**
     * The table.
     *
     * @return array[] key, value as given, value as it is read (null: refused)
     */
    public static function values(): array {
        $rows = [];
        foreach (self::cases() as $case) {
            $given = json_encode($case->given, JSON_THROW_ON_ERROR);
            $value = $case->value === null ? null : json_decode(json_encode($case->value), true);
            $rows["$case->key: $case->name"] = [$case->key, $given, $value];
        }
        return $rows ?: ['the table is in the whole project only' => ['', '', null]];
    }

    /**
     * What fits is read with the defaults of what it lacks; what does not fit is refused with the reason.
     *
     * @param string $key
     * @param string $given JSON
     * @param array|null $value
     * @dataProvider values
     */
    public function test_read(string $key, string $given, ?array $value): void {
        if ($key === '') {
            $this->markTestSkipped('The table tests/contract/vectors/settings.json is in the whole project only.');
        }
        if ($value !== null) {
            $this->assertSame($value, setting_shape::read($key, $given));
            return;
        }
        try {
            setting_shape::read($key, $given);
            $this->fail('accepted');
        } catch (\UnexpectedValueException $e) {
            $this->assertStringContainsString('must', str_replace('there is no such field', 'must', $e->getMessage()));
        }
    }

    /**
     * What is no JSON is no value.
     */
    public function test_no_json(): void {
        foreach (['', 'x', '{', '{"open_second":true} x', "{\"open_second\":\"\xff\"}"] as $text) {
            try {
                setting_shape::read('grading.attempts', $text);
                $this->fail($text);
            } catch (\UnexpectedValueException $e) {
                $this->assertSame('grading.attempts: must be a JSON object', $e->getMessage());
            }
        }
    }

    /**
     * Every setting has defaults.
     */
    public function test_keys(): void {
        foreach (setting_shape::keys() as $key) {
            $this->assertNotEmpty(setting_shape::defaults($key));
        }
        $tabled = array_unique(array_map(fn($case) => $case->key, self::cases()));
        $this->assertSame([], array_diff($tabled ? setting_shape::keys() : [], $tabled));
    }

    /**
     * Cases of the table.
     *
     * @return \stdClass[]
     */
    private static function cases(): array {
        $file = dirname(__DIR__, 5) . '/tests/contract/vectors/settings.json';
        return is_file($file) ? json_decode(file_get_contents($file))->cases : [];
    }
}
