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

namespace local_zohosync\local\transport;

use GuzzleHttp\Exception\GuzzleException;
use local_zohosync\local\config;
use local_zohosync\local\outbox\backoff;

/**
 * Talks to the agent. Never waits long: a second to connect, three in all.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class client {
    /** @var int Seconds for an answer. */
    private const WHOLE = 3;
    /** @var int Seconds for the answer to a ping, for which the agent itself may wait eight. */
    private const PING = 12;
    /** @var int Longest part of an answer that is kept, in bytes. */
    private const EXCERPT = 500;

    /** @var \core\http_client|null Made when first needed. */
    private ?\core\http_client $http = null;

    /**
     * Send one event.
     *
     * @param string $eventid
     * @param string $kind kind of object, such as "grade"
     * @param string $body exactly the stored bytes
     * @return response
     */
    public function send(string $eventid, string $kind, string $body): response {
        return $this->signed("/v1/events/moodle/$kind", $eventid, $body);
    }

    /**
     * Try the connection both ways: the agent checks the signature and calls this site before it answers.
     *
     * @return response with what it said
     */
    public function ping(): response {
        return $this->signed('/v1/ping/moodle', \core\uuid::generate(), '{"type":"ping"}', self::PING);
    }

    /**
     * Send something signed.
     *
     * @param string $path
     * @param string $id
     * @param string $body
     * @param int $seconds to wait in all
     * @return response
     */
    private function signed(string $path, string $id, string $body, int $seconds = self::WHOLE): response {
        try {
            $signer = new signer(config::signing_secrets());
        } catch (\InvalidArgumentException | \moodle_exception $e) {
            // Without a usable secret no event can be sent: the same as being refused for a wrong one.
            return new response(401, $e->getMessage());
        }
        $now = \core\di::get(\core\clock::class)->time();
        return $this->request('POST', $path, [
            'body' => $body,
            'headers' => ['Content-Type' => 'application/json'] + $signer->headers($id, $now, $body),
            'timeout' => $seconds,
        ]);
    }

    /**
     * Ask whether the agent is alive.
     *
     * @return response
     */
    public function health(): response {
        return $this->request('GET', '/healthz', []);
    }

    /**
     * Make a request.
     *
     * @param string $method
     * @param string $path
     * @param array $options of Guzzle
     * @return response
     */
    private function request(string $method, string $path, array $options): response {
        if (config::is_copied()) {
            return new response(0, get_string('sitecopied', 'local_zohosync'));
        }
        $url = config::agent_url();
        $this->http ??= new \core\http_client(['securityhelper' => new pinned_origin_helper($url)]);
        try {
            $answer = $this->http->request($method, $url . $path, $options + [
                'connect_timeout' => 1,
                'timeout' => self::WHOLE,
                'allow_redirects' => false,
                'http_errors' => false,
            ]);
        } catch (GuzzleException $e) {
            return new response(0, $e->getMessage());
        }
        $http = $answer->getStatusCode();
        if ($http >= 200 && $http < 300) {
            return new response($http, said: (array) json_decode((string) $answer->getBody(), true));
        }
        $body = (string) $answer->getBody();
        // The agent's problem documents say it in a sentence; what stands before the agent may say anything.
        $said = json_decode($body, true)['detail'] ?? null;
        $text = fix_utf8(substr(is_string($said) ? $said : $body, 0, self::EXCERPT));
        $now = \core\di::get(\core\clock::class)->time();
        return new response($http, trim("HTTP $http $text"), backoff::retry_after($answer->getHeaderLine('Retry-After'), $now));
    }
}
