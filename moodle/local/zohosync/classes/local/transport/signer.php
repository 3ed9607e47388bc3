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

/**
 * Signs deliveries as Standard Webhooks says: HMAC-SHA256 over "id.timestamp.body".
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class signer {
    /** @var string How a symmetric secret begins. */
    private const PREFIX = 'whsec_';

    /** @var string[] Keys as raw bytes. */
    private readonly array $keys;

    /**
     * Take the secrets. Every secret signs, so that the receiver may hold the old or the new one while they are changed.
     *
     * @param string[] $secrets whsec_ + base64, newest first
     * @throws \InvalidArgumentException when there is none, or one is malformed (the message does not contain it)
     */
    public function __construct(array $secrets) {
        if (!$secrets) {
            throw new \InvalidArgumentException('No signing secret is set.');
        }
        $this->keys = array_map([self::class, 'key'], array_values($secrets));
    }

    /**
     * Make a new secret of 32 random bytes.
     *
     * @return string
     */
    public static function new_secret(): string {
        return self::PREFIX . base64_encode(random_bytes(32));
    }

    /**
     * Headers for one delivery.
     *
     * @param string $id id of the event
     * @param int $timestamp unix time of this try
     * @param string $body exactly the bytes that are sent
     * @return array<string, string>
     */
    public function headers(string $id, int $timestamp, string $body): array {
        $signatures = array_map(
            fn($key) => 'v1,' . base64_encode(hash_hmac('sha256', "$id.$timestamp.$body", $key, true)),
            $this->keys
        );
        return [
            'webhook-id' => $id,
            'webhook-timestamp' => (string) $timestamp,
            'webhook-signature' => implode(' ', $signatures),
        ];
    }

    /**
     * The key that a secret stands for.
     *
     * @param string $secret
     * @return string raw bytes, at least 24
     */
    private static function key(string $secret): string {
        $key = str_starts_with($secret, self::PREFIX) ? base64_decode(substr($secret, strlen(self::PREFIX)), true) : false;
        if ($key === false || strlen($key) < 24) {
            throw new \InvalidArgumentException('A signing secret must be "whsec_" and the base64 of at least 24 bytes.');
        }
        return $key;
    }
}
