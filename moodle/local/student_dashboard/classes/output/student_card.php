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

namespace local_student_dashboard\output;

use core\output\named_templatable;
use core\output\renderable;
use core\output\renderer_base;
use core_qrcode;
use local_student_dashboard\local\card\cards;
use local_student_dashboard\local\card\holder;
use local_student_dashboard\local\card\photos;
use local_student_dashboard\local\card\standing;
use stdClass;

/**
 * The face of a student card, in the proportions of a bank card.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class student_card implements named_templatable, renderable {
    /** @var int Pixels of the picture for one dot of the code. */
    private const DOT = 8;

    /**
     * Use of().
     *
     * @param holder $holder whom it names
     * @param stdClass $photo row of her approved photo
     * @param stdClass $card row of the card
     */
    private function __construct(
        /** @var holder Whom it names. */
        private readonly holder $holder,
        /** @var stdClass Row of her approved photo. */
        private readonly stdClass $photo,
        /** @var stdClass Row of the card. */
        private readonly stdClass $card,
    ) {
    }

    /**
     * Gives the face of the card that a student may show now.
     *
     * @param standing $standing how she stands
     * @return self|null null when she has none to show
     */
    public static function of(standing $standing): ?self {
        return $standing->card && $standing->obstacle === standing::CLEAR
            ? new self($standing->holder, $standing->photos[photos::APPROVED], $standing->card)
            : null;
    }

    #[\Override]
    public function get_template_name(renderer_base $renderer): string {
        return 'local_student_dashboard/student_card';
    }

    #[\Override]
    public function export_for_template(renderer_base $output): array {
        global $SITE;
        return [
            'college' => format_string($SITE->fullname, true, ['escape' => false]),
            'name' => $this->holder->name,
            'nativename' => $this->holder->nativename,
            'number' => $this->holder->number,
            'program' => $this->holder->program,
            'until' => self::day((int) $this->card->timeexpires),
            'photo' => photos::url($this->photo)->out(false),
            'code' => $this->code(),
        ];
    }

    /**
     * Writes the day of an instant as the college's clock has it.
     *
     * @param int $time unix seconds
     * @return string
     */
    public static function day(int $time): string {
        return userdate($time, get_string('strftimedate', 'langconfig'), \core_date::get_server_timezone());
    }

    /**
     * Draws the code by which the card is verified.
     *
     * @return string address of a picture, empty when the token cannot be read
     */
    private function code(): string {
        $url = cards::verification_url($this->card);
        if (!$url) {
            return '';
        }
        $picture = (new core_qrcode($url->out(false)))->getBarcodePngData(self::DOT, self::DOT);
        return 'data:image/png;base64,' . base64_encode($picture);
    }
}
