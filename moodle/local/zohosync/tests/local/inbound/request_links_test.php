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

namespace local_zohosync\local\inbound;

use local_zohosync\local\request\requests as raised;

/**
 * Which request of Moodle's a record of Zoho's answers.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\inbound\requests
 */
final class request_links_test extends \advanced_testcase {
    /**
     * A record that was linked to the wrong request goes to the right one; what the student wrote is never lost.
     */
    public function test_linked_anew(): void {
        global $DB;
        $this->resetAfterTest();
        $this->setAdminUser();
        /** @var \local_zohosync_generator $generator */
        $generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $userid = (int) $generator->linked_student()->user->id;
        $first = raised::raise($userid, 'Student Card', 'Mine is lost');
        $second = raised::raise($userid, 'Student Card', 'Too far');
        $row = $generator->request_row(['status' => 'Approved']);
        foreach ([$first, $second] as $number) {
            $result = (new requests([['requestid' => $number, 'changehash' => md5((string) $number)] + $row]))->upsert()[0];
            $this->assertSame(['updated', $number], [$result['status'], $result['moodleid']], $result['message']);
        }
        $links = $DB->get_records_menu('local_zohosync_request', [], 'id', 'id, zohoid');
        $this->assertSame([$first => '', $second => $row['zohoid']], $links);
        $this->assertSame(['Mine is lost', 'Too far'], array_column(raised::snapshots([$first, $second]), 'reason'));
    }
}
