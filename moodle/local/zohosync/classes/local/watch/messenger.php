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

use core\context\system;
use core\message\message;
use local_zohosync\local\config;

/**
 * Tells the news to everybody who looks after the sync, in her own language and by the ways that she has chosen.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class messenger {
    /** @var string Name of the message provider. */
    public const PROVIDER = 'syncproblem';

    /**
     * Tell. One who cannot be told keeps nobody else from it.
     *
     * @param notice $notice
     * @return int how many were told
     */
    public static function tell(notice $notice): int {
        $told = 0;
        foreach (self::recipients() as $user) {
            $before = force_current_language($user->lang);
            try {
                $told += message_send(self::message($notice, $user)) ? 1 : 0;
            } catch (\Throwable $e) {
                mtrace("User $user->id could not be told: " . $e->getMessage());
            } finally {
                force_current_language($before);
            }
        }
        return $told;
    }

    /**
     * Who looks after the sync: whoever may see how it stands, and the site's administrators.
     *
     * @return \stdClass[] accounts by id
     */
    private static function recipients(): array {
        $users = get_users_by_capability(system::instance(), 'local/zohosync:view') + get_admins();
        return array_filter($users, fn($user) => !$user->suspended && (int) $user->id !== config::service_user_id());
    }

    /**
     * The message, in the present language.
     *
     * @param notice $notice
     * @param \stdClass $user
     * @return message
     */
    private static function message(notice $notice, \stdClass $user): message {
        $parts = $notice->well ? [self::well($notice, $user)] : self::news($notice, $user);
        $subject = get_string($notice->well ? 'watch:well' : 'watch:problem', 'local_zohosync');
        $message = new message();
        $message->component = 'local_zohosync';
        $message->name = self::PROVIDER;
        $message->userfrom = \core_user::get_noreply_user();
        $message->userto = $user;
        $message->subject = $subject;
        $message->fullmessage = implode("\n\n", array_map(fn($part) => implode("\n", $part), $parts));
        $message->fullmessageformat = FORMAT_PLAIN;
        $message->fullmessagehtml = implode('', array_map([self::class, 'markup'], $parts));
        $message->smallmessage = $parts[0]['what'];
        $message->notification = 1;
        $message->contexturl = $parts[0]['link'];
        $message->contexturlname = get_string('pluginname', 'local_zohosync');
        return $message;
    }

    /**
     * What is wrong.
     *
     * @param notice $notice
     * @param \stdClass $user
     * @return array[] texts: what, reason (not always), remedy, link
     */
    private static function news(notice $notice, \stdClass $user): array {
        $parts = [];
        foreach ($notice->troubles as $name => ['since' => $since, 'words' => $words]) {
            $trouble = trouble::from($name);
            $when = ['what' => $trouble->what(), 'when' => self::date($since, $user)];
            $parts[] = [
                'what' => get_string('watch:since', 'local_zohosync', $when),
                'reason' => $words === '' ? '' : get_string('watch:reason', 'local_zohosync', $words),
                'remedy' => $trouble->remedy(),
                'link' => $trouble->url()->out(false),
            ];
        }
        if ($notice->parked) {
            $numbers = ['new' => $notice->parked, 'all' => $notice->total, 'when' => self::date($notice->since, $user)];
            $parts[] = [
                'what' => get_string('watch:parked', 'local_zohosync', $numbers),
                'remedy' => get_string('watch:parked_do', 'local_zohosync'),
                'link' => self::failures(),
            ];
        }
        return array_map('array_filter', $parts);
    }

    /**
     * That it is over.
     *
     * @param notice $notice
     * @param \stdClass $user
     * @return string[] texts: what, remedy (not always), link
     */
    private static function well(notice $notice, \stdClass $user): array {
        return array_filter([
            'what' => get_string('watch:over', 'local_zohosync', self::date($notice->since, $user)),
            'remedy' => $notice->total ? get_string('watch:remaining', 'local_zohosync', $notice->total) : '',
            'link' => self::failures(),
        ]);
    }

    /**
     * Where parked records are seen and tried again.
     *
     * @return string
     */
    private static function failures(): string {
        return (new \moodle_url('/local/zohosync/failures.php'))->out(false);
    }

    /**
     * A part as markup. What the agent gave as a reason is text.
     *
     * @param string[] $part
     * @return string
     */
    private static function markup(array $part): string {
        $link = \html_writer::link($part['link'], s($part['link']));
        $lines = array_map('s', array_diff_key($part, ['link' => '']));
        return \html_writer::tag('p', implode(\html_writer::empty_tag('br'), [...array_values($lines), $link]));
    }

    /**
     * A time as the reader reads it.
     *
     * @param int $time unix time
     * @param \stdClass $user
     * @return string
     */
    private static function date(int $time, \stdClass $user): string {
        return userdate($time, get_string('strftimedatetime', 'langconfig'), \core_date::get_user_timezone($user));
    }
}
