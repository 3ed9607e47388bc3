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

namespace local_zohosync\local;

/**
 * What the set-up prepared for the agent.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class setup_result {
    /**
     * Hold it.
     *
     * @param array<string, string> $settings of the agent, by name of environment variable; they contain secrets
     * @param bool $new whether a secret among them was made just now, so that the agent cannot have it yet
     */
    public function __construct(
        /** @var array<string, string> Settings of the agent, by name of environment variable; they contain secrets. */
        public readonly array $settings,
        /** @var bool Whether a secret among them was made just now, so that the agent cannot have it yet. */
        public readonly bool $new
    ) {
    }

    /**
     * As the agent's environment file has them.
     *
     * @return string NAME=value, a line each
     */
    public function lines(): string {
        return implode("\n", array_map(fn($name, $value) => "$name=$value", array_keys($this->settings), $this->settings));
    }
}
