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

/**
 * Words of Zoho's picklists in the reader's language.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class wording {
    /**
     * Translates one value.
     *
     * @param string $kind which list: the first part of the names of its strings, such as `requeststatus`
     * @param string $value what Zoho says
     * @return string the value as it is when this plugin has no word for it
     */
    public static function of(string $kind, string $value): string {
        $identifier = $kind . ':' . preg_replace('/[^a-z0-9]/', '', strtolower($value));
        return get_string_manager()->string_exists($identifier, 'local_student_dashboard')
            ? get_string($identifier, 'local_student_dashboard')
            : $value;
    }
}
