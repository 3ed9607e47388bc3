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

namespace local_student_dashboard\tests;

use DOMDocument;
use DOMXPath;
use local_student_dashboard\output\dashboard;
use stdClass;

/**
 * The student's page as a browser gets it.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
trait rendered_page {
    /**
     * Renders the page with one tab open.
     *
     * @param stdClass $user the page's owner
     * @param string $tab name of the tab, empty: the first
     * @param bool $own whether the student looks at it herself
     * @return DOMXPath over the page
     */
    protected function page(stdClass $user, string $tab = '', bool $own = true): DOMXPath {
        return $this->parse($this->html($user, $tab, $own));
    }

    /**
     * Renders the page with every tab that it offers, one after the other.
     *
     * @param stdClass $user the page's owner
     * @param bool $own whether the student looks at it herself
     * @return DOMXPath over all of them, as children of one element
     */
    protected function pages(stdClass $user, bool $own = true): DOMXPath {
        $links = iterator_to_array($this->page($user, '', $own)->query('//nav//a/@href'), false);
        $html = array_map(fn($link): string => $this->html($user, (new \core\url($link->nodeValue))->param('tab'), $own), $links);
        return $this->parse('<div>' . implode($html) . '</div>');
    }

    /**
     * Collects the texts of some nodes.
     *
     * @param DOMXPath $page the page
     * @param string $query which nodes
     * @return string[] with spaces normalised
     */
    protected function texts(DOMXPath $page, string $query): array {
        return array_map($this->clean(...), iterator_to_array($page->query($query), false));
    }

    /**
     * Gives a node's text with its spaces normalised.
     *
     * @param \DOMNode $node the node
     * @return string
     */
    protected function clean(\DOMNode $node): string {
        return trim(preg_replace('/[\s\x{a0}]+/u', ' ', $node->textContent));
    }

    /**
     * Renders the page.
     *
     * @param stdClass $user the page's owner
     * @param string $tab name of the tab, empty: the first
     * @param bool $own whether the student looks at it herself
     * @return string
     */
    private function html(stdClass $user, string $tab, bool $own): string {
        global $PAGE;
        $PAGE->set_url('/');
        return $PAGE->get_renderer('core')->render(dashboard::for_user($user, $own, $tab));
    }

    /**
     * Reads HTML.
     *
     * @param string $html the page
     * @return DOMXPath
     */
    private function parse(string $html): DOMXPath {
        $document = new DOMDocument();
        $this->assertTrue($document->loadHTML('<?xml encoding="utf-8"?>' . $html, LIBXML_NOERROR));
        return new DOMXPath($document);
    }
}
