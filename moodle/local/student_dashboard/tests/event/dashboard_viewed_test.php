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

namespace local_student_dashboard\event;

#[\PHPUnit\Framework\Attributes\CoversClass(dashboard_viewed::class)]
/**
 * Tests of the event.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\event\dashboard_viewed
 */
final class dashboard_viewed_test extends \advanced_testcase {
    /**
     * The event says who looked at whose page, and leads there.
     */
    public function test_event(): void {
        $this->resetAfterTest();
        $viewer = $this->getDataGenerator()->create_user();
        $student = $this->getDataGenerator()->create_user();
        $this->setUser($viewer);

        $event = dashboard_viewed::of($student);

        $this->assertSame('Student dashboard of another person viewed', dashboard_viewed::get_name());
        $this->assertStringContainsString("'$viewer->id'", $event->get_description());
        $this->assertStringContainsString("'$student->id'", $event->get_description());
        $this->assertSame("/local/student_dashboard/index.php?userid=$student->id", $event->get_url()->out_as_local_url(false));
    }

    /**
     * An event that does not say whose page it was cannot be made.
     */
    public function test_needs_the_other_person(): void {
        $this->resetAfterTest();
        $this->expectException(\core\exception\coding_exception::class);
        dashboard_viewed::create(['context' => \core\context\system::instance()]);
    }
}
