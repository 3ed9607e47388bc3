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

declare(strict_types=1);

namespace local_student_dashboard\reportbuilder;

use core\context\system;
use core_reportbuilder\exception\report_access_exception;
use core_reportbuilder\external\systemreports\retrieve;
use core_reportbuilder\local\helpers\user_filter_manager;
use core_reportbuilder\system_report_factory;
use local_student_dashboard\local\card\cards as issued;
use local_student_dashboard\local\card\photos;
use local_student_dashboard\reportbuilder\local\systemreports\cards;
use stdClass;

#[\PHPUnit\Framework\Attributes\CoversClass(cards::class)]
#[\PHPUnit\Framework\Attributes\CoversClass(\local_student_dashboard\reportbuilder\local\entities\student_card::class)]
/**
 * Tests of the list of student cards.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers     \local_student_dashboard\reportbuilder\local\systemreports\cards
 * @covers     \local_student_dashboard\reportbuilder\local\entities\student_card
 */
final class cards_test extends \advanced_testcase {
    /**
     * The cards with their state, which can be filtered by; what holds can be revoked.
     */
    public function test_cards(): void {
        $this->resetAfterTest();
        $clock = $this->mock_clock_with_frozen(strtotime('2025-06-15 12:00 UTC'));
        $this->setAdminUser();
        $this->issue('Rana', 'Expired');
        $clock->set_to(strtotime('2026-06-15 12:00 UTC'));
        issued::revoke($this->issue('Omar', 'Revoked'), 2);
        $clock->bump(DAYSECS);
        $this->issue('Lina', 'Valid');
        $this->assertSame([
            ['Lina Valid', '16 June 2026', '16 June 2027', 'Valid'],
            ['Omar Revoked', '15 June 2026', '15 June 2027', 'Revoked'],
            ['Rana Expired', '15 June 2025', '15 June 2026', 'Expired'],
        ], $this->rows());

        $report = system_report_factory::create(cards::class, system::instance());
        foreach (['valid' => 'Lina Valid', 'expired' => 'Rana Expired', 'revoked' => 'Omar Revoked'] as $state => $name) {
            user_filter_manager::set($report->get_report_persistent()->get('id'), [
                'student_card:state_operator' => 1,
                'student_card:state_value' => $state,
            ]);
            $this->assertSame([$name], array_column($this->rows(), 0));
        }
        [$action] = $report->get_actions();
        $this->assertNotNull($action->get_action_link((object) ['id' => 1, 'timerevoked' => 0]));
        $this->assertNull($action->get_action_link((object) ['id' => 1, 'timerevoked' => 5]));
    }

    /**
     * The list is for who may revoke cards.
     */
    public function test_access(): void {
        $this->resetAfterTest();
        $this->setUser($this->getDataGenerator()->create_user());
        $this->expectException(report_access_exception::class);
        $this->rows();
    }

    /**
     * Gives somebody a card.
     *
     * @param string $firstname her first name
     * @param string $lastname her last name
     * @return stdClass the card
     */
    private function issue(string $firstname, string $lastname): stdClass {
        set_config('cardneedsrequest', 0, 'local_student_dashboard');
        $mirror = $this->getDataGenerator()->get_plugin_generator('local_student_dashboard');
        $user = $this->getDataGenerator()->create_user(['firstname' => $firstname, 'lastname' => $lastname]);
        $mirror->create_registration($mirror->create_student((int) $user->id));
        photos::approve(photos::submit((int) $user->id, $mirror->photo()), 2);
        return issued::issue((int) $user->id);
    }

    /**
     * Asks the web service for the rows.
     *
     * @return string[][] texts of the columns
     */
    private function rows(): array {
        $answer = retrieve::execute(cards::class, ['contextlevel' => 'system'], '', '', 0, [], 0, 100);
        return array_map(fn($row): array => array_values(((array) $row)['columns']), $answer['data']['rows']);
    }
}
