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

namespace local_student_dashboard\local\card;

use core\clock;
use core\di;
use core\encryption;
use core\exception\moodle_exception;
use core\url;
use core_date;
use DateTimeImmutable;
use local_student_dashboard\event\card_issued;
use local_student_dashboard\event\card_revoked;
use local_zohosync\local\inbound\row_runner;
use stdClass;

/**
 * The student cards that were issued.
 *
 * A card carries a random token, which whoever reads its QR code shows to the site. The table holds the token's hash, by which
 * a card is found, and the token itself encrypted with the site's key, by which the card is printed again: the database
 * alone, or a copy of it, makes no card that would be taken for valid.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class cards {
    /** @var string Capability to see and revoke the cards of others, in the system context. */
    public const MANAGE = 'local/student_dashboard:managecards';

    /** @var string The table. */
    private const TABLE = 'local_student_dashboard_card';

    /** @var int Characters of a token, of 62 kinds each. */
    private const TOKEN_LENGTH = 24;

    /** @var int Months for which a card is valid where the setting says nothing usable. */
    public const DEFAULT_MONTHS = 12;

    /**
     * Gives the card of a student that was neither revoked nor has expired.
     *
     * @param int $userid the student
     * @return stdClass|null row of the table
     */
    public static function in_force(int $userid): ?stdClass {
        global $DB;
        $rows = $DB->get_records_select(
            self::TABLE,
            'userid = :userid AND timerevoked = 0 AND timeexpires > :now',
            ['userid' => $userid, 'now' => di::get(clock::class)->time()],
            'id DESC',
            '*',
            0,
            1,
        );
        return reset($rows) ?: null;
    }

    /**
     * Gives a card that was not revoked.
     *
     * @param int $id number of the card
     * @return stdClass|null row of the table
     */
    public static function not_revoked(int $id): ?stdClass {
        global $DB;
        return $DB->get_record(self::TABLE, ['id' => $id, 'timerevoked' => 0]) ?: null;
    }

    /**
     * Issues a card; the one that is in force stays the one.
     *
     * @param int $userid the student
     * @return stdClass row of the table
     * @throws moodle_exception something is missing, see standing
     */
    public static function issue(int $userid): stdClass {
        return row_runner::locked(["card:$userid"], function () use ($userid): stdClass {
            $standing = standing::of($userid);
            if ($standing->obstacle !== standing::CLEAR) {
                throw new moodle_exception("card:$standing->obstacle", 'local_student_dashboard');
            }
            return $standing->card ?? self::add($userid, $standing->requestid);
        });
    }

    /**
     * Revokes a card: lost, or no longer hers to show.
     *
     * @param stdClass $card row of the table
     * @param int $by who revokes it
     */
    public static function revoke(stdClass $card, int $by): void {
        global $DB;
        $DB->update_record(self::TABLE, [
            'id' => $card->id,
            'timerevoked' => di::get(clock::class)->time(),
            'revokedby' => $by,
        ]);
        card_revoked::of($card)->trigger();
    }

    /**
     * Finds the holder of a card by the token that it carries.
     *
     * @param string $token as read from the card
     * @return holder|null null when no valid card carries it: it is none, was revoked, has expired, or she is no student any more
     */
    public static function verify(string $token): ?holder {
        global $DB;
        $card = $DB->get_record(self::TABLE, ['tokenhash' => self::hash($token), 'timerevoked' => 0]);
        if (!$card || $card->timeexpires <= di::get(clock::class)->time()) {
            return null;
        }
        $holder = holder::of((int) $card->userid);
        return $holder?->active ? $holder : null;
    }

    /**
     * Builds the address that the QR code of a card holds.
     *
     * @param stdClass $card row of the table
     * @return url|null null when the site's key is no longer the one with which the token was encrypted
     */
    public static function verification_url(stdClass $card): ?url {
        try {
            return new url('/local/student_dashboard/verify.php', ['token' => encryption::decrypt($card->token)]);
        } catch (moodle_exception $e) {
            debugging('The token of a student card cannot be read: ' . $e->getMessage(), DEBUG_DEVELOPER);
            return null;
        }
    }

    /**
     * Makes a card.
     *
     * @param int $userid the student
     * @param int $requestid the request that it answers, 0: none
     * @return stdClass row of the table
     */
    private static function add(int $userid, int $requestid): stdClass {
        global $DB;
        $token = random_string(self::TOKEN_LENGTH);
        $now = di::get(clock::class)->now();
        $id = $DB->insert_record(self::TABLE, [
            'userid' => $userid,
            'requestid' => $requestid,
            'tokenhash' => self::hash($token),
            'token' => encryption::encrypt($token),
            'timeissued' => $now->getTimestamp(),
            'timeexpires' => self::expiry($now),
        ]);
        $card = $DB->get_record(self::TABLE, ['id' => $id], '*', MUST_EXIST);
        card_issued::of($card)->trigger();
        return $card;
    }

    /**
     * Tells when a card that is issued now ends: with the last second of a day at the college.
     *
     * @param DateTimeImmutable $now the moment of issue
     * @return int unix seconds
     */
    private static function expiry(DateTimeImmutable $now): int {
        $months = (int) get_config('local_student_dashboard', 'cardmonths') ?: self::DEFAULT_MONTHS;
        return $now->setTimezone(core_date::get_server_timezone_object())
            ->modify("+$months months")->setTime(23, 59, 59)->getTimestamp();
    }

    /**
     * Hashes a token; it is long and random, so that one plain hash does.
     *
     * @param string $token the token
     * @return string
     */
    private static function hash(string $token): string {
        return hash('sha256', $token);
    }
}
