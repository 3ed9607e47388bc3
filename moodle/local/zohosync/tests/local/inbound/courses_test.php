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

/**
 * Classes from Zoho become courses.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\inbound\courses
 * @covers \local_zohosync\local\inbound\course_category
 */
final class courses_test extends \advanced_testcase {
    /** @var \local_zohosync_generator Makes rows. */
    private \local_zohosync_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->preventResetByRollback();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->setTimezone('Asia/Amman');
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
    }

    /**
     * An active class gets a course in the plugin's category; again: nothing.
     */
    public function test_create(): void {
        global $DB;
        $row = $this->generator->course_row(['startdate' => '2026-01-05', 'enddate' => '2026-06-30']);
        $result = $this->one($row);
        $this->assertSame('created', $result['status']);
        $course = get_course($result['moodleid']);
        $this->assertSame([$row['fullname'], $row['shortname'], $row['zohoid']], [
            $course->fullname, $course->shortname, $course->idnumber,
        ]);
        $this->assertSame('2026-01-05 00:00', userdate($course->startdate, '%Y-%m-%d %H:%M', 99, false));
        $this->assertSame('2026-06-30 23:59', userdate($course->enddate, '%Y-%m-%d %H:%M', 99, false));
        $category = $DB->get_record('course_categories', ['id' => $course->category]);
        $this->assertSame('zohosync', $category->idnumber);
        $writes = $DB->perf_get_writes();
        $this->assertSame('unchanged', $this->one($row)['status']);
        $this->assertSame($writes, $DB->perf_get_writes());
        $this->one($this->generator->course_row());
        $this->assertSame(1, $DB->count_records('course_categories', ['idnumber' => 'zohosync']));
    }

    /**
     * The configured category is used; when it is gone the row says so.
     */
    public function test_category(): void {
        $category = $this->getDataGenerator()->create_category();
        set_config('coursecategory', $category->id, 'local_zohosync');
        $id = $this->one($this->generator->course_row())['moodleid'];
        $this->assertEquals($category->id, get_course($id)->category);
        set_config('coursecategory', 999999, 'local_zohosync');
        $result = $this->one($this->generator->course_row());
        $this->assertSame(['error', 'categorymissing'], [$result['status'], $result['errorcode']]);
    }

    /**
     * A class that is not active gets no course, but is known.
     */
    public function test_not_active(): void {
        global $DB;
        $row = $this->generator->course_row(['create' => 0]);
        $result = $this->one($row);
        $this->assertSame(['updated', 0], [$result['status'], $result['moodleid']]);
        $this->assertSame('unchanged', $this->one($row)['status']);
        $this->assertTrue($DB->record_exists('local_zohosync_course', ['zohoid' => $row['zohoid']]));
        $this->assertSame(1, $DB->count_records('course'));
        $this->assertSame('created', $this->one(['create' => 1] + $row)['status']);
    }

    /**
     * When the link is lost, the course that carries the class's id is adopted, and left as the teacher made it.
     */
    public function test_adopt(): void {
        $row = $this->generator->course_row();
        $course = $this->getDataGenerator()->create_course(['idnumber' => $row['zohoid'], 'fullname' => 'Mine']);
        $result = $this->one($row);
        $this->assertSame(['updated', (int) $course->id], [$result['status'], $result['moodleid']]);
        $this->assertSame('Mine', get_course($course->id)->fullname);
        $this->assertSame('unchanged', $this->one($row)['status']);
    }

    /**
     * A teacher's edit survives updates; what Zoho itself changes is written.
     */
    public function test_teachers_edit_survives(): void {
        global $DB;
        $row = $this->generator->course_row();
        $id = $this->one($row)['moodleid'];
        $mine = ['id' => $id, 'fullname' => 'Edited', 'startdate' => 5];
        $DB->update_record('course', (object) $mine);
        $this->assertSame('updated', $this->one(['unitname' => 'Other', 'changehash' => md5('2')] + $row)['status']);
        $this->assertSame('Edited', get_course($id)->fullname);
        $this->assertEquals(5, get_course($id)->startdate);
        $changed = ['fullname' => 'Zoho again', 'startdate' => '2026-02-01', 'changehash' => md5('3')] + $row;
        $this->assertSame('updated', $this->one($changed)['status']);
        $this->assertSame('Zoho again', get_course($id)->fullname);
        $this->assertSame('2026-02-01', userdate(get_course($id)->startdate, '%Y-%m-%d', 99, false));
    }

    /**
     * A short name that is taken gets the end of the record id.
     */
    public function test_shortname_taken(): void {
        $this->getDataGenerator()->create_course(['shortname' => 'TAKEN']);
        $row = $this->generator->course_row(['shortname' => 'TAKEN']);
        $id = $this->one($row)['moodleid'];
        $this->assertSame('TAKEN (' . substr($row['zohoid'], -6) . ')', get_course($id)->shortname);
    }

    /**
     * Deleted in Zoho: the course stays. Older than what is stored: nothing happens. Deleted in Moodle: made anew.
     */
    public function test_lifecycle(): void {
        global $DB;
        $row = $this->generator->course_row(['sourcetime' => 2000]);
        $id = $this->one($row)['moodleid'];
        $this->assertSame('stale', $this->one(['sourcetime' => 1, 'fullname' => 'Old', 'changehash' => md5('o')] + $row)['status']);
        $this->assertSame('updated', $this->one(['deleted' => 1, 'sourcetime' => 3000] + $row)['status']);
        $this->assertTrue($DB->record_exists('course', ['id' => $id]));
        $this->assertSame('updated', $this->one(['sourcetime' => 4000] + $row)['status']);
        delete_course($id, false);
        $result = $this->one(['sourcetime' => 4000] + $row);
        $this->assertSame('created', $result['status']);
        $this->assertNotSame($id, $result['moodleid']);
    }

    /**
     * Bad rows cost themselves only.
     */
    public function test_bad_rows(): void {
        $results = (new courses([
            $this->generator->course_row(['startdate' => '2026-02-01', 'enddate' => '2026-01-01']),
            $this->generator->course_row(['fullname' => '']),
            $this->generator->course_row(['startdate' => '', 'enddate' => '2026-01-01']),
        ]))->upsert();
        $this->assertSame(['enddatebeforestartdate', 'fieldmissing', ''], array_column($results, 'errorcode'));
        $this->assertSame(['error', 'error', 'created'], array_column($results, 'status'));
    }

    /**
     * Two courses that carry the class's id: refused, both named.
     */
    public function test_ambiguous(): void {
        global $DB;
        $row = $this->generator->course_row();
        $one = $this->getDataGenerator()->create_course(['idnumber' => $row['zohoid']]);
        $two = $this->getDataGenerator()->create_course();
        $DB->set_field('course', 'idnumber', $row['zohoid'], ['id' => $two->id]);
        $result = $this->one($row);
        $this->assertSame(['refused', 'coursesambiguous'], [$result['status'], $result['errorcode']]);
        $this->assertStringContainsString("id {$one->id}", $result['message']);
        $this->assertStringContainsString("id {$two->id}", $result['message']);
    }

    /**
     * Hidden when the class says so for the first time, shown when it no longer does; once each.
     */
    public function test_hide(): void {
        global $DB;
        $row = $this->generator->course_row();
        $courseid = $this->one($row)['moodleid'];
        $hidden = ['hide' => 1] + $row;
        $this->assertSame('updated', $this->one($hidden)['status'], 'the form may hash the same');
        $this->assertEquals(0, get_course($courseid)->visible);
        $this->assertSame('unchanged', $this->one($hidden)['status']);
        $this->one($row);
        $this->assertEquals(1, get_course($courseid)->visible);
        $born = $this->generator->course_row(['hide' => 1]);
        $this->assertEquals(0, get_course($this->one($born)['moodleid'])->visible);
        $this->one(['hide' => 0] + $born);
        $this->assertEquals(1, $DB->get_field('course', 'visible', ['idnumber' => $born['zohoid']]));
    }

    /**
     * What an administrator did stays: a course that she shows is not hidden again, one that she hid is not shown.
     */
    public function test_hide_leaves_the_administrators_change(): void {
        $row = $this->generator->course_row();
        $courseid = $this->one($row)['moodleid'];
        $hidden = ['hide' => 1] + $row;
        $this->one($hidden);
        course_change_visibility($courseid, true);
        $this->one(['unitname' => 'Unit 2', 'changehash' => md5('2'), 'sourcetime' => 2000] + $hidden);
        $this->assertEquals(1, get_course($courseid)->visible);
        $this->one(['sourcetime' => 3000] + $row);
        course_change_visibility($courseid, false);
        $this->one(['sourcetime' => 4000] + $hidden);
        $this->one(['sourcetime' => 5000] + $row);
        $this->assertEquals(0, get_course($courseid)->visible, 'it was hidden before the sync would have hidden it');
    }

    /**
     * What differs is named exactly where the same row again would write something, with a few queries for any number.
     */
    public function test_differing(): void {
        global $DB;
        $teacher = $this->generator->teacher_row();
        $userid = (new teachers([$teacher]))->upsert()[0]['moodleid'];
        $staff = $this->getDataGenerator()->create_user(['username' => 'dean']);
        $row = $this->generator->course_row([
            'teacherid' => $teacher['zohoid'],
            'staff' => [['user' => 'dean', 'role' => 'manager'], ['user' => 'nobody', 'role' => 'manager']],
        ]);
        $courseid = $this->one($row)['moodleid'];
        $this->one($this->generator->course_row(['create' => 0]));
        $DB->set_field('course', 'fullname', 'Edited by a teacher', ['id' => $courseid]);
        $this->assertSame(['', ''], $this->differing());
        role_unassign_all(['userid' => $staff->id]);
        $this->assertSame(['staff', ''], $this->differing());
        role_unassign_all(['userid' => $userid]);
        $this->assertSame(['teacher staff', ''], $this->differing());
        $this->assertSame('updated', $this->one($row)['status']);
        $this->assertSame(['', ''], $this->differing());
        $before = $DB->perf_get_queries();
        $this->differing();
        $few = $DB->perf_get_queries() - $before;
        (new courses(array_map(fn() => $this->generator->course_row(['staff' => $row['staff']]), range(1, 5))))->upsert();
        $before = $DB->perf_get_queries();
        $this->assertSame(array_fill(0, 7, ''), $this->differing());
        $this->assertSame($few, $DB->perf_get_queries() - $before);
        delete_course($courseid, false);
        $this->assertSame('course', $this->differing()[0]);
        $this->one(['deleted' => 1, 'sourcetime' => 2000] + $row);
        $this->assertSame('', $this->differing()[0]);
    }

    /**
     * What differs from all stored rows.
     *
     * @return string[] in the order of their making
     */
    private function differing(): array {
        global $DB;
        return array_values(courses::differing($DB->get_records('local_zohosync_course', [], 'id')));
    }

    /**
     * Carry out one row.
     *
     * @param array $row
     * @return array its result
     */
    private function one(array $row): array {
        return (new courses([$row]))->upsert()[0];
    }
}
