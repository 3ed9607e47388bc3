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
 * Brings Zoho's students to Moodle.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class students extends accounts {
    /** @var string Mirror table. */
    protected const TABLE = mirror::STUDENT;

    /** @var string[] Fields that are calendar dates. */
    protected const DATES = ['birthdate', 'registrationdate'];

    /**
     * The columns of an account that Zoho owns. A country that Moodle does not know leaves the account's as it is.
     *
     * @param array $row
     * @return array<string, string> values by column
     */
    #[\Override]
    protected static function owned(array $row): array {
        $owned = parent::owned($row) + ['city' => \core_text::substr($row['city'], 0, 120)];
        $code = country::code($row['country']);
        return $code === null ? $owned : $owned + ['country' => $code];
    }
}
