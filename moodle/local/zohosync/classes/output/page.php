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

namespace local_zohosync\output;

use core\output\notification;
use local_zohosync\local\agent\problem;

/**
 * The frame of the administrator's pages: what the agent cannot tell is said, and nothing is shown in its place.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class page {
    /**
     * Show a page to its end.
     *
     * @param string $heading text
     * @param callable $body gives the HTML below the heading; it may throw a problem
     */
    public static function show(string $heading, callable $body): void {
        global $OUTPUT;
        echo $OUTPUT->header();
        echo $OUTPUT->heading(s($heading));
        try {
            echo $body();
        } catch (problem $e) {
            echo self::refusal($e);
        }
        echo $OUTPUT->footer();
    }

    /**
     * What the agent said instead of an answer.
     *
     * @param problem $problem
     * @return string HTML
     */
    public static function refusal(problem $problem): string {
        global $OUTPUT;
        return $OUTPUT->notification(s($problem->words), notification::NOTIFY_ERROR, false);
    }

    /**
     * Render one of our lists.
     *
     * @param listing $listing
     * @return string HTML
     */
    public static function listing(listing $listing): string {
        global $OUTPUT;
        return $OUTPUT->render_from_template('local_zohosync/listing', $listing->export_for_template($OUTPUT));
    }

    /**
     * Do what was asked for with a button, and come back to a page. What is asked without a session key is refused.
     *
     * @param \moodle_url $back
     * @param string $capability that it needs in the system context
     * @param callable $action gives the words for what was done; it may throw a problem
     */
    public static function act(\moodle_url $back, string $capability, callable $action): never {
        require_sesskey();
        require_capability($capability, \core\context\system::instance());
        try {
            $done = $action();
        } catch (problem $e) {
            redirect($back, s($e->words), null, notification::NOTIFY_ERROR);
        }
        redirect($back, $done, null, notification::NOTIFY_SUCCESS);
    }
}
