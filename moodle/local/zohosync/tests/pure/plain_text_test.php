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

use local_zohosync\local\grade\plain_text;

/**
 * Plain text of feedback.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\grade\plain_text
 */
final class plain_text_test extends \PHPUnit\Framework\TestCase {
    /**
     * HTML and its text.
     *
     * @return array[]
     */
    public static function texts(): array {
        return [
            'plain' => ['Well done', 'Well done'],
            'paragraphs' => ["<p>One</p>\n<p>Two<br>Three</p>", "One\nTwo\nThree"],
            'letters stay as they are' => ['<p><strong>Good</strong> <b>work</b></p>', 'Good work'],
            'entities' => ['<p>a &lt; b &amp; c&nbsp;d</p>', 'a < b & c d'],
            'Arabic and emoji' => ['<p dir="rtl">عمل جيد 😀</p>', 'عمل جيد 😀'],
            'script' => ['a<script>alert(1)</script>b', 'ab'],
            'marker alone' => ['<p>01122</p>', '01122'],
            'list' => ['<ul><li>x</li><li>y</li></ul>', "x\ny"],
            'nothing' => ['', ''],
        ];
    }

    /**
     * Markup goes, words stay.
     *
     * @param string $html
     * @param string $text
     * @dataProvider texts
     */
    public function test_of(string $html, string $text): void {
        $this->assertSame($text, plain_text::of($html));
    }
}
