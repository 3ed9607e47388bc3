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

namespace local_zohosync;

use core\context\system;
use core\hook\output\before_http_headers;
use core\notification;
use local_zohosync\local\config;

/**
 * What this plugin adds to pages.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class hook_callbacks {
    /** @var string Where the pages of this plugin are. */
    private const PAGES = '/local/zohosync/';
    /** @var string The page that says it itself. */
    private const SETUP = '/local/zohosync/setup.php';

    /**
     * Warn at the top of each page of this plugin that the site is a copy, or has moved.
     *
     * @param before_http_headers $hook
     */
    public static function warn_of_copy(before_http_headers $hook): void {
        global $PAGE;
        if (!$PAGE->has_set_url() || !config::is_copied()) {
            return;
        }
        $path = $PAGE->url->out_as_local_url(false);
        $settings = str_starts_with($path, '/admin/settings.php') && $PAGE->url->get_param('section') === 'local_zohosync';
        if (str_starts_with($path, self::SETUP) || !($settings || str_starts_with($path, self::PAGES))) {
            return;
        }
        $words = s(get_string('sitecopied', 'local_zohosync'));
        if (has_capability('moodle/site:config', system::instance())) {
            $words .= ' ' . \html_writer::link(new \moodle_url(self::SETUP), get_string('setup', 'local_zohosync'));
        }
        notification::warning($words);
    }
}
