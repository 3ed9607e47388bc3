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
 * A row cannot be carried out: the reason becomes its result, the rest of the batch goes on.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class row_exception extends \moodle_exception {
    /** @var string result::REFUSED, result::ERROR or result::WAITING */
    public readonly string $status;

    /**
     * Construct with a code that is also the name of the sentence in the language pack ("error:" + code).
     *
     * @param string $status result::REFUSED, result::ERROR or result::WAITING
     * @param string $code stable code given to the agent
     * @param mixed $a data of the sentence
     */
    public function __construct(string $status, string $code, mixed $a = null) {
        $this->status = $status;
        parent::__construct('error:' . $code, 'local_zohosync', '', $a);
    }

    /**
     * The code that the agent sees.
     *
     * @return string
     */
    public function code(): string {
        return substr($this->errorcode, strlen('error:'));
    }
}
