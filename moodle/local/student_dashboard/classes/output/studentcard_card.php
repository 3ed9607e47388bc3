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

use core\output\renderer_base;
use core\url;
use local_student_dashboard\local\card\permission;
use local_student_dashboard\local\card\photos;
use local_student_dashboard\local\card\standing;
use local_student_dashboard\local\visibility;
use stdClass;

/**
 * The student's card: itself, or what it still needs.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class studentcard_card extends card {
    /** @var string[] What must be in order, and which obstacle says that it is not; each needs those before it. */
    private const STEPS = [
        'registration' => [standing::NO_RECORD, standing::INACTIVE],
        'photo' => [standing::NO_PHOTO],
        'request' => [standing::NO_REQUEST],
    ];

    /** @var string[] Look of the badge by a photo's status. */
    private const BADGES = [
        photos::PENDING => 'bg-secondary text-dark',
        photos::APPROVED => 'bg-success text-white',
        photos::REJECTED => 'bg-danger text-white',
    ];

    /**
     * Constructor.
     *
     * @param standing $standing how the student stands
     * @param bool $own whether she looks at it herself and may have a card; others see how she stands and no card
     */
    public function __construct(
        /** @var standing How the student stands. */
        private readonly standing $standing,
        /** @var bool Whether she looks at it herself. */
        private readonly bool $own,
    ) {
    }

    /**
     * Gives the section for a student whose page the present user may see.
     *
     * @param int $userid the student
     * @return self|null null when nobody shall see this section
     */
    public static function of_student(int $userid): ?self {
        return visibility::shows('card') ? new self(standing::of($userid), permission::may_have($userid)) : null;
    }

    #[\Override]
    protected function name(): string {
        return 'studentcard';
    }

    #[\Override]
    protected function updated(): int {
        return 0;
    }

    #[\Override]
    protected function body(renderer_base $output): array {
        $face = $this->own ? student_card::of($this->standing) : null;
        $obstacle = $this->standing->obstacle;
        return [
            'own' => $this->own,
            'face' => $face ? $output->render($face) : '',
            'issued' => $this->standing->card ? $this->issued($this->standing->card) : '',
            'obstacle' => $obstacle === standing::CLEAR ? '' : get_string("card:$obstacle", 'local_student_dashboard'),
            'mayissue' => $this->own && !$this->standing->card && $obstacle === standing::CLEAR,
            'asks' => $this->own && $obstacle === standing::NO_REQUEST,
            'steps' => $this->steps(),
            'photos' => array_map($this->photo(...), array_values($this->standing->photos)),
            'hasphotos' => (bool) $this->standing->photos,
            'photourl' => $this->own && $this->standing->holder
                ? (new url('/local/student_dashboard/photo.php'))->out(false) : '',
            'cardurl' => (new url('/local/student_dashboard/card.php'))->out(false),
            'requesturl' => (new url('/local/student_dashboard/request.php'))->out(false),
            'sesskey' => sesskey(),
        ];
    }

    /**
     * Says since when and until when the card holds.
     *
     * @param stdClass $card row of the card
     * @return string
     */
    private function issued(stdClass $card): string {
        return get_string('card:issued', 'local_student_dashboard', [
            'from' => student_card::day((int) $card->timeissued),
            'until' => student_card::day((int) $card->timeexpires),
        ]);
    }

    /**
     * Lists what a card needs, and what of it is in order; without an obstacle nothing has to be listed.
     *
     * @return array[] each label and done
     */
    private function steps(): array {
        if ($this->standing->obstacle === standing::CLEAR) {
            return [];
        }
        $steps = [];
        $done = true;
        foreach (self::STEPS as $step => $obstacles) {
            $done = $done && !in_array($this->standing->obstacle, $obstacles, true);
            if ($step !== 'request' || standing::needs_request()) {
                $steps[] = ['label' => get_string("card:step$step", 'local_student_dashboard'), 'done' => $done];
            }
        }
        return $steps;
    }

    /**
     * Exports one photo.
     *
     * @param stdClass $photo row of the photo
     * @return array values for the template
     */
    private function photo(stdClass $photo): array {
        $shown = $this->own && $photo->status !== photos::REJECTED;
        return [
            'picture' => $shown ? photos::url($photo)->out(false) : '',
            'status' => get_string("photo:$photo->status", 'local_student_dashboard'),
            'badge' => self::BADGES[$photo->status],
            'reason' => trim((string) $photo->reason),
        ];
    }
}
