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

use local_zohosync\local\agent\client as interfaces;
use local_zohosync\local\agent\fit;
use local_zohosync\local\agent\problem;
use local_zohosync\local\transport\client;
use local_zohosync\local\transport\response;
use local_zohosync\local\watch\last_status;

/**
 * Tries the whole connection once: a signed ping to the agent, which calls this site in turn. Nothing is stored by it.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class round_trip {
    /** @var array[] Steps so far: ok (bool), what (text), reason and remedy (texts, empty if none). */
    private array $steps = [];

    /**
     * Try.
     *
     * @return array[] steps in order: ok (bool), what (text), reason and remedy (texts, empty if none); the last one tells where
     *                 it ended
     */
    public static function run(): array {
        $trip = new self();
        $answer = (new client())->ping();
        if ($trip->reached($answer)) {
            $trip->back($answer->said);
            $misfit = fit::misfit((string) ($answer->said['version'] ?? ''), (int) ($answer->said['plugin_needed'] ?? 0));
            $trip->step($misfit === '', 'fits', $misfit);
            $trip->status();
        }
        return $trip->steps;
    }

    /**
     * Did every step succeed?
     *
     * @param array[] $steps as run() gives
     * @return bool
     */
    public static function is_whole(array $steps): bool {
        return !in_array(false, array_column($steps, 'ok'), true);
    }

    /**
     * The way there: the agent answers, and takes the signature.
     *
     * @param response $answer
     * @return bool did it?
     */
    private function reached(response $answer): bool {
        if ($answer->http === 0) {
            return $this->step(false, 'reached', $answer->error, 'trip:reached_do');
        }
        $this->step(true, 'reached');
        if (in_array($answer->http, [401, 403], true)) {
            return $this->step(false, 'signed', $answer->error, 'trip:signed_do');
        }
        if ($answer->http !== 200) {
            return $this->step(false, 'signed', $answer->error, 'trip:unknown_do');
        }
        return $this->step(true, 'signed');
    }

    /**
     * The way back: the agent called a Moodle site, and it was this one.
     *
     * @param array $said
     */
    private function back(array $said): void {
        global $CFG;
        $site = (string) ($said['moodle']['site'] ?? '');
        $error = (string) ($said['moodle']['error'] ?? '');
        if ($error === '' && $site !== $CFG->wwwroot) {
            $error = get_string('trip:othersite', 'local_zohosync', $site);
        }
        $this->step($error === '', 'back', $error, 'trip:back_do');
    }

    /**
     * By the administrator token these pages see how everything stands.
     */
    private function status(): void {
        try {
            last_status::keep((new interfaces())->status());
            $this->step(true, 'token');
        } catch (\moodle_exception $e) {
            // Also a token that cannot be decrypted.
            $words = $e instanceof problem ? $e->words : $e->getMessage();
            $this->step(false, 'token', $words, 'trouble:tokenrefused_do');
        }
    }

    /**
     * Note a step.
     *
     * @param bool $ok
     * @param string $name
     * @param string $reason in the words of whoever gave it
     * @param string $remedy names the string that says what to do
     * @return bool whether it succeeded
     */
    private function step(bool $ok, string $name, string $reason = '', string $remedy = ''): bool {
        $this->steps[] = [
            'ok' => $ok,
            'what' => get_string("trip:$name", 'local_zohosync'),
            'reason' => $ok ? '' : $reason,
            'remedy' => $ok || $remedy === '' ? '' : get_string($remedy, 'local_zohosync'),
        ];
        return $ok;
    }
}
