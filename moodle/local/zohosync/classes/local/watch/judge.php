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

namespace local_zohosync\local\watch;

use local_zohosync\local\agent\problem;

/**
 * Which troubles there are, by what was seen. It asks nobody, and names causes, not what only follows from them.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class judge {
    /** @var int Seconds after which something that has not gone on is worth a warning. */
    public const SLOW = 60;
    /** @var int Seconds after which it counts as stuck. */
    public const STUCK = 900;

    /**
     * Judge.
     *
     * @param array|null $status body of the agent's /v1/status; null: not asked, or not told
     * @param problem|null $problem why it was not told
     * @param int $outboxage for how many seconds the oldest event has waited to leave this site
     * @return array<string, string> words of whoever gave the reason (empty: none), by trouble
     */
    public static function troubles(?array $status, ?problem $problem, int $outboxage): array {
        $found = $status === null ? [] : self::told($status);
        if ($problem) {
            $refused = in_array($problem->status, [401, 403], true);
            $found[($refused ? trouble::tokenrefused : trouble::agentaway)->value] = $problem->words;
        }
        if ($outboxage > self::STUCK && !isset($found[trouble::agentaway->value])) {
            $found[trouble::outboxstuck->value] = '';
        }
        return $found;
    }

    /**
     * What the agent tells of.
     *
     * @param array $status
     * @return array<string, string>
     */
    private static function told(array $status): array {
        $found = array_filter([
            trouble::moodlefails->value => $status['moodle']['error'] ?? null,
            trouble::zohofails->value => $status['zoho']['error'] ?? null,
        ]);
        foreach ($status['stopped'] ?? [] as $stop) {
            $which = $stop['target'] === 'zoho' ? trouble::zohofails : trouble::moodlefails;
            $found[$which->value] ??= $stop['message'];
        }
        if ($found) {
            return $found;
        }
        if ($off = self::modules_off($status)) {
            $found[trouble::modulesoff->value] = $off;
        }
        if (($status['inbox']['due_seconds'] ?? 0) > self::STUCK) {
            $found[trouble::inboxstuck->value] = '';
        }
        return $found;
    }

    /**
     * Which modules that are switched on cannot work, and why.
     *
     * @param array $status
     * @return string names by reason; empty: all can
     */
    public static function modules_off(array $status): string {
        $reasons = [];
        foreach ($status['modules'] ?? [] as $module) {
            if ($module['enabled'] && $module['off'] !== null) {
                $reasons[$module['off']][] = $module['entity'];
            }
        }
        $lines = array_map(
            fn(string $why, array $names) => implode(', ', $names) . ': ' . $why,
            array_map('strval', array_keys($reasons)),
            $reasons
        );
        return implode('; ', $lines);
    }
}
