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

use core\di;
use core\hook\manager;
use core_user\hook\extend_user_menu;

#[\PHPUnit\Framework\Attributes\CoversClass(hook_callbacks::class)]
/**
 * Tests of the link in the user menu.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\hook_callbacks
 */
final class hook_callbacks_test extends \advanced_testcase {
    /**
     * Students find the page in their menu; others do not.
     */
    public function test_user_menu(): void {
        $this->resetAfterTest();
        $student = $this->getDataGenerator()->create_user();
        $this->getDataGenerator()->get_plugin_generator('local_student_dashboard')->create_student($student->id);

        $this->setUser($student);
        $items = $this->menu();
        $this->assertCount(1, $items);
        $this->assertSame('My studies', $items[0]->title);
        $this->assertSame('/local/student_dashboard/index.php', $items[0]->url->out_as_local_url(false));

        $this->setUser($this->getDataGenerator()->create_user());
        $this->assertSame([], $this->menu());
        $this->setGuestUser();
        $this->assertSame([], $this->menu());
    }

    /**
     * Builds the part of the user menu that plugins add, through the registered hook, and keeps our part of it.
     *
     * @return \stdClass[]
     */
    private function menu(): array {
        $hook = new extend_user_menu();
        di::get(manager::class)->dispatch($hook);
        $ours = fn(\stdClass $item): bool => str_contains($item->titleidentifier ?? '', 'local_student_dashboard');
        return array_values(array_filter($hook->get_navitems(), $ours));
    }
}
