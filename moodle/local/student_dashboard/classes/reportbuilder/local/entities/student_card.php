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

namespace local_student_dashboard\reportbuilder\local\entities;

use core\clock;
use core\di;
use core\lang_string;
use core_reportbuilder\local\entities\base;
use core_reportbuilder\local\filters\date;
use core_reportbuilder\local\filters\select;
use core_reportbuilder\local\helpers\database;
use core_reportbuilder\local\helpers\format;
use core_reportbuilder\local\report\column;
use core_reportbuilder\local\report\filter;

/**
 * A student card that was issued.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class student_card extends base {
    /** @var string The table. */
    public const TABLE = 'local_student_dashboard_card';

    #[\Override]
    protected function get_default_tables(): array {
        return [self::TABLE];
    }

    #[\Override]
    protected function get_default_entity_title(): lang_string {
        return new lang_string('studentcard', 'local_student_dashboard');
    }

    #[\Override]
    public function initialise(): base {
        $alias = $this->get_table_alias(self::TABLE);
        foreach (['issued' => 'timeissued', 'until' => 'timeexpires'] as $name => $field) {
            $title = new lang_string("card:column$name", 'local_student_dashboard');
            $this->add_column((new column($name, $title, $this->get_entity_name()))
                ->add_joins($this->get_joins())
                ->set_type(column::TYPE_TIMESTAMP)
                ->add_field("$alias.$field")
                ->set_is_sortable(true)
                ->add_callback([format::class, 'userdate'], get_string('strftimedate', 'langconfig')));
            $this->add_filter((new filter(date::class, $name, $title, $this->get_entity_name(), "$alias.$field"))
                ->add_joins($this->get_joins()));
        }
        $this->add_state($alias);
        return $this;
    }

    /**
     * Adds whether a card holds, as column and as filter.
     *
     * @param string $alias of the table
     */
    private function add_state(string $alias): void {
        $now = database::generate_param_name();
        $sql = "CASE WHEN $alias.timerevoked > 0 THEN 'revoked' WHEN $alias.timeexpires <= :$now THEN 'expired' ELSE 'valid' END";
        $params = [$now => di::get(clock::class)->time()];
        $title = new lang_string('field:status', 'local_student_dashboard');
        $this->add_column((new column('state', $title, $this->get_entity_name()))
            ->add_joins($this->get_joins())
            ->set_type(column::TYPE_TEXT)
            ->add_field($sql, 'state', $params)
            ->set_is_sortable(true)
            ->set_callback(fn(?string $state): string => get_string("card:state$state", 'local_student_dashboard')));
        $options = [];
        foreach (['valid', 'expired', 'revoked'] as $state) {
            $options[$state] = get_string("card:state$state", 'local_student_dashboard');
        }
        $this->add_filter((new filter(select::class, 'state', $title, $this->get_entity_name(), $sql, $params))
            ->add_joins($this->get_joins())
            ->set_options($options));
    }
}
