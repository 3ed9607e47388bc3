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

namespace local_zohosync\reportbuilder\local\systemreports;

use core\context\system;
use core_reportbuilder\local\entities\user;
use core_reportbuilder\system_report;
use local_zohosync\reportbuilder\local\entities\outbox_event;

/**
 * What this site has told, and has to tell, the agent.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class outbox extends system_report {
    #[\Override]
    public static function get_name(): string {
        return get_string('outbox', 'local_zohosync');
    }

    #[\Override]
    protected function can_view(): bool {
        return has_capability('local/zohosync:view', system::instance());
    }

    #[\Override]
    protected function initialise(): void {
        $event = new outbox_event();
        $alias = $event->get_table_alias(outbox_event::TABLE);
        $this->set_main_table(outbox_event::TABLE, $alias);
        $this->add_entity($event);
        $user = new user();
        $useralias = $user->get_table_alias('user');
        $this->add_entity($user->add_join("LEFT JOIN {user} $useralias ON $useralias.id = $alias.userid"));
        $this->add_columns_from_entities([
            'outbox_event:type',
            'user:fullname',
            'outbox_event:status',
            'outbox_event:attempts',
            'outbox_event:lasterror',
            'outbox_event:timecreated',
            'outbox_event:timedelivered',
        ]);
        $this->add_filters_from_entities([
            'outbox_event:status',
            'outbox_event:type',
            'outbox_event:timecreated',
            'user:fullname',
        ]);
        $this->set_initial_sort_column('outbox_event:timecreated', SORT_DESC);
        $this->set_downloadable(true, clean_filename(self::get_name()));
    }
}
