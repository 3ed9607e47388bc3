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

namespace local_zohosync\local\grade;

/**
 * Plain text of a teacher's HTML, with its letters as they were written.
 *
 * Core's html_to_text() is not used: it writes bold text in capitals.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class plain_text {
    /**
     * Convert.
     *
     * @param string $html
     * @return string lines without markup
     */
    public static function of(string $html): string {
        $text = preg_replace('~<(script|style)\b.*?</\1>~is', '', $html);
        $text = preg_replace('~\s+~u', ' ', $text);
        $text = preg_replace('~<br\s*/?>|</(p|div|li|tr|h[1-6])>~i', "\n", $text);
        $text = html_entity_decode(strip_tags($text), ENT_QUOTES | ENT_HTML5, 'UTF-8');
        $lines = array_map(fn($line) => trim(str_replace("\u{a0}", " ", $line)), explode("\n", $text));
        return trim(implode("\n", $lines));
    }
}
