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

namespace local_student_dashboard;

use core_user\output\myprofile\category;
use core_user\output\myprofile\tree;

#[\PHPUnit\Framework\Attributes\CoversFunction('local_student_dashboard_myprofile_navigation')]
/**
 * Tests of the link on the profile page.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     ::local_student_dashboard_myprofile_navigation
 */
final class lib_test extends \advanced_testcase {
    /**
     * The student sees the link on her profile, a manager on hers too, another student does not.
     */
    public function test_profile_page(): void {
        $this->resetAfterTest();
        $student = $this->getDataGenerator()->create_user();
        $this->getDataGenerator()->get_plugin_generator('local_student_dashboard')->create_student($student->id);

        $this->setUser($student);
        $this->assertSame('/local/student_dashboard/index.php', $this->link($student, true));
        $this->setAdminUser();
        $this->assertSame("/local/student_dashboard/index.php?userid=$student->id", $this->link($student, false));
        $this->setUser($this->getDataGenerator()->create_user());
        $this->assertNull($this->link($student, false));
    }

    /**
     * Finds the link on a profile page.
     *
     * @param \stdClass $user whose profile
     * @param bool $own whether it is the viewer's
     * @return string|null its local address
     */
    private function link(\stdClass $user, bool $own): ?string {
        $tree = new tree();
        $tree->add_category(new category('miscellaneous', 'Miscellaneous'));
        component_callback('local_student_dashboard', 'myprofile_navigation', [$tree, $user, $own, null]);
        $node = $tree->nodes['local_student_dashboard'] ?? null;
        return $node?->url->out_as_local_url(false);
    }
}
