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
 * Programmes from Zoho become course categories.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\inbound\programs
 * @covers \local_zohosync\local\inbound\course_category
 */
final class programs_test extends \advanced_testcase {
    /** @var \local_zohosync_generator Makes rows. */
    private \local_zohosync_generator $generator;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->preventResetByRollback();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
    }

    /**
     * A programme gets a category below the one for classes; again: nothing is written.
     */
    public function test_create(): void {
        global $DB;
        $row = $this->generator->program_row(['name' => 'برنامج 5', 'description' => 'About <b>it</b>']);
        $result = $this->one($row);
        $this->assertSame('created', $result['status']);
        $category = $DB->get_record('course_categories', ['id' => $result['moodleid']]);
        $this->assertSame(['برنامج 5', $row['zohoid'], 'About it', '1'], [
            $category->name, $category->idnumber, $category->description, $category->visible,
        ]);
        $this->assertSame('zohosync', $DB->get_field('course_categories', 'idnumber', ['id' => $category->parent]));
        $writes = $DB->perf_get_writes();
        $this->assertSame('unchanged', $this->one($row)['status']);
        $this->assertSame($writes, $DB->perf_get_writes());
    }

    /**
     * The configured category is the parent.
     */
    public function test_configured_parent(): void {
        global $DB;
        $parent = $this->getDataGenerator()->create_category();
        set_config('coursecategory', $parent->id, 'local_zohosync');
        $id = $this->one($this->generator->program_row())['moodleid'];
        $this->assertEquals($parent->id, $DB->get_field('course_categories', 'parent', ['id' => $id]));
    }

    /**
     * A category that carries the programme's id is adopted where and as it is; two are refused.
     */
    public function test_adopt(): void {
        global $DB;
        $row = $this->generator->program_row();
        $category = $this->getDataGenerator()->create_category(['idnumber' => $row['zohoid'], 'name' => 'Mine']);
        $result = $this->one($row);
        $this->assertSame(['updated', (int) $category->id], [$result['status'], $result['moodleid']]);
        $this->assertSame(['Mine', '0'], array_values(
            (array) $DB->get_record('course_categories', ['id' => $category->id], 'name, parent')
        ));
        $this->assertSame('unchanged', $this->one($row)['status']);
        $row = $this->generator->program_row();
        foreach ([1, 2] as $number) {
            $twin = $this->getDataGenerator()->create_category(['name' => "Twin $number"]);
            $DB->set_field('course_categories', 'idnumber', $row['zohoid'], ['id' => $twin->id]);
        }
        $result = $this->one($row);
        $this->assertSame(['refused', 'categoriesambiguous'], [$result['status'], $result['errorcode']]);
        $this->assertStringContainsString('Twin 1', $result['message']);
        $this->assertStringContainsString('Twin 2', $result['message']);
    }

    /**
     * A renamed programme renames its category, wherever an administrator moved it.
     */
    public function test_rename_and_move(): void {
        global $DB;
        $row = $this->generator->program_row();
        $id = $this->one($row)['moodleid'];
        $elsewhere = $this->getDataGenerator()->create_category();
        \core_course_category::get($id)->change_parent($elsewhere);
        $renamed = ['name' => 'Renamed', 'changehash' => md5('r'), 'sourcetime' => 2000] + $row;
        $this->assertSame('updated', $this->one($renamed)['status']);
        $category = $DB->get_record('course_categories', ['id' => $id]);
        $this->assertEquals(['Renamed', $elsewhere->id], [$category->name, $category->parent]);
        $this->assertSame('stale', $this->one($row)['status']);
        // A name that an administrator gave stays while Zoho's own does not change.
        \core_course_category::get($id)->update((object) ['name' => 'Mine']);
        $this->one(['description' => 'More', 'changehash' => md5('d'), 'sourcetime' => 3000] + $renamed);
        $category = $DB->get_record('course_categories', ['id' => $id]);
        $this->assertSame(['Mine', 'More'], [$category->name, $category->description]);
    }

    /**
     * Deleted: hidden, never removed. Restored: shown.
     */
    public function test_delete_and_restore(): void {
        global $DB;
        $row = $this->generator->program_row();
        $id = $this->one($row)['moodleid'];
        $tombstone = ['deleted' => 1, 'sourcetime' => 2000, 'name' => '', 'changehash' => ''] + $row;
        $result = $this->one($tombstone);
        $this->assertSame(['updated', $id], [$result['status'], $result['moodleid']]);
        $this->assertEquals(0, $DB->get_field('course_categories', 'visible', ['id' => $id], MUST_EXIST));
        $this->assertSame('unchanged', $this->one($tombstone)['status']);
        $this->assertSame('updated', $this->one(['sourcetime' => 3000] + $row)['status']);
        $this->assertEquals(1, $DB->get_field('course_categories', 'visible', ['id' => $id], MUST_EXIST));
        $this->assertSame('unchanged', $this->one(['zohoid' => $this->generator->zohoid()] + $tombstone)['status']);
    }

    /**
     * A category that was deleted in Moodle is made anew; bad rows cost themselves only.
     */
    public function test_deleted_in_moodle_and_bad_rows(): void {
        $row = $this->generator->program_row();
        $id = $this->one($row)['moodleid'];
        \core_course_category::get($id)->delete_full(false);
        $results = (new programs([
            $this->generator->program_row(['name' => ' ']), $this->generator->program_row(['zohoid' => '1']), $row,
        ]))->upsert();
        $this->assertSame(['fieldmissing', 'idinvalid', ''], array_column($results, 'errorcode'));
        $this->assertSame('created', $results[2]['status']);
        $this->assertNotSame($id, $results[2]['moodleid']);
    }

    /**
     * A class is made in its programme's category, and stays where it was moved; without a known programme: the general one.
     */
    public function test_category_of_classes(): void {
        global $DB;
        $program = $this->generator->program_row();
        $categoryid = $this->one($program)['moodleid'];
        $class = $this->generator->course_row(['programid' => $program['zohoid']]);
        $courseid = (new courses([$class]))->upsert()[0]['moodleid'];
        $this->assertEquals($categoryid, get_course($courseid)->category);
        $elsewhere = $this->getDataGenerator()->create_category();
        move_courses([$courseid], $elsewhere->id);
        (new courses([['fullname' => 'New', 'changehash' => md5('n')] + $class]))->upsert();
        $this->assertEquals([$elsewhere->id, 'New'], [get_course($courseid)->category, get_course($courseid)->fullname]);
        $unknown = $this->generator->course_row(['programid' => $this->generator->zohoid()]);
        $courseid = (new courses([$unknown]))->upsert()[0]['moodleid'];
        $general = $DB->get_field('course_categories', 'id', ['idnumber' => 'zohosync']);
        $this->assertSame($general, get_course($courseid)->category);
    }

    /**
     * A class that comes before its programme is taken into its category; one that was moved meanwhile stays.
     */
    public function test_class_before_programme(): void {
        global $DB;
        $program = $this->generator->program_row();
        $rows = [
            $this->generator->course_row(['programid' => $program['zohoid']]),
            $this->generator->course_row(['programid' => $program['zohoid']]),
            $this->generator->course_row(['programid' => $this->generator->zohoid()]),
        ];
        $courses = array_column((new courses($rows))->upsert(), 'moodleid');
        $elsewhere = $this->getDataGenerator()->create_category();
        move_courses([$courses[1]], $elsewhere->id);
        $category = $this->one($program)['moodleid'];
        $of = fn(int $course) => (int) $DB->get_field('course', 'category', ['id' => $course]);
        $this->assertSame(
            [$category, (int) $elsewhere->id, course_category::id()],
            array_map($of, $courses)
        );
    }

    /**
     * What an administrator did to a category stays when something else changes in Zoho; hidden from whom the sync acts for, or
     * not.
     */
    public function test_edited_category(): void {
        global $DB;
        $row = $this->generator->program_row(['description' => 'Of Zoho']);
        $categoryid = $this->one($row)['moodleid'];
        $category = \core_course_category::get($categoryid);
        $category->update((object) ['description' => 'By hand']);
        $category->hide();
        $this->setUser($this->getDataGenerator()->create_user());
        $result = $this->one(['name' => 'Renamed', 'changehash' => md5('renamed')] + $row);
        $this->assertSame(['updated', $categoryid], [$result['status'], $result['moodleid']], $result['message']);
        $this->assertEquals(['Renamed', 'By hand', '0'], array_values((array) $DB->get_record(
            'course_categories',
            ['id' => $categoryid],
            'name, description, visible'
        )));
        $DB->delete_records('local_zohosync_program');
        $result = $this->one($row);
        $this->assertSame(['updated', $categoryid], [$result['status'], $result['moodleid']], 'adopted though hidden');
    }

    /**
     * The course of a class that was deleted in Zoho is not moved any more.
     */
    public function test_deleted_class_stays(): void {
        global $DB;
        $program = $this->generator->program_row();
        $class = $this->generator->course_row(['programid' => $program['zohoid']]);
        $courseid = (new courses([$class]))->upsert()[0]['moodleid'];
        $before = $DB->get_field('course', 'category', ['id' => $courseid]);
        (new courses([['deleted' => 1, 'sourcetime' => 2000] + $class]))->upsert();
        $this->assertSame('created', $this->one($program)['status']);
        $this->assertSame($before, $DB->get_field('course', 'category', ['id' => $courseid]));
    }

    /**
     * Carry out one row.
     *
     * @param array $row
     * @return array its result
     */
    private function one(array $row): array {
        return (new programs([$row]))->upsert()[0];
    }
}
