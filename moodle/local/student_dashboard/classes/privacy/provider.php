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

namespace local_student_dashboard\privacy;

use core\context;
use core\context\user as user_context;
use core_privacy\local\metadata\collection;
use core_privacy\local\metadata\provider as metadata_provider;
use core_privacy\local\request\approved_contextlist;
use core_privacy\local\request\approved_userlist;
use core_privacy\local\request\contextlist;
use core_privacy\local\request\core_userlist_provider;
use core_privacy\local\request\plugin\provider as plugin_provider;
use core_privacy\local\request\transform;
use core_privacy\local\request\userlist;
use core_privacy\local\request\writer;
use local_student_dashboard\local\card\photos;

/**
 * What this plugin keeps itself: each row and photo belongs to one student, and to her user context.
 *
 * What the page shows besides is kept by local_zohosync and by the gradebook; their providers answer for it.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
class provider implements core_userlist_provider, metadata_provider, plugin_provider {
    /** @var array<string, string[]> Columns about a student, by table; each table has a column userid besides. */
    private const TABLES = [
        'local_student_dashboard_photo' => ['status', 'reason', 'reviewerid', 'timereviewed', 'timecreated'],
        'local_student_dashboard_card' => ['requestid', 'timeissued', 'timeexpires', 'timerevoked', 'revokedby'],
        'local_student_dashboard_seen' => ['gradekey', 'version', 'timeseen'],
    ];

    /** @var array<string, string[]> Secrets about a student, by table: told of, never exported. */
    private const SECRETS = ['local_student_dashboard_card' => ['tokenhash', 'token']];

    /** @var array<string, string> The column that names who decided, by table. */
    private const DECIDERS = ['local_student_dashboard_photo' => 'reviewerid', 'local_student_dashboard_card' => 'revokedby'];

    #[\Override]
    public static function get_metadata(collection $collection): collection {
        foreach (self::TABLES as $table => $columns) {
            $fields = [];
            foreach (['userid', ...$columns, ...(self::SECRETS[$table] ?? [])] as $column) {
                $fields[$column] = "privacy:metadata:$column";
            }
            $collection->add_database_table($table, $fields, "privacy:metadata:$table");
        }
        $collection->add_subsystem_link('core_files', [], 'privacy:metadata:files');
        return $collection;
    }

    #[\Override]
    public static function get_contexts_for_userid(int $userid): contextlist {
        $contexts = new contextlist();
        foreach (array_keys(self::TABLES) as $table) {
            $decider = isset(self::DECIDERS[$table]) ? ' OR t.' . self::DECIDERS[$table] . ' = :decider' : '';
            $contexts->add_from_sql(
                "SELECT c.id
                   FROM {context} c
                   JOIN {{$table}} t ON t.userid = c.instanceid
                  WHERE c.contextlevel = :level AND (t.userid = :userid$decider)",
                ['level' => CONTEXT_USER, 'userid' => $userid] + ($decider ? ['decider' => $userid] : []),
            );
        }
        return $contexts;
    }

    #[\Override]
    public static function get_users_in_context(userlist $userlist): void {
        $context = $userlist->get_context();
        if (!$context instanceof user_context) {
            return;
        }
        foreach (array_keys(self::TABLES) as $table) {
            foreach (array_filter(['userid', self::DECIDERS[$table] ?? '']) as $column) {
                $sql = "SELECT $column AS userid FROM {{$table}} WHERE userid = :owner AND $column <> 0";
                $userlist->add_from_sql('userid', $sql, ['owner' => $context->instanceid]);
            }
        }
    }

    #[\Override]
    public static function export_user_data(approved_contextlist $contextlist): void {
        $userid = (int) $contextlist->get_user()->id;
        $path = [get_string('pluginname', 'local_student_dashboard')];
        foreach (self::user_contexts($contextlist->get_contexts()) as $context) {
            $own = (int) $context->instanceid === $userid;
            foreach (array_keys(self::TABLES) as $table) {
                if ($rows = self::rows($table, $context, $userid)) {
                    $place = [...$path, get_string("privacy:metadata:$table", 'local_student_dashboard')];
                    writer::with_context($context)->export_data($place, (object) ['rows' => $rows]);
                }
            }
            if ($own) {
                writer::with_context($context)->export_area_files($path, photos::COMPONENT, photos::AREA, false);
            }
        }
    }

    #[\Override]
    public static function delete_data_for_all_users_in_context(context $context): void {
        if ($context instanceof user_context) {
            self::delete_of((int) $context->instanceid, $context);
        }
    }

    #[\Override]
    public static function delete_data_for_user(approved_contextlist $contextlist): void {
        $userid = (int) $contextlist->get_user()->id;
        foreach (self::user_contexts($contextlist->get_contexts()) as $context) {
            self::delete_in($context, $userid);
        }
    }

    #[\Override]
    public static function delete_data_for_users(approved_userlist $userlist): void {
        $context = $userlist->get_context();
        if ($context instanceof user_context) {
            foreach ($userlist->get_userids() as $userid) {
                self::delete_in($context, (int) $userid);
            }
        }
    }

    /**
     * Forgets one person in the context of a student: the student herself, or who decided about her.
     *
     * @param user_context $context the student's
     * @param int $userid the person
     */
    private static function delete_in(user_context $context, int $userid): void {
        global $DB;
        if ((int) $context->instanceid === $userid) {
            self::delete_of($userid, $context);
            return;
        }
        foreach (self::DECIDERS as $table => $column) {
            $DB->set_field($table, $column, 0, ['userid' => $context->instanceid, $column => $userid]);
        }
    }

    /**
     * Deletes everything about a student.
     *
     * @param int $userid the student
     * @param user_context $context hers
     */
    private static function delete_of(int $userid, user_context $context): void {
        global $DB;
        foreach (array_keys(self::TABLES) as $table) {
            $DB->delete_records($table, ['userid' => $userid]);
        }
        get_file_storage()->delete_area_files($context->id, photos::COMPONENT, photos::AREA);
    }

    /**
     * Reads what one person gets to know of a student's rows: the student all, who decided about her what she decided.
     *
     * @param string $table the table
     * @param user_context $context the student's
     * @param int $userid the person
     * @return array[] readable rows
     */
    private static function rows(string $table, user_context $context, int $userid): array {
        global $DB;
        $mine = ['userid' => $context->instanceid];
        if ((int) $context->instanceid !== $userid) {
            if (!isset(self::DECIDERS[$table])) {
                return [];
            }
            $mine[self::DECIDERS[$table]] = $userid;
        }
        $rows = $DB->get_records($table, $mine, 'id', implode(', ', ['id', ...self::TABLES[$table]]));
        return array_map(self::row(...), array_values($rows));
    }

    /**
     * Keeps the contexts of users.
     *
     * @param context[] $contexts some
     * @return user_context[]
     */
    private static function user_contexts(array $contexts): array {
        return array_filter($contexts, fn(context $context): bool => $context instanceof user_context);
    }

    /**
     * Makes a row readable.
     *
     * @param \stdClass $row as stored
     * @return array its columns, but for the id of the row
     */
    private static function row(\stdClass $row): array {
        $readable = [];
        foreach ((array) $row as $column => $value) {
            $readable[$column] = match (true) {
                str_starts_with($column, 'time') => $value ? transform::datetime($value) : '',
                in_array($column, self::DECIDERS, true) => $value ? transform::user((int) $value) : '',
                default => $value,
            };
        }
        unset($readable['id']);
        return $readable;
    }
}
