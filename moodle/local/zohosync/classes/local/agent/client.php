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

namespace local_zohosync\local\agent;

use core\http_client;
use GuzzleHttp\Exception\GuzzleException;
use local_zohosync\local\config;
use local_zohosync\local\transport\pinned_origin_helper;

/**
 * Asks the agent's interfaces on behalf of an administrator. For administration pages only: no student's page waits for it.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class client {
    /** @var int Seconds to wait for a connection. */
    private const CONNECT = 2;

    /** @var int Seconds to wait for an answer. */
    private const WHOLE = 8;

    /** @var int How many rows a page of a list has. */
    public const PAGE = 50;

    /** @var string How the person who acts is named to the agent, before her id. */
    private const ACTOR = 'moodle:';

    /**
     * All settings of the agent.
     *
     * @return array[] as `SettingTold` of the agent's OpenAPI document
     * @throws problem
     */
    public function settings(): array {
        return $this->call('GET', '/v1/settings', 'settings')['settings'];
    }

    /**
     * One setting.
     *
     * @param string $key
     * @return array
     * @throws problem
     */
    public function setting(string $key): array {
        return $this->call('GET', '/v1/settings/' . rawurlencode($key), 'key');
    }

    /**
     * Change a setting.
     *
     * @param string $key
     * @param array $value its fields
     * @param string $tag of the state that is to be changed
     * @return array the setting as it is now
     * @throws problem its status says whether another was faster (CHANGED) or a field is wrong (MISFIT)
     */
    public function change_setting(string $key, array $value, string $tag): array {
        return $this->call('PUT', '/v1/settings/' . rawurlencode($key), 'key', ['value' => (object) $value], $tag);
    }

    /**
     * Set a setting back to its default.
     *
     * @param string $key
     * @param string $tag of the state that is to be changed
     * @return array the setting as it is now
     * @throws problem
     */
    public function reset_setting(string $key, string $tag): array {
        return $this->call('DELETE', '/v1/settings/' . rawurlencode($key), 'key', null, $tag);
    }

    /**
     * How everything stands.
     *
     * @return array as `StatusTold` of the agent's OpenAPI document
     * @throws problem
     */
    public function status(): array {
        return $this->call('GET', '/v1/status', 'agent');
    }

    /**
     * Finished events by day (UTC) and sender.
     *
     * @param int $days how many days back
     * @return array[] each with `day` (YYYY-MM-DD), `source`, `completed`, `failed`
     * @throws problem
     */
    public function days(int $days): array {
        return $this->call('GET', "/v1/status/days?days=$days", 'days')['days'];
    }

    /**
     * A page of events, the newest first.
     *
     * @param array $wanted which (`status`, `source`, `entity`, `record_id`, `since`, `before`); what is empty does not matter
     * @return array with `events` and `next`: what `before` is for the next page, null on the last one
     * @throws problem
     */
    public function events(array $wanted): array {
        return $this->call('GET', '/v1/events' . self::query($wanted + ['limit' => self::PAGE]), 'events');
    }

    /**
     * One event with what it carried, what came of it, what it wrote, and the other events of its record.
     *
     * @param int $number
     * @return array as `EventStory` of the agent's OpenAPI document
     * @throws problem
     */
    public function event(int $number): array {
        return $this->call('GET', "/v1/events/$number", 'story')['story'];
    }

    /**
     * A page of passes and comparisons, the newest first.
     *
     * @param array $wanted which (`kind`, `entity`, `before`); what is empty does not matter
     * @return array[] as `Run` of the agent's OpenAPI document
     * @throws problem
     */
    public function runs(array $wanted): array {
        return $this->call('GET', '/v1/runs' . self::query($wanted + ['limit' => self::PAGE]), 'runs')['runs'];
    }

    /**
     * One pass or comparison.
     *
     * @param int $number
     * @return array as `Run` of the agent's OpenAPI document
     * @throws problem
     */
    public function run(int $number): array {
        return $this->call('GET', "/v1/runs/$number", 'run')['run'];
    }

    /**
     * What a pass did with its records, or what a comparison found, in order.
     *
     * @param int $number of the pass
     * @param int $after only rows with a larger number: the next page
     * @return array[] as `HistoryRow` of the agent's OpenAPI document
     * @throws problem
     */
    public function run_records(int $number, int $after): array {
        $query = self::query(['after' => $after, 'limit' => self::PAGE]);
        return $this->call('GET', "/v1/runs/$number/records$query", 'records')['records'];
    }

    /**
     * A page of records that both sides had changed, the newest first.
     *
     * @param int $before only rows with a smaller number: the next page
     * @return array[] as `HistoryRow` of the agent's OpenAPI document
     * @throws problem
     */
    public function conflicts(int $before): array {
        $query = self::query(['before' => $before, 'limit' => self::PAGE]);
        return $this->call('GET', "/v1/conflicts$query", 'records')['records'];
    }

    /**
     * Begin a pass over all modules.
     *
     * @return string[] the modules
     * @throws problem also when another one goes on
     */
    public function start_sync(): array {
        return $this->call('POST', '/v1/syncs', 'modules', new \stdClass())['modules'];
    }

    /**
     * Begin to compare both sides; nothing is written to either.
     *
     * @return string[] the modules
     * @throws problem also when a pass goes on
     */
    public function start_comparison(): array {
        return $this->call('POST', '/v1/drifts', 'modules', new \stdClass())['modules'];
    }

    /**
     * How everything of a student stands.
     *
     * @param string $zohoid
     * @return array with `zoho_id` and `records`, as `RecordStanding` of the agent's OpenAPI document, herself first
     * @throws problem also when the agent knows no such student
     */
    public function student(string $zohoid): array {
        return $this->call('GET', '/v1/students/' . rawurlencode($zohoid), 'records');
    }

    /**
     * Look at everything of a student again.
     *
     * @param string $zohoid
     * @return int how many records
     * @throws problem
     */
    public function sync_student(string $zohoid): int {
        return $this->call('POST', '/v1/students/' . rawurlencode($zohoid) . '/sync', 'records')['records'];
    }

    /**
     * Let failed events be tried again.
     *
     * @param int[]|null $numbers null: all that failed
     * @return int how many are pending again
     * @throws problem
     */
    public function retry_events(?array $numbers): int {
        $which = $numbers === null ? [] : ['numbers' => array_values($numbers)];
        return $this->call('POST', '/v1/event-retries', 'retried', (object) $which)['retried'];
    }

    /**
     * Who a record of the agent names, for a person to read.
     *
     * @param string|null $by
     * @return string text; the name of the account when it was one of this site
     */
    public static function actor_name(?string $by): string {
        $isours = $by !== null && preg_match('/^' . self::ACTOR . '(\d{1,18})$/D', $by, $found);
        $user = $isours ? \core_user::get_user((int) $found[1]) : false;
        return $user ? fullname($user) : (string) $by;
    }

    /**
     * The query of a path.
     *
     * @param array $wanted what is empty is left out
     * @return string
     */
    private static function query(array $wanted): string {
        return '?' . http_build_query(array_filter($wanted, fn($value) => $value !== '' && $value !== 0), '', '&');
    }

    /**
     * Ask.
     *
     * @param string $method
     * @param string $path
     * @param string $expected a field that the answer has
     * @param array|\stdClass|null $body
     * @param string|null $tag for If-Match
     * @return array the answer
     * @throws problem
     */
    private function call(string $method, string $path, string $expected, $body = null, ?string $tag = null): array {
        global $USER;
        $headers = ['Authorization' => 'Bearer ' . $this->token(), 'X-Acting-User' => self::ACTOR . $USER->id];
        $options = [
            'headers' => $headers + ($tag === null ? [] : ['If-Match' => $tag]),
            'connect_timeout' => self::CONNECT,
            'timeout' => self::WHOLE,
            'allow_redirects' => false,
            'http_errors' => false,
        ];
        $url = config::agent_url();
        $http = new http_client(['securityhelper' => new pinned_origin_helper($url)]);
        try {
            $answer = $http->request($method, $url . $path, $options + ($body === null ? [] : ['json' => $body]));
        } catch (GuzzleException $e) {
            throw new problem(0, get_string('error:agentaway', 'local_zohosync', $e->getMessage()));
        }
        $said = json_decode((string) $answer->getBody(), true);
        $status = $answer->getStatusCode();
        if ($status >= 200 && $status < 300 && isset($said[$expected])) {
            return $said;
        }
        if ($status >= 400 && isset($said['detail'])) {
            throw new problem($status, (string) $said['detail'], $said['errors'] ?? []);
        }
        throw new problem(0, get_string('error:agentaway', 'local_zohosync', "HTTP $status"));
    }

    /**
     * The token.
     *
     * @return string
     * @throws problem this site may not ask the agent, or not yet
     */
    private function token(): string {
        if (config::agent_url() === '') {
            throw new problem(0, get_string('check:notsetup', 'local_zohosync'));
        }
        if (!config::is_same_site()) {
            throw new problem(0, get_string('sitecopied', 'local_zohosync'));
        }
        try {
            $token = config::agent_token();
        } catch (\moodle_exception $e) {
            // It cannot be decrypted: the key of the site is gone.
            throw new problem(401, $e->getMessage());
        }
        if ($token === '') {
            throw new problem(0, get_string('error:agenttokenmissing', 'local_zohosync'));
        }
        return $token;
    }
}
