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

namespace local_student_dashboard\reportbuilder\local\systemreports;

use core\context\system;
use core\lang_string;
use core\output\pix_icon;
use core\url;
use core_reportbuilder\local\entities\user;
use core_reportbuilder\local\report\action;
use core_reportbuilder\system_report;
use local_student_dashboard\local\card\cards as issued;
use local_student_dashboard\reportbuilder\local\entities\student_card;
use stdClass;

/**
 * The student cards that were issued, for the staff that may revoke them.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class cards extends system_report {
    #[\Override]
    public static function get_name(): string {
        return get_string('cards', 'local_student_dashboard');
    }

    #[\Override]
    protected function can_view(): bool {
        return has_capability(issued::MANAGE, system::instance());
    }

    #[\Override]
    protected function initialise(): void {
        $card = new student_card();
        $alias = $card->get_table_alias(student_card::TABLE);
        $this->set_main_table(student_card::TABLE, $alias);
        $this->add_base_fields("$alias.id, $alias.timerevoked");
        $this->add_entity($card);
        $user = new user();
        $useralias = $user->get_table_alias('user');
        $this->add_entity($user->add_join("JOIN {user} $useralias ON $useralias.id = $alias.userid"));
        $this->add_columns_from_entities(['user:fullname', 'student_card:issued', 'student_card:until', 'student_card:state']);
        $this->add_filters_from_entities(['user:fullname', 'student_card:state', 'student_card:issued', 'student_card:until']);
        $this->set_initial_sort_column('student_card:issued', SORT_DESC);
        $this->add_action((new action(
            new url('/local/student_dashboard/cards.php', ['revoke' => ':id']),
            new pix_icon('t/block', ''),
            [],
            false,
            new lang_string('card:revoke', 'local_student_dashboard'),
        ))->add_callback(fn(stdClass $row): bool => !$row->timerevoked));
        $this->set_downloadable(true, clean_filename(self::get_name()));
    }
}
