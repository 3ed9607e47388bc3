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

namespace local_zohosync\local\definition;

use local_zohosync\local\agent_settings;
use local_zohosync\local\inbound\mirror;

/**
 * How the advanced grading of assignments in linked courses stands.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class assignments {
    /** @var string It is as the unit says. */
    public const CURRENT = 'current';
    /** @var string There is none yet. */
    public const MISSING = 'missing';
    /** @var string The unit, its criteria or the way of grading have changed since. */
    public const OUTDATED = 'outdated';
    /** @var string A teacher grades it her own way. */
    public const FOREIGN = 'foreign';
    /** @var string There is nothing to apply. */
    public const NONE = 'none';

    /** @var string What is known of an assignment, in one query. */
    private const SQL = "SELECT a.id, a.course AS courseid, a.grade, cm.id AS cmid, c.zohoid, c.unitid, ga.activemethod,
                                gd.id AS definitionid, gd.description, gd.timemodified, own.id AS ownid,
                                own.definitionid AS owndefinition, own.method AS ownmethod,
                                own.changehash, own.kept, own.timemodified AS owntime,
                                CASE WHEN EXISTS (SELECT 1
                                                    FROM {assign_grades} g
                                                   WHERE g.assignment = a.id AND g.grade >= 0)
                                     THEN 1 ELSE 0 END AS graded
                           FROM {assign} a
                           JOIN {modules} m ON m.name = 'assign'
                           JOIN {course_modules} cm ON cm.module = m.id AND cm.instance = a.id AND cm.deletioninprogress = 0
                           JOIN {context} ctx ON ctx.instanceid = cm.id AND ctx.contextlevel = :modulelevel
                           JOIN {local_zohosync_course} c ON c.courseid = a.course AND c.deleted = 0
                      LEFT JOIN {grading_areas} ga ON ga.contextid = ctx.id AND ga.component = 'mod_assign'
                                AND ga.areaname = 'submissions'
                      LEFT JOIN {grading_definitions} gd ON gd.areaid = ga.id AND gd.method = ga.activemethod
                      LEFT JOIN {local_zohosync_definition} own ON own.assignid = a.id
                          WHERE ";

    /**
     * List assignments of linked courses, page by page.
     *
     * @param int $after id after which the page begins
     * @param int $limit at most so many
     * @return array[] id, zohoid (of the class), unitid, cmid, method, definitionid, state, kept; by id
     */
    public static function page(int $after, int $limit): array {
        $rows = self::read('a.id > :after ORDER BY a.id', ['after' => $after], $limit);
        $criteria = new criteria(array_column($rows, 'unitid'));
        return array_map(fn(\stdClass $row): array => [
            'id' => (int) $row->id,
            'zohoid' => $row->zohoid,
            'unitid' => $row->unitid,
            'cmid' => (int) $row->cmid,
            'method' => (string) $row->activemethod,
            'definitionid' => (int) $row->definitionid,
            'state' => self::state($row, $criteria),
            'kept' => (string) $row->kept,
        ], $rows);
    }

    /**
     * The assignments of classes.
     *
     * @param string[] $zohoids Zoho's ids of the classes
     * @return \stdClass[] rows, by class and number
     */
    public static function of_classes(array $zohoids): array {
        global $DB;
        if (!$zohoids) {
            return [];
        }
        [$in, $params] = $DB->get_in_or_equal($zohoids, SQL_PARAMS_NAMED, 'class');
        return self::read("c.zohoid $in ORDER BY a.id", $params);
    }

    /**
     * One assignment as it is now.
     *
     * @param int $assignid
     * @return \stdClass|null null when it is gone, or in no linked course any more
     */
    public static function one(int $assignid): ?\stdClass {
        return self::read('a.id = :id', ['id' => $assignid])[0] ?? null;
    }

    /**
     * Say how one stands.
     *
     * @param \stdClass $row
     * @param criteria $criteria of its unit
     * @return string one of the constants
     */
    public static function state(\stdClass $row, criteria $criteria): string {
        if (!$criteria->of($row->unitid) || !self::form()) {
            return self::NONE;
        }
        if (!$row->owndefinition) {
            // A way of grading that a teacher chose, or marks that were given without one, stay as they are.
            return (string) $row->activemethod !== '' || $row->graded || !self::suits($row) ? self::FOREIGN : self::MISSING;
        }
        if ((int) $row->definitionid !== (int) $row->owndefinition) {
            return self::FOREIGN;
        }
        $current = $row->changehash === $criteria->hash($row->unitid, $row->ownmethod);
        return $current && $row->timemodified <= $row->owntime ? self::CURRENT : self::OUTDATED;
    }

    /**
     * The way of grading that new definitions get.
     *
     * @return form|null null when none is to be made, or the one that the settings name is not installed
     */
    public static function form(): ?form {
        $setting = agent_settings::get('grading.definitions');
        $btec = btec_form::is_installed();
        return match (true) {
            !$setting['apply'] => null,
            $setting['method'] === 'rubric', $setting['method'] === 'auto' && !$btec => new rubric_form(),
            default => $btec ? new btec_form() : null,
        };
    }

    /**
     * Can the assignment's grade say what the form gives? The BTEC form gives the number of a scale's item, 1 to 4.
     *
     * @param \stdClass $row
     * @return bool
     */
    private static function suits(\stdClass $row): bool {
        $grade = (int) $row->grade;
        if ($grade === 0) {
            return false;
        }
        return self::form()->method() !== 'btec' || $grade === 4 || $grade < 0;
    }

    /**
     * Read rows.
     *
     * @param string $where
     * @param array $params
     * @param int $limit 0: all
     * @return \stdClass[]
     */
    private static function read(string $where, array $params, int $limit = 0): array {
        global $DB;
        $params['modulelevel'] = CONTEXT_MODULE;
        $sql = str_replace('{local_zohosync_course}', '{' . mirror::COURSE . '}', self::SQL) . $where;
        return array_map(function (\stdClass $row): \stdClass {
            if (!$row->ownid && stamp::in($row->description)) {
                // Its assignment was duplicated or restored: the definition is ours, though not yet written for this one.
                $row->owndefinition = $row->definitionid;
                $row->ownmethod = $row->activemethod;
            }
            return $row;
        }, array_values($DB->get_records_sql($sql, $params, 0, $limit)));
    }
}
