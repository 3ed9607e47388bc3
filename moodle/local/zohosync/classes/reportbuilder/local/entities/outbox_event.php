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

namespace local_zohosync\reportbuilder\local\entities;

use core\lang_string;
use core_reportbuilder\local\entities\base;
use core_reportbuilder\local\filters\date;
use core_reportbuilder\local\filters\select;
use core_reportbuilder\local\filters\text;
use core_reportbuilder\local\helpers\format;
use core_reportbuilder\local\report\column;
use core_reportbuilder\local\report\filter;
use local_zohosync\local\agent\wording;
use local_zohosync\local\outbox\repository;

/**
 * An event that the agent has, or has to be told.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class outbox_event extends base {
    /** @var string The table. */
    public const TABLE = repository::TABLE;

    #[\Override]
    protected function get_default_tables(): array {
        return [self::TABLE];
    }

    #[\Override]
    protected function get_default_entity_title(): lang_string {
        return new lang_string('outbox', 'local_zohosync');
    }

    #[\Override]
    public function initialise(): base {
        $alias = $this->get_table_alias(self::TABLE);
        $columns = [
            $this->column('type', column::TYPE_TEXT, 'event:type'),
            $this->column('status', column::TYPE_TEXT, 'list:status')
                ->add_callback(fn(?string $status): string => wording::word($status)),
            $this->column('attempts', column::TYPE_INTEGER, 'failures:tries'),
            $this->column('lasterror', column::TYPE_TEXT, 'failures:reason')
                ->add_callback(fn(?string $error): string => s($error ?? '')),
            $this->column('timecreated', column::TYPE_TIMESTAMP, 'list:when')
                ->add_callback([format::class, 'userdate']),
            $this->column('timedelivered', column::TYPE_TIMESTAMP, 'outbox:delivered')
                ->add_callback(fn($time, \stdClass $row): string => $row->timedelivered ? format::userdate((int) $time, $row) : ''),
        ];
        $statuses = [repository::PENDING, repository::SENT, repository::DEAD];
        $filters = [
            (new filter(select::class, 'status', $this->string('list:status'), $this->get_entity_name(), "$alias.status"))
                ->set_options(array_map([wording::class, 'word'], array_combine($statuses, $statuses))),
            new filter(text::class, 'type', $this->string('event:type'), $this->get_entity_name(), "$alias.type"),
            new filter(date::class, 'timecreated', $this->string('list:when'), $this->get_entity_name(), "$alias.timecreated"),
        ];
        array_map([$this, 'add_column'], $columns);
        array_map([$this, 'add_filter'], $filters);
        return $this;
    }

    /**
     * A column of the table.
     *
     * @param string $name
     * @param int $type
     * @param string $title name of its string
     * @return column
     */
    private function column(string $name, int $type, string $title): column {
        return (new column($name, $this->string($title), $this->get_entity_name()))
            ->add_joins($this->get_joins())
            ->set_type($type)
            ->add_field($this->get_table_alias(self::TABLE) . ".$name")
            ->set_is_sortable(true);
    }

    /**
     * One of our strings.
     *
     * @param string $name
     * @return lang_string
     */
    private function string(string $name): lang_string {
        return new lang_string($name, 'local_zohosync');
    }
}
