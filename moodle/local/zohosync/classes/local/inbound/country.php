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

namespace local_zohosync\local\inbound;

/**
 * Country names as Zoho writes them, and the two-letter codes that Moodle's accounts hold.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class country {
    /** @var array<string, string>|null codes by lower-case English name or code */
    private static ?array $codes = null;

    /**
     * The code of a country.
     *
     * @param string $name English name or code
     * @return string|null empty for an empty name, null for a name that Moodle does not know
     */
    public static function code(string $name): ?string {
        if ($name === '') {
            return '';
        }
        if (self::$codes === null) {
            self::$codes = [];
            foreach (get_string_manager()->get_list_of_countries(true, 'en') as $code => $english) {
                self::$codes[\core_text::strtolower($code)] = $code;
                self::$codes[\core_text::strtolower($english)] = $code;
            }
        }
        return self::$codes[\core_text::strtolower($name)] ?? null;
    }
}
