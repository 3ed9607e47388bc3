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

namespace local_student_dashboard\local\provider;

#[\PHPUnit\Framework\Attributes\CoversClass(criteria::class)]
/**
 * Tests of the criteria of units.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\local\provider\criteria
 */
final class criteria_test extends \advanced_testcase {
    /**
     * The criteria of the class's unit, in order; of units of one name the one of the programme, and none when in doubt.
     */
    public function test_of(): void {
        $this->resetAfterTest();
        $mirror = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $mirror->create_unit('Only', ['P1' => 'Explain', 'M1' => 'Analyse', 'D1' => 'Evaluate']);
        $mirror->create_unit('Twice', ['P1' => 'Level 4'], ['programid' => '11']);
        $mirror->create_unit('Twice', ['P1' => 'Level 5'], ['programid' => '12']);
        $mirror->create_unit('Same', ['P1' => 'One'], ['programid' => '11']);
        $mirror->create_unit('Same', ['P1' => 'Other'], ['programid' => '11']);
        $mirror->create_unit('Gone', ['P1' => 'Old'], ['deleted' => 1]);
        $known = $mirror->create_unit('Renamed since', ['P1' => 'By its id']);
        $class = fn(string $unit, string $program = '', string $id = ''): \stdClass
            => (object) ['unitname' => $unit, 'programid' => $program, 'unitid' => $id];
        $criteria = new criteria([
            ...array_map($class, ['Only', 'Twice', 'Same', 'Gone', 'Unknown', '']),
            $class('Old name', '', $known->zohoid),
        ]);
        $of = fn(...$of) => array_column($criteria->of($class(...$of)), 'description', 'shortname');

        $this->assertSame(['P1' => 'Explain', 'M1' => 'Analyse', 'D1' => 'Evaluate'], $of('Only', '99'));
        $this->assertSame(['P1' => 'Level 5'], $of('Twice', '12'));
        $this->assertSame([], $of('Twice', '99'), 'rather none than a wrong one');
        $this->assertSame([], $of('Twice', ''));
        $this->assertSame([], $of('Same', '11'));
        $this->assertSame([], $of('Gone', ''));
        $this->assertSame([], $of('Unknown', ''));
        $this->assertSame([], $criteria->of(null));
        $this->assertSame(['P1' => 'By its id'], $of('Old name', '', $known->zohoid));
        $this->assertSame(['P1' => 'By its id'], $of('Twice', '12', $known->zohoid), 'its id goes before its name');
        $this->assertSame('Twice', $criteria->unit($class('Twice', '12', '404'))->name, 'an id that is not here');
    }
}
