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

namespace local_zohosync\check;

use core\check\result;
use local_zohosync\local\watch\trouble;

/**
 * Does Zoho let the agent in, and has it credits left for the day?
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class zoho_access extends status_check {
    /** @var int Credits: about as many as a day of a college takes without a full pass. */
    public const FEW = 1000;
    /** @var int Credits that are gone in minutes. */
    private const SPENT = 50;

    #[\Override]
    protected function of_status(array $status, int $time): result {
        $zoho = $status['zoho'];
        $stops = array_column($status['stopped'] ?? [], 'message', 'target');
        $error = $zoho['error'] ?? $stops['zoho'] ?? null;
        if ($error !== null) {
            return $this->mend(result::ERROR, trouble::zohofails->what() . '.', 'trouble:zohofails_do', $error);
        }
        $left = $zoho['credits_remaining'];
        if ($left === null || $left > self::FEW) {
            $known = $left === null ? 'check:zohoopen' : 'check:zohocredits';
            return new result(result::OK, get_string($known, 'local_zohosync', $left));
        }
        return $this->mend(
            $left > self::SPENT ? result::WARNING : result::ERROR,
            get_string('check:zohocredits', 'local_zohosync', $left),
            'check:zohocredits_do'
        );
    }
}
