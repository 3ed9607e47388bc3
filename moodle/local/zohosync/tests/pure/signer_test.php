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

namespace local_zohosync\pure;

use local_zohosync\local\transport\signer;

/**
 * Signatures as Standard Webhooks says.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\transport\signer
 */
final class signer_test extends \PHPUnit\Framework\TestCase {
    /** @var string The example of the Standard Webhooks specification's reference libraries. */
    private const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

    /**
     * The vector that all Standard Webhooks libraries share.
     */
    public function test_known_vector(): void {
        $headers = (new signer([self::SECRET]))->headers('msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}');
        $this->assertSame([
            'webhook-id' => 'msg_p5jXN8AQM9LWM0D4loKWxJek',
            'webhook-timestamp' => '1614265330',
            'webhook-signature' => 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
        ], $headers);
    }

    /**
     * While secrets are changed, each of them signs.
     */
    public function test_every_secret_signs(): void {
        $other = signer::new_secret();
        $both = (new signer([$other, self::SECRET]))->headers('a', 1, 'b')['webhook-signature'];
        $this->assertSame(
            (new signer([$other]))->headers('a', 1, 'b')['webhook-signature'] . ' '
                . (new signer([self::SECRET]))->headers('a', 1, 'b')['webhook-signature'],
            $both
        );
    }

    /**
     * New secrets are random and usable.
     */
    public function test_new_secret(): void {
        $this->assertMatchesRegularExpression('~^whsec_[A-Za-z0-9+/]{43}=$~', signer::new_secret());
        $this->assertNotSame(signer::new_secret(), signer::new_secret());
    }

    /**
     * Secrets that cannot be used.
     *
     * @return array[]
     */
    public static function bad_secrets(): array {
        return [
            'none' => [[]],
            'no prefix' => [['MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']],
            'no base64' => [['whsec_%%%%MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw']],
            'too short' => [['whsec_' . base64_encode('short')]],
            'second one bad' => [[self::SECRET, 'whsec_']],
        ];
    }

    /**
     * They are refused, and the message does not give them away.
     *
     * @param string[] $secrets
     * @dataProvider bad_secrets
     */
    public function test_bad_secret(array $secrets): void {
        try {
            new signer($secrets);
            $this->fail('accepted');
        } catch (\InvalidArgumentException $e) {
            foreach (array_diff($secrets, ['whsec_']) as $secret) {
                $this->assertStringNotContainsString(substr($secret, -12), $e->getMessage());
            }
            $this->assertNotSame('', $e->getMessage());
        }
    }
}
