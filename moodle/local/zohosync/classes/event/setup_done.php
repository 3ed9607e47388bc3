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

namespace local_zohosync\event;

use core\context\system;
use core\event\base;

/**
 * Somebody set the sync up, made new secrets, or decided about a copied site.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class setup_done extends base {
    /** @var string[] What can be done, for the log. */
    private const DONE = [
        'run' => 'set up the Zoho sync',
        'rotate' => 'made a new token and a new signing secret for the Zoho sync',
        'moved' => 'confirmed that this site has moved and is the college\'s site',
        'copy' => 'confirmed that this site is a copy: the Zoho sync was switched off and its secrets were forgotten',
    ];

    /**
     * Make the event.
     *
     * @param string $what run, rotate, moved or copy
     * @return self
     */
    public static function of(string $what): self {
        return self::create(['context' => system::instance(), 'other' => ['what' => $what]]);
    }

    #[\Override]
    protected function init() {
        $this->data['crud'] = 'u';
        $this->data['edulevel'] = self::LEVEL_OTHER;
    }

    #[\Override]
    public static function get_name() {
        return get_string('eventsetupdone', 'local_zohosync');
    }

    #[\Override]
    public function get_description() {
        return "The user with id '$this->userid' " . self::DONE[$this->other['what']] . '.';
    }

    #[\Override]
    public function get_url() {
        return new \moodle_url('/local/zohosync/setup.php');
    }
}
