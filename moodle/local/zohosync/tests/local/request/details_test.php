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

namespace local_zohosync\local\request;

use core\context;
use core_external\external_api;
use local_zohosync\external\get_attachment;
use local_zohosync\external\get_requests;
use local_zohosync\external\put_attachments;
use local_zohosync\event\request_file_viewed;
use local_zohosync\local\agent_settings;
use local_zohosync\local\inbound\courses;
use local_zohosync\local\inbound\mirror;
use local_zohosync\local\inbound\record_kind;
use local_zohosync\local\inbound\records;

/**
 * What each type of request needs, and files: only her own, only what is offered, only what is allowed.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 * @covers \local_zohosync\local\request\asked
 * @covers \local_zohosync\local\request\attachments
 * @covers \local_zohosync\local\request\choices
 * @covers \local_zohosync\local\request\details
 * @covers \local_zohosync\event\request_file_viewed
 * @covers \local_zohosync\external\get_attachment
 * @covers \local_zohosync\external\put_attachments
 * @covers ::local_zohosync_pluginfile
 */
final class details_test extends \advanced_testcase {
    /** @var string A small but real PDF, as far as its beginning tells. */
    private const PDF = "%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n";

    /** @var \local_zohosync_generator Makes rows. */
    private \local_zohosync_generator $generator;

    /** @var \stdClass A linked student. */
    private \stdClass $linked;

    /** @var int Her account. */
    private int $userid;

    #[\Override]
    protected function setUp(): void {
        parent::setUp();
        $this->resetAfterTest();
        $this->setAdminUser();
        $this->generator = $this->getDataGenerator()->get_plugin_generator('local_zohosync');
        $this->generator->set_up();
        $this->linked = $this->generator->linked_student();
        $this->userid = (int) $this->linked->user->id;
        agent_settings::put('student_dashboard.requests', json_encode([
            'late_submission' => ['attachment' => 'optional'], 'change_information' => ['attachment' => 'optional'],
        ]));
    }

    /**
     * A class can be dropped by whoever is in it while it runs, and by nobody else.
     */
    public function test_class_drop(): void {
        $other = $this->generator->linked_student();
        $this->assertSame('error:requestclasses', $this->refused('Class Drop', new details()));
        $this->assertSame('error:requestclasses', $this->refused('Class Drop', new details([$other->classid])));
        $this->assertSame(
            'error:requestclasses',
            $this->refused('Class Drop', new details([$this->linked->classid, $other->classid]))
        );
        $id = requests::raise($this->userid, 'Class Drop', 'Because', new details([$this->linked->classid]));
        $named = [['zohoid' => $this->linked->classid, 'name' => $this->linked->course->fullname]];
        $this->assertSame($named, $this->picture($id)['classes']);
    }

    /**
     * Neither an enrollment that has ended nor a class that is over can be dropped.
     *
     * @dataProvider over
     * @param string $table
     * @param string $column
     * @param mixed $value
     */
    public function test_class_that_is_over(string $table, string $column, mixed $value): void {
        global $DB;
        $this->assertNotSame([], choices::running($this->userid));
        $DB->set_field($table, $column, $value);
        $this->assertSame('error:requestclasses', $this->refused('Class Drop', new details([$this->linked->classid])));
    }

    /**
     * Ways in which a class is over for a student.
     *
     * @return array[]
     */
    public static function over(): array {
        return [
            'enrollment ended' => [mirror::ENROLMENT, 'enddate', '2020-01-01'],
            'enrollment deleted' => [mirror::ENROLMENT, 'deleted', 1],
            'class ended' => [mirror::COURSE, 'enddate', '2020-01-01'],
            'class completed' => [mirror::COURSE, 'status', 'Completed'],
            'class deleted' => [mirror::COURSE, 'deleted', 1],
        ];
    }

    /**
     * For the next semester she chooses among the classes of her programmes that she is not in.
     */
    public function test_enroll(): void {
        global $DB;
        [$program, $another] = [$this->generator->zohoid(), $this->generator->zohoid()];
        $rows = [
            $this->generator->course_row(['programid' => $program, 'fullname' => 'Databases']),
            $this->generator->course_row(['programid' => $program, 'fullname' => 'Databases']),
            $this->generator->course_row(['programid' => $another, 'fullname' => 'Sculpture']),
            $this->generator->course_row(['programid' => $program, 'fullname' => 'Past', 'enddate' => '2020-01-01']),
        ];
        (new courses($rows))->upsert();
        $this->assertSame([], choices::to_join($this->userid));
        requests::raise($this->userid, 'Enroll Next Semester', 'There is none to choose');
        $registration = $this->generator->record_row('registration', [
            'studentid' => $this->linked->studentid, 'programid' => $program,
        ]);
        (new records(record_kind::of('registration'), [$registration]))->upsert();
        $DB->set_field(mirror::COURSE, 'programid', $program, ['zohoid' => $this->linked->classid]);

        $offered = choices::to_join($this->userid);
        $this->assertEqualsCanonicalizing([$rows[0]['zohoid'], $rows[1]['zohoid']], array_map(strval(...), array_keys($offered)));
        $this->assertCount(2, array_unique($offered), 'two of one name can be told apart');
        foreach ([$rows[2], $rows[3], ['zohoid' => $this->linked->classid]] as $foreign) {
            $refused = $this->refused('Enroll Next Semester', new details([$foreign['zohoid']]));
            $this->assertSame('error:requestclasses', $refused);
        }
        $this->assertSame('error:requestclasses', $this->refused('Enroll Next Semester', new details()));
        $both = [$rows[0]['zohoid'], $rows[1]['zohoid'], $rows[0]['zohoid']];
        $id = requests::raise($this->userid, 'Enroll Next Semester', '', new details($both));
        $this->assertSame(array_slice($both, 0, 2), array_column($this->picture($id)['classes'], 'zohoid'));
    }

    /**
     * More time is asked for an assignment of her own classes, which she can see.
     */
    public function test_late_submission(): void {
        $other = $this->generator->linked_student();
        $make = fn(\stdClass $linked, array $more = []): int => (int) $this->getDataGenerator()
            ->create_module('assign', ['course' => $linked->course->id, 'name' => 'Report'] + $more)->id;
        [$mine, $foreign, $hidden] = [$make($this->linked), $make($other), $make($this->linked, ['visible' => 0])];
        foreach ([0, 999999, $foreign, $hidden] as $assignid) {
            $this->assertSame('error:requestassignment', $this->refused('Late Submission', new details([], $assignid)));
        }
        $id = requests::raise($this->userid, 'Late Submission', 'Ill', new details([$other->classid], $mine));
        $picture = $this->picture($id);
        $this->assertSame([$mine, 'Report'], [$picture['assignid'], $picture['assignname']]);
        $this->assertSame([$this->linked->classid], array_column($picture['classes'], 'zohoid'), 'the class is the assignment\'s');
    }

    /**
     * Only what is on the list can be changed, in one line each, and it stays as it was typed.
     */
    public function test_change_information(): void {
        $this->assertSame('error:requestchanges', $this->refused('Change Information', new details()));
        $this->assertSame('error:requestchanges', $this->refused('Change Information', new details(changes: ['phone' => '  '])));
        foreach (['status', 'username', 'award'] as $field) {
            $wanted = new details(changes: ['phone' => '1', $field => 'x']);
            $this->assertSame('error:requestchanges', $this->refused('Change Information', $wanted));
        }
        $long = new details(changes: ['address' => str_repeat('ا', 256)]);
        $this->assertSame('error:valuetoolong', $this->refused('Change Information', $long));
        $wanted = ['city' => "إسطنبول\n 🙂 <b>", 'firstname' => " O'Neil ", 'phone' => ''];
        $id = requests::raise($this->userid, 'Change Information', '', new details(changes: $wanted));
        $this->assertSame([
            ['field' => 'firstname', 'value' => "O'Neil"], ['field' => 'city', 'value' => 'إسطنبول 🙂 <b>'],
        ], $this->picture($id)['changes']);
    }

    /**
     * Zoho has one text for the reason and for what the request is about: both fit, or it is said how much does.
     */
    public function test_room_for_the_reason(): void {
        $details = new details(changes: array_fill_keys(['address', 'city'], str_repeat('x', 255)));
        $this->assertSame('error:valuetoolong', $this->refused('Change Information', $details, str_repeat('y', 1500)));
        $room = asked::of($this->userid, 'Change Information', $details)->room();
        $this->assertLessThan(1500, $room);
        $this->assertGreaterThan(0, requests::raise($this->userid, 'Change Information', str_repeat('y', $room), $details));
    }

    /**
     * What a type does not need is not kept.
     */
    public function test_what_is_not_needed(): void {
        $id = requests::raise($this->userid, 'Student Card', 'Lost', new details(['1'], 5, ['phone' => '1']));
        $picture = $this->picture($id);
        $this->assertSame([[], 0, []], [$picture['classes'], $picture['assignid'], $picture['changes']]);
    }

    /**
     * Another class, another value or another file is another request, not a second click.
     */
    public function test_second_click(): void {
        $raise = fn(string $value, int $draft = 0): int => requests::raise(
            $this->userid,
            'Change Information',
            'Moved',
            new details(changes: ['phone' => $value], draftid: $draft)
        );
        $draft = $this->draft(['a.pdf' => self::PDF]);
        $first = $raise('1', $draft);
        $this->assertSame($first, $raise('1', $draft));
        $this->assertCount(1, attachments::of_requests([$first])[$first]);
        $this->assertNotSame($first, $raise('2', $draft));
        $this->assertNotSame($first, $raise('1'));
        $this->assertNotSame($first, $raise('1', $this->draft(['a.pdf' => self::PDF . ' '])));
    }

    /**
     * Files are kept in her own context, byte for byte, and the agent reads them there.
     */
    public function test_files(): void {
        $png = base64_decode('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==');
        $id = $this->raise_with(['تقرير طبي.pdf' => self::PDF, 'Scan.PNG' => $png]);
        $told = $this->picture($id)['attachments'];
        $this->assertSame(['تقرير طبي.pdf', 'Scan.PNG'], array_column($told, 'filename'));
        $this->assertSame(['application/pdf', 'image/png'], array_column($told, 'mimetype'));
        $this->assertSame([strlen(self::PDF), strlen($png)], array_column($told, 'size'));
        $this->assertSame(['', ''], array_column($told, 'status'));
        $file = attachments::get($id, $told[0]['fileid']);
        $this->assertEquals(context\user::instance($this->userid)->id, $file->get_contextid());
        $given = get_attachment::execute($id, $told[1]['fileid']);
        $this->assertSame([$png, sha1($png)], [base64_decode($given['content']), $given['contenthash']]);
        $another = $this->raise_with(['b.pdf' => self::PDF]);
        $this->expectExceptionMessage('This request has no file');
        get_attachment::execute($another, $told[0]['fileid']);
    }

    /**
     * Files that are too many, too large, not on the list, or not what their names say leave nothing behind.
     *
     * @dataProvider bad_files
     * @param string $error
     * @param string[] $files contents by name
     */
    public function test_bad_files(string $error, array $files): void {
        global $DB;
        $this->assertSame($error, $this->refused('Student Card', new details(draftid: $this->draft($files))));
        $this->assertSame(0, $DB->count_records(mirror::REQUEST));
        $this->assertSame(0, $DB->count_records('files', ['component' => 'local_zohosync']));
    }

    /**
     * Files that are not taken.
     *
     * @return array[]
     */
    public static function bad_files(): array {
        return [
            'a fourth' => ['error:requestfiletoomany', array_fill_keys(['1.pdf', '2.pdf', '3.pdf', '4.pdf'], self::PDF)],
            'too large' => ['error:requestfiletoolarge', ['big.pdf' => self::PDF . str_repeat(' ', 5 * 1024 * 1024)]],
            'a script' => ['error:requestfiletype', ['shell.php' => '<?php echo 1;']],
            'a script named like a PDF' => ['error:requestfiletype', ['shell.pdf' => '<?php echo 1;']],
            'a page named like a picture' => ['error:requestfiletype', ['page.png' => '<html><script>1</script></html>']],
            'a PDF named like a picture' => ['error:requestfiletype', ['scan.png' => self::PDF]],
            'a PDF named like a page' => ['error:requestfiletype', ['page.html' => self::PDF]],
            'one of two' => ['error:requestfiletype', ['a.pdf' => self::PDF, 'b.exe' => 'MZ']],
            'an empty one' => ['error:requestfiletype', ['a.pdf' => '']],
        ];
    }

    /**
     * The setting says for each type whether files are needed, taken or not.
     */
    public function test_rule_for_files(): void {
        agent_settings::put('student_dashboard.requests', json_encode([
            'student_card' => ['attachment' => 'required'], 'change_information' => ['attachment' => 'none'],
        ]));
        $this->assertSame('error:requestfilerequired', $this->refused('Student Card', new details()));
        $this->raise_with(['a.pdf' => self::PDF]);
        $details = new details(changes: ['phone' => '1'], draftid: $this->draft(['a.pdf' => self::PDF]));
        $id = requests::raise($this->userid, 'Change Information', '', $details);
        $this->assertSame([], $this->picture($id)['attachments']);
    }

    /**
     * Another person's draft is not hers to send.
     */
    public function test_draft_of_another(): void {
        $draft = $this->draft(['a.pdf' => self::PDF]);
        $other = $this->generator->linked_student();
        $id = requests::raise((int) $other->user->id, 'Student Card', 'Lost', new details(draftid: $draft));
        $this->assertSame([], $this->picture($id)['attachments']);
    }

    /**
     * Who may open a file: she herself, and whoever may see any page of hers, which is logged; nobody else.
     */
    public function test_who_may_open_a_file(): void {
        global $DB;
        $id = $this->raise_with(['a.pdf' => self::PDF]);
        $file = attachments::get($id, $this->picture($id)['attachments'][0]['fileid']);
        $context = context\user::instance($this->userid);
        $may = function (?\stdClass $user) use ($file, $context): bool {
            $this->setUser($user);
            return attachments::may_open($file, $context);
        };
        $other = $this->generator->linked_student()->user;
        $sink = $this->redirectEvents();
        $this->assertTrue($may($this->linked->user));
        $this->assertSame([], $sink->get_events());
        $this->assertFalse($may($other));
        $this->assertFalse($may(guest_user()));
        $this->assertFalse($may(null));
        $this->setUser($other);
        $args = [$id, 'a.pdf'];
        $this->assertFalse(local_zohosync_pluginfile(get_site(), null, $context, attachments::AREA, $args, false));
        $this->assertFalse(local_zohosync_pluginfile(
            get_site(),
            null,
            context\user::instance($other->id),
            attachments::AREA,
            $args,
            false
        ), 'not under her own name either');

        $tutor = $this->getDataGenerator()->create_user();
        $role = $this->getDataGenerator()->create_role();
        assign_capability('local/student_dashboard:viewany', CAP_ALLOW, $role, \core\context\system::instance());
        role_assign($role, $tutor->id, $context);
        $sink->clear();
        $this->assertTrue($may($tutor));
        $this->assertInstanceOf(request_file_viewed::class, $sink->get_events()[0]);
        $this->assertSame($this->userid, (int) $sink->get_events()[0]->relateduserid);
        $theirs = $this->raise_for($other, ['b.pdf' => self::PDF]);
        $foreign = attachments::get($theirs, $this->picture($theirs)['attachments'][0]['fileid']);
        $this->setUser($tutor);
        $this->assertFalse(attachments::may_open($foreign, context\user::instance($other->id)), 'in this student\'s context only');

        agent_settings::put('student_dashboard.visibility', json_encode(['requests' => false]));
        $this->assertFalse($may($this->linked->user), 'the college hides requests');
        agent_settings::put('student_dashboard.visibility', '{}');
        $DB->set_field(mirror::REQUEST, 'deleted', 1, ['id' => $id]);
        $this->assertFalse($may($this->linked->user), 'there is no such request any more');
    }

    /**
     * Nobody who is logged in as the student opens her files.
     */
    public function test_logged_in_as(): void {
        $id = $this->raise_with(['a.pdf' => self::PDF]);
        $file = attachments::get($id, $this->picture($id)['attachments'][0]['fileid']);
        $this->setAdminUser();
        \core\session\manager::loginas($this->userid, \core\context\system::instance());
        $this->assertFalse(attachments::may_open($file, context\user::instance($this->userid)));
    }

    /**
     * What became of the files is kept with the request, for its own files only, in words that are no markup.
     */
    public function test_what_became_of_files(): void {
        $id = $this->raise_with(['a.pdf' => self::PDF, 'b.pdf' => self::PDF . ' ']);
        [$sent, $refused] = array_column($this->picture($id)['attachments'], 'fileid');
        $this->setAdminUser();
        $rows = [
            ['fileid' => $sent, 'status' => 'sent', 'message' => ''],
            ['fileid' => $refused, 'status' => 'refused', 'message' => 'File size <b>exceeds</b> 1 MB'],
            ['fileid' => 999999, 'status' => 'sent', 'message' => ''],
        ];
        $answer = put_attachments::execute($id, 3, $rows);
        $this->assertSame(['kept' => 2], external_api::clean_returnvalue(put_attachments::execute_returns(), $answer));
        $told = $this->picture($id)['attachments'];
        $this->assertSame(['sent', 'refused'], array_column($told, 'status'));
        $this->assertSame(['', 'File size exceeds 1 MB'], array_column($told, 'message'));
        put_attachments::execute($id, 1, [['fileid' => $refused, 'status' => 'sent', 'message' => '']]);
        $this->assertSame(['sent', 'sent'], array_column($this->picture($id)['attachments'], 'status'));
        $this->assertSame(['kept' => 0], put_attachments::execute(999999, 1, array_slice($rows, 0, 1)));
        $this->expectException(\invalid_parameter_exception::class);
        put_attachments::execute($id, 1, [['fileid' => $sent, 'status' => 'lost', 'message' => '']]);
    }

    /**
     * With the account its files go.
     */
    public function test_deleted_account(): void {
        global $DB;
        $this->raise_with(['a.pdf' => self::PDF]);
        $this->assertNotSame(0, $DB->count_records('files', ['component' => 'local_zohosync']));
        delete_user($this->linked->user);
        $this->assertSame(0, $DB->count_records('files', ['component' => 'local_zohosync']));
    }

    /**
     * Raise a request with files.
     *
     * @param string[] $files contents by name
     * @return int its number
     */
    private function raise_with(array $files): int {
        return $this->raise_for($this->linked->user, $files);
    }

    /**
     * Raise a request with files for a student.
     *
     * @param \stdClass $user
     * @param string[] $files contents by name
     * @return int its number
     */
    private function raise_for(\stdClass $user, array $files): int {
        $details = new details(draftid: $this->draft($files, $user));
        return requests::raise((int) $user->id, 'Student Card', 'With ' . implode(' ', array_keys($files)), $details);
    }

    /**
     * Put files into a new draft area of a student's.
     *
     * @param string[] $files contents by name
     * @param \stdClass|null $user null: the linked student
     * @return int the draft area
     */
    private function draft(array $files, ?\stdClass $user = null): int {
        global $CFG;
        require_once($CFG->libdir . '/filelib.php');
        $this->setUser($user ?? $this->linked->user);
        $draftid = file_get_unused_draft_itemid();
        foreach ($files as $name => $content) {
            get_file_storage()->create_file_from_string([
                'contextid' => context\user::instance(($user ?? $this->linked->user)->id)->id, 'component' => 'user',
                'filearea' => 'draft', 'itemid' => $draftid, 'filepath' => '/', 'filename' => (string) $name,
            ], $content);
        }
        $this->setAdminUser();
        return $draftid;
    }

    /**
     * The code with which a request of the linked student is refused.
     *
     * @param string $type
     * @param details $details
     * @param string $reason
     * @return string empty when it is taken
     */
    private function refused(string $type, details $details, string $reason = 'Because'): string {
        try {
            requests::raise($this->userid, $type, $reason, $details);
            return '';
        } catch (\moodle_exception $e) {
            return $e->errorcode;
        }
    }

    /**
     * The picture of a request, as the agent gets it.
     *
     * @param int $id
     * @return array
     */
    private function picture(int $id): array {
        return external_api::clean_returnvalue(get_requests::execute_returns(), get_requests::execute([$id]))['requests'][0];
    }
}
