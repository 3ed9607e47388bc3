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

namespace local_student_dashboard\external\section;

use core\clock;
use core\di;
use core_external\external_multiple_structure;
use core_external\external_single_structure;
use core_external\external_value;
use local_student_dashboard\local\enrolled_courses;
use local_student_dashboard\local\provider;
use local_student_dashboard\local\timetable;
use local_student_dashboard\local\visibility;
use local_student_dashboard\output\courses_card;
use local_student_dashboard\output\registrations_card;
use stdClass;

/**
 * What the student studies: programmes, classes, timetable, progress.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class academics extends section {
    /** @var string[] What is told of a registration, by name of its column. */
    private const REGISTRATION = [
        'programname' => 'Programme',
        'number' => 'Number of the registration',
        'registrationdate' => 'Y-m-d or empty',
        'status' => 'Status, in Zoho\'s words',
        'studymode' => 'Mode of study',
        'studylanguage' => 'Language of study',
        'intake' => 'Intake',
    ];

    #[\Override]
    protected static function fields(): array {
        return [
            'registrations' => new external_multiple_structure(new external_single_structure(
                array_map(self::text(...), self::REGISTRATION),
            )),
            'classes' => new external_multiple_structure(new external_single_structure([
                'name' => self::text('Name'),
                'courseid' => new external_value(PARAM_INT, 'Course in Moodle, 0: she cannot enter one'),
                'unit' => self::text('Unit, may be empty'),
                'level' => self::text('Level of the unit, may be empty'),
                'credit' => self::text('What the unit is worth, as typed'),
                'teacher' => self::text('Teacher, may be empty'),
                'room' => self::text('Room, may be empty'),
                'startdate' => self::text('Y-m-d or empty'),
                'enddate' => self::text('Y-m-d or empty'),
                'status' => new external_value(PARAM_ALPHA, 'active, upcoming, waiting, suspended or ended'),
                'statusname' => self::text('The same in the reader\'s language'),
                'criteria' => new external_multiple_structure(new external_single_structure([
                    'shortname' => self::text('Such as P1'),
                    'description' => self::text('What it asks for'),
                ])),
            ])),
            'timetable' => new external_multiple_structure(new external_single_structure([
                'name' => self::text('Name of the class'),
                'day' => new external_value(PARAM_INT, 'Day of the week, 0: Sunday'),
                'hours' => self::text('From when until when, as typed'),
                'room' => self::text('Room, may be empty'),
            ]), 'Absent where the college hides it', VALUE_OPTIONAL),
            'progress' => new external_multiple_structure(new external_single_structure([
                'unit' => self::text('Name of the unit'),
                'level' => self::text('Level, may be empty'),
                'credit' => new external_value(PARAM_INT, 'What it is worth, 0: not known'),
                'state' => new external_value(PARAM_ALPHA, 'passed, referred or open'),
            ]), 'Absent where the college hides grades', VALUE_OPTIONAL),
        ];
    }

    #[\Override]
    public static function data(int $userid): array {
        $enrolled = new enrolled_courses($userid, di::get(clock::class)->time());
        $courses = (new provider\courses($enrolled))->get();
        $registrations = (new provider\registrations())->get($userid);
        $updated = max([0, ...array_column($courses, 'updated'), ...array_column($registrations, 'timemodified')]);
        $data = self::dated([...registrations_card::modules(), ...courses_card::modules()], (int) $updated) + [
            'registrations' => array_map(
                fn(stdClass $row): array => array_intersect_key((array) $row, self::REGISTRATION),
                $registrations,
            ),
            'classes' => array_map(self::class_data(...), $courses),
        ];
        if (visibility::shows('timetable')) {
            $data['timetable'] = array_map(fn(stdClass $one): array => [
                'name' => $one->course->name,
                'day' => $one->slot->day,
                'hours' => $one->slot->hours,
                'room' => $one->room,
            ], (new timetable($courses))->meetings);
        }
        if (visibility::shows('grades')) {
            $data['progress'] = array_map(fn(stdClass $unit): array => [
                'unit' => $unit->name,
                'level' => $unit->level,
                'credit' => $unit->credit,
                'state' => $unit->state,
            ], (new provider\progress($enrolled))->units($courses));
        }
        return $data;
    }

    /**
     * Gives one class.
     *
     * @param stdClass $course see provider\courses::get()
     * @return array
     */
    private static function class_data(stdClass $course): array {
        return [
            'name' => $course->name,
            'courseid' => $course->courseid,
            'unit' => $course->unit,
            'level' => $course->level,
            'credit' => $course->credit,
            'teacher' => $course->teacher,
            'room' => trim($course->class->classroom ?? ''),
            'startdate' => $course->startdate,
            'enddate' => $course->enddate,
            'status' => $course->status,
            'statusname' => get_string("status:$course->status", 'local_student_dashboard'),
            'criteria' => $course->criteria,
        ];
    }
}
