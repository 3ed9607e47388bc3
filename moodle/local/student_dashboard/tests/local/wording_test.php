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

namespace local_student_dashboard\local;

#[\PHPUnit\Framework\Attributes\CoversClass(wording::class)]
/**
 * Tests of the words for Zoho's values.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\wording
 */
final class wording_test extends \advanced_testcase {
    /**
     * Every value that a picklist can have has a word, in both languages; others stay as they are.
     */
    public function test_of(): void {
        $this->assertSame('Drop a class', wording::of('requesttype', 'Class Drop'));
        $this->assertSame('Study fees', wording::of('paymenttype', 'Study Fees'));
        $this->assertSame('<b>New kind</b>', wording::of('paymenttype', '<b>New kind</b>'));
        $this->assertSame('', wording::of('paymenttype', ''));
        foreach (\local_zohosync\local\request\requests::TYPES as $type) {
            $this->assertNotSame('', wording::of('requesttype', $type));
            $identifier = 'requesttype:' . str_replace(' ', '', strtolower($type));
            $this->assertTrue(get_string_manager()->string_exists($identifier, 'local_student_dashboard'), $type);
        }
    }

    /**
     * The two language files have the same strings, sorted.
     */
    public function test_languages_agree(): void {
        $keys = [];
        foreach (['en', 'ar'] as $language) {
            $string = [];
            include(__DIR__ . "/../../lang/$language/local_student_dashboard.php");
            $keys[$language] = array_keys($string);
            $sorted = $keys[$language];
            sort($sorted, SORT_STRING);
            $this->assertSame($sorted, $keys[$language], $language);
            $this->assertNotContains('', array_map('trim', $string));
        }
        $this->assertSame($keys['en'], $keys['ar']);
    }
}
