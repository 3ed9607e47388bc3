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

namespace local_student_dashboard\output;

use core\context\system;
use core\exception\required_capability_exception;
use core\output\dynamic_tabs;
use core\output\renderer_base;
use local_student_dashboard\local\access;
use local_student_dashboard\output\tabs\tab;

/**
 * The tabs of the student's page, as links, one of them open: each has an address of its own and needs no JavaScript; with it,
 * tabs.js loads them in place.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class student_tabs extends dynamic_tabs {
    /** @var string[] Classes of the tabs, in their order. */
    private const ORDER = [
        tabs\overview::class,
        tabs\academics::class,
        tabs\grades::class,
        tabs\finance::class,
        tabs\payments::class,
        tabs\requests::class,
        tabs\card::class,
        tabs\profile::class,
    ];

    /** @var int The student. */
    private int $userid;

    /** @var tab The open one. */
    private tab $open;

    /**
     * Gives the tabs that the present user, who may see this student's page, may see.
     *
     * @param int $userid the student
     * @param string $wanted name of the tab to open; where there is none of that name for her, the first is opened
     * @return self
     * @throws required_capability_exception when she may not see that page
     */
    public static function of_student(int $userid, string $wanted = ''): self {
        $all = array_map(fn(string $class): tab => new $class(['userid' => $userid]), self::ORDER);
        $tabs = new self(array_filter($all, fn(tab $tab): bool => $tab->is_available()));
        if (!$tabs->tabs) {
            throw new required_capability_exception(system::instance(), access::VIEWANY, 'nopermissions', '');
        }
        $tabs->userid = $userid;
        $named = array_filter($tabs->tabs, fn(tab $tab): bool => $tab->get_tab_id() === $wanted);
        $tabs->open = reset($named) ?: reset($tabs->tabs);
        return $tabs;
    }

    /**
     * Names the tabs.
     *
     * @return string[] in their order
     */
    public function names(): array {
        return array_values(array_map(fn(tab $tab): string => $tab->get_tab_id(), $this->tabs));
    }

    #[\Override]
    public function export_for_template(renderer_base $output): array {
        $data = parent::export_for_template($output);
        $owner = access::is_own($this->userid) ? 0 : $this->userid;
        $data['tabs'] = array_map(fn(array $tab): array => $tab + [
            'url' => access::url($owner, $tab['shortname'])->out(false),
            'active' => $tab['shortname'] === $this->open->get_tab_id(),
        ], $data['tabs']);
        $content = $output->render_from_template($this->open->get_template(), $this->open->export_for_template($output));
        return $data + ['content' => $content, 'userid' => $this->userid, 'opened' => $this->open->get_tab_label()];
    }
}
