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

use core\check\check;
use core\check\result;
use local_zohosync\local\config;

/**
 * What the checks of this plugin share: a name, a page where it is put right, and what to do if it is not as it should be.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
abstract class agent_check extends check {
    #[\Override]
    public function get_name(): string {
        return get_string('check:' . $this->get_id(), 'local_zohosync');
    }

    #[\Override]
    public function get_action_link(): ?\action_link {
        return self::link('/admin/settings.php', ['section' => 'local_zohosync'], get_string('pluginsettings', 'local_zohosync'));
    }

    #[\Override]
    public function get_result(): result {
        if (config::agent_url() === '') {
            return new result(result::NA, get_string('check:notsetup', 'local_zohosync'));
        }
        if (!config::is_same_site()) {
            return new result(result::NA, get_string('check:notasked', 'local_zohosync'));
        }
        return $this->judge();
    }

    /**
     * The result on a site that is set up and no copy.
     *
     * @return result
     */
    abstract protected function judge(): result;

    /**
     * A link to where it is put right.
     *
     * @param string $path
     * @param array $params
     * @param string $text
     * @return \action_link
     */
    protected static function link(string $path, array $params, string $text): \action_link {
        return new \action_link(new \moodle_url($path, $params), $text);
    }

    /**
     * A result that says what to do.
     *
     * @param string $status one of the constants of result
     * @param string $summary
     * @param string $do names the string that says what to do
     * @param string $reason words of whoever gave it; text, not markup
     * @return result
     */
    protected function mend(string $status, string $summary, string $do, string $reason = ''): result {
        $details = \html_writer::tag('p', get_string($do, 'local_zohosync'));
        if ($reason !== '') {
            $details = \html_writer::tag('p', s(get_string('watch:reason', 'local_zohosync', $reason))) . $details;
        }
        return new result($status, $summary, $details);
    }
}
