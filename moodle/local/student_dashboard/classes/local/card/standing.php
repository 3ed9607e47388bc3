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

use stdClass;

/**
 * How a student stands with her card: what she has, and what is missing.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class standing {
    /** @var string Nothing is missing. */
    public const CLEAR = '';

    /** @var string The college does not know her as a student. */
    public const NO_RECORD = 'norecord';

    /** @var string She has no registration that is active, or her account is suspended. */
    public const INACTIVE = 'inactive';

    /** @var string No photo of hers is approved. */
    public const NO_PHOTO = 'nophoto';

    /** @var string The college has not agreed to a request for a card; one request stands for one card. */
    public const NO_REQUEST = 'norequest';

    /** @var string[] Statuses, in Zoho's words, of a request that the college has agreed to. */
    private const AGREED = ['Approved', 'Completed'];

    /**
     * Use of().
     *
     * @param holder|null $holder whom the card names
     * @param array<string, stdClass> $photos her photos by status
     * @param stdClass|null $card her card that is in force
     * @param int $requestid the request that the next card answers, 0: none
     * @param string $obstacle what is missing, one of the constants above
     */
    private function __construct(
        /** @var holder|null Whom the card names. */
        public readonly ?holder $holder,
        /** @var array<string, stdClass> Her photos by status. */
        public readonly array $photos,
        /** @var stdClass|null Her card that is in force. */
        public readonly ?stdClass $card,
        /** @var int The request that the next card answers, 0: none. */
        public readonly int $requestid,
        /** @var string What is missing, one of the constants above. */
        public readonly string $obstacle,
    ) {
    }

    /**
     * Looks at a student.
     *
     * @param int $userid her account
     * @return self
     */
    public static function of(int $userid): self {
        $holder = holder::of($userid);
        $photos = photos::of_student($userid);
        $card = cards::in_force($userid);
        $needed = self::needs_request();
        $requestid = $needed && !$card ? self::request($userid) : 0;
        return new self($holder, $photos, $card, $requestid, match (true) {
            !$holder => self::NO_RECORD,
            !$holder->active => self::INACTIVE,
            !isset($photos[photos::APPROVED]) => self::NO_PHOTO,
            $needed && !$card && !$requestid => self::NO_REQUEST,
            default => self::CLEAR,
        });
    }

    /**
     * Tells whether the college issues cards on request only.
     *
     * @return bool true unless the setting says otherwise
     */
    public static function needs_request(): bool {
        return get_config('local_student_dashboard', 'cardneedsrequest') !== '0';
    }

    /**
     * Finds the oldest request for a card that the college has agreed to and no card has answered yet.
     *
     * @param int $userid the student
     * @return int its number, 0: none
     */
    private static function request(int $userid): int {
        global $DB;
        [$agreed, $params] = $DB->get_in_or_equal(self::AGREED, SQL_PARAMS_NAMED);
        $found = $DB->get_records_sql(
            "SELECT r.id
               FROM {local_zohosync_request} r
               JOIN {local_zohosync_student} s ON s.userid = :userid AND (r.userid = s.userid OR r.studentid = s.zohoid)
          LEFT JOIN {local_student_dashboard_card} c ON c.requestid = r.id
              WHERE r.deleted = 0 AND r.type = :type AND r.status $agreed AND c.id IS NULL
           ORDER BY r.id",
            $params + ['userid' => $userid, 'type' => 'Student Card'],
            0,
            1,
        );
        return (int) (reset($found)->id ?? 0);
    }
}
