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

namespace local_student_dashboard\external;

use core\context\system;
use core_external\external_api;
use core_external\external_function_parameters;
use core_external\external_single_structure;
use core_external\external_value;
use local_student_dashboard\local\access;
use local_student_dashboard\local\provider\profile;
use local_student_dashboard\output\student_tabs;

/**
 * Gives the student's page as data: each section that the reader may see, and no other.
 *
 * Who sees what is decided by the tabs of the page itself. Texts are plain text, never markup.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class get_dashboard extends external_api {
    /** @var array<string, class-string<section\section>> Sections by the name of their tab. */
    private const SECTIONS = [
        'overview' => section\overview::class,
        'academics' => section\academics::class,
        'grades' => section\grades::class,
        'finance' => section\finance::class,
        'payments' => section\payments::class,
        'requests' => section\requests::class,
        'card' => section\card::class,
        'profile' => section\profile::class,
    ];

    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'userid' => new external_value(PARAM_INT, 'The student, 0: whoever calls', VALUE_DEFAULT, 0),
        ]);
    }

    /**
     * Reads the page; a view of another person's is logged.
     *
     * @param int $userid the student, 0: whoever calls
     * @return array
     */
    public static function execute(int $userid = 0): array {
        ['userid' => $userid] = self::validate_parameters(self::execute_parameters(), ['userid' => $userid]);
        self::validate_context(system::instance());
        $subject = access::require_subject($userid);
        $userid = (int) $subject->id;
        $shown = array_intersect_key(self::SECTIONS, array_flip(student_tabs::of_student($userid)->names()));
        $student = (new profile())->get($userid);
        return [
            'userid' => $userid,
            'own' => access::is_own($userid),
            'name' => trim($student->displayname ?? '') ?: fullname($subject),
            'studentnumber' => $student->studentnumber ?? '',
            'program' => $student->academicprogram ?? '',
            'status' => $student->status ?? '',
            'known' => $student !== null,
            'withdrawn' => !empty($student->deleted),
        ] + array_map(fn(string $class): array => $class::data($userid), $shown);
    }

    /**
     * What it gives.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'userid' => new external_value(PARAM_INT, 'The student'),
            'own' => new external_value(PARAM_BOOL, 'Whether it is the page of whoever calls'),
            'name' => new external_value(PARAM_RAW, 'Her name'),
            'studentnumber' => new external_value(PARAM_RAW, 'Her number, may be empty'),
            'program' => new external_value(PARAM_RAW, 'Her programme, may be empty'),
            'status' => new external_value(PARAM_RAW, 'Her status, in Zoho\'s words'),
            'known' => new external_value(PARAM_BOOL, 'Whether the college\'s registry knows her'),
            'withdrawn' => new external_value(PARAM_BOOL, 'Whether her record was deleted there'),
        ] + array_map(fn(string $class): external_single_structure => $class::structure(), self::SECTIONS));
    }
}
