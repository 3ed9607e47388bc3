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
use core\context;
use core\context\user as user_context;
use core\di;
use core\exception\moodle_exception;
use core\url;
use local_student_dashboard\event\photo_reviewed;
use local_zohosync\local\inbound\row_runner;
use stdClass;
use stored_file;

/**
 * The photos that students give for their card, and what a person decided about them.
 *
 * A student has at most one photo of each status. A new one takes the place of one that waits or was rejected; the approved
 * one stays on her card until another is approved. The picture of a rejected photo, and of one that another takes the place of,
 * is deleted.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class photos {
    /** @var string Nobody has looked at it yet. */
    public const PENDING = 'pending';

    /** @var string It may be on a card. */
    public const APPROVED = 'approved';

    /** @var string It may not, for the reason given. */
    public const REJECTED = 'rejected';

    /** @var string Component of the file area. */
    public const COMPONENT = 'local_student_dashboard';

    /** @var string File area, in the student's user context; the item is the row. */
    public const AREA = 'photo';

    /** @var int Longest reason, in characters. */
    public const LONGEST_REASON = 500;

    /** @var string Capability to decide about photos, in the system context. */
    public const REVIEW = 'local/student_dashboard:approvephotos';

    /** @var string Name of each file. */
    private const FILENAME = 'photo.jpg';

    /** @var string The table. */
    private const TABLE = 'local_student_dashboard_photo';

    /** @var string The photos that wait. */
    private const TO_REVIEW = " FROM {local_student_dashboard_photo} p
                                JOIN {user} u ON u.id = p.userid AND u.deleted = 0
                           LEFT JOIN {local_zohosync_student} s ON s.userid = p.userid
                               WHERE p.status = :status";

    /**
     * Takes a photo that a student uploaded; it waits for a decision.
     *
     * @param int $userid the student
     * @param string $bytes the file as uploaded
     * @return int number of the photo
     * @throws moodle_exception see photo_image::portrait()
     */
    public static function submit(int $userid, string $bytes): int {
        $portrait = photo_image::portrait($bytes);
        return row_runner::locked(["photo:$userid"], fn(): int => self::replace($userid, $portrait));
    }

    /**
     * Approves a photo, and lets go of the one that was approved before.
     *
     * @param int $id number of the photo
     * @param int $reviewerid who decides
     * @return bool false when it does not wait any more: somebody decided, or the student gave another
     */
    public static function approve(int $id, int $reviewerid): bool {
        global $DB;
        $photo = self::waiting($id);
        if (!$photo) {
            return false;
        }
        $transaction = $DB->start_delegated_transaction();
        self::forget((int) $photo->userid, self::APPROVED);
        self::decide($photo, self::APPROVED, $reviewerid, null);
        $transaction->allow_commit();
        return true;
    }

    /**
     * Rejects a photo; the student is told the reason.
     *
     * @param int $id number of the photo
     * @param int $reviewerid who decides
     * @param string $reason plain text
     * @return bool false when it does not wait any more: somebody decided, or the student gave another
     * @throws moodle_exception there is no reason, or it is too long
     */
    public static function reject(int $id, int $reviewerid, string $reason): bool {
        global $DB;
        $reason = trim($reason);
        if ($reason === '' || \core_text::strlen($reason) > self::LONGEST_REASON) {
            throw new moodle_exception('photo:reasonneeded', 'local_student_dashboard', '', self::LONGEST_REASON);
        }
        $photo = self::waiting($id);
        if (!$photo) {
            return false;
        }
        $transaction = $DB->start_delegated_transaction();
        self::forget((int) $photo->userid, self::REJECTED);
        self::decide($photo, self::REJECTED, $reviewerid, $reason);
        self::delete_file($photo);
        $transaction->allow_commit();
        return true;
    }

    /**
     * Gives the photos of a student.
     *
     * @param int $userid the student
     * @return array<string, stdClass> rows of the table by status
     */
    public static function of_student(int $userid): array {
        global $DB;
        return array_column($DB->get_records(self::TABLE, ['userid' => $userid]), null, 'status');
    }

    /**
     * Lists the photos that wait, the longest waiting first, with whom they show.
     *
     * Those of accounts that were deleted are not among them.
     *
     * @param int $offset how many to leave out
     * @param int $limit how many at most
     * @return stdClass[] each id, userid, timecreated, displayname, studentnumber, academicprogram
     */
    public static function to_review(int $offset, int $limit): array {
        global $DB;
        return array_values($DB->get_records_sql(
            "SELECT p.id, p.userid, p.timecreated, s.displayname, s.studentnumber, s.academicprogram" . self::TO_REVIEW
                . " ORDER BY p.timecreated, p.id",
            ['status' => self::PENDING],
            $offset,
            $limit,
        ));
    }

    /**
     * Counts the photos that wait.
     *
     * @return int
     */
    public static function count_to_review(): int {
        global $DB;
        return $DB->count_records_sql('SELECT COUNT(1)' . self::TO_REVIEW, ['status' => self::PENDING]);
    }

    /**
     * Builds the address of a picture.
     *
     * @param stdClass $photo id and userid
     * @return url
     */
    public static function url(stdClass $photo): url {
        $context = user_context::instance($photo->userid);
        return url::make_pluginfile_url($context->id, self::COMPONENT, self::AREA, $photo->id, '/', self::FILENAME);
    }

    /**
     * Finds the picture that an address asks for, if the present user may see it.
     *
     * The student may see her own, whoever decides about photos all that there are.
     *
     * @param context $context of the address
     * @param string $area file area of the address
     * @param string[] $args item and path of the address
     * @return stored_file|null null when there is none for this user
     */
    public static function file(context $context, string $area, array $args): ?stored_file {
        global $USER;
        if (!$context instanceof user_context || $area !== self::AREA || count($args) !== 2) {
            return null;
        }
        $own = (int) $context->instanceid === (int) $USER->id;
        if (isguestuser() || (!$own && !has_capability(self::REVIEW, \core\context\system::instance()))) {
            return null;
        }
        [$id, $filename] = $args;
        return get_file_storage()->get_file($context->id, self::COMPONENT, self::AREA, (int) $id, '/', $filename) ?: null;
    }

    /**
     * Puts a photo in the place of one that waits or was rejected.
     *
     * @param int $userid the student
     * @param string $portrait the picture
     * @return int number of the photo
     */
    private static function replace(int $userid, string $portrait): int {
        global $DB;
        $transaction = $DB->start_delegated_transaction();
        foreach ([self::PENDING, self::REJECTED] as $status) {
            self::forget($userid, $status);
        }
        $id = $DB->insert_record(self::TABLE, [
            'userid' => $userid,
            'status' => self::PENDING,
            'timecreated' => di::get(clock::class)->time(),
        ]);
        get_file_storage()->create_file_from_string([
            'contextid' => user_context::instance($userid)->id,
            'component' => self::COMPONENT,
            'filearea' => self::AREA,
            'itemid' => $id,
            'filepath' => '/',
            'filename' => self::FILENAME,
            'userid' => $userid,
        ], $portrait);
        $transaction->allow_commit();
        return $id;
    }

    /**
     * Finds a photo that waits.
     *
     * @param int $id its number
     * @return stdClass|null
     */
    private static function waiting(int $id): ?stdClass {
        global $DB;
        return $DB->get_record(self::TABLE, ['id' => $id, 'status' => self::PENDING]) ?: null;
    }

    /**
     * Writes a decision down.
     *
     * @param stdClass $photo the row
     * @param string $status the decision
     * @param int $reviewerid who decides
     * @param string|null $reason why
     */
    private static function decide(stdClass $photo, string $status, int $reviewerid, ?string $reason): void {
        global $DB;
        $DB->update_record(self::TABLE, [
            'id' => $photo->id,
            'status' => $status,
            'reason' => $reason,
            'reviewerid' => $reviewerid,
            'timereviewed' => di::get(clock::class)->time(),
        ]);
        photo_reviewed::of($photo, $status)->trigger();
    }

    /**
     * Deletes a student's photo of a status.
     *
     * @param int $userid the student
     * @param string $status the status
     */
    private static function forget(int $userid, string $status): void {
        global $DB;
        $photo = $DB->get_record(self::TABLE, ['userid' => $userid, 'status' => $status]);
        if ($photo) {
            self::delete_file($photo);
            $DB->delete_records(self::TABLE, ['id' => $photo->id]);
        }
    }

    /**
     * Deletes a photo's picture.
     *
     * @param stdClass $photo the row
     */
    private static function delete_file(stdClass $photo): void {
        $context = user_context::instance($photo->userid);
        get_file_storage()->delete_area_files($context->id, self::COMPONENT, self::AREA, $photo->id);
    }
}
