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

use local_zohosync\local\inbound\row_runner;

/**
 * Brings the advanced grading of assignments into line with the criteria of their units.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class applier {
    /** @var string Table that remembers what was made. */
    private const TABLE = 'local_zohosync_definition';

    /** @var string Names of units' criteria. */
    private const NAME = '/^[PMD][0-9]{1,2}$/';

    /** @var string What became of an assignment of which nothing had to be written. */
    private const UNCHANGED = 'unchanged';

    /** @var string[] How an assignment stands that has to be written. */
    private const OPEN = [assignments::MISSING, assignments::OUTDATED];

    /**
     * Apply the units of classes to all of their assignments.
     *
     * @param string[] $zohoids Zoho's ids of the classes
     * @return array[] zohoid, cmid, assignid, status, method, definitionid, kept, errorcode, message; a row an assignment
     */
    public static function apply(array $zohoids): array {
        $results = [];
        foreach (assignments::of_classes($zohoids) as $row) {
            $results[] = self::one($row);
        }
        return $results;
    }

    /**
     * Apply a unit to one assignment; what goes wrong is part of its result.
     *
     * @param \stdClass $row of assignments::of_classes()
     * @return array its result
     */
    private static function one(\stdClass $row): array {
        $result = [
            'zohoid' => $row->zohoid, 'cmid' => (int) $row->cmid, 'assignid' => (int) $row->id, 'status' => self::UNCHANGED,
            'method' => (string) $row->activemethod, 'definitionid' => (int) $row->definitionid,
            'kept' => (string) $row->kept, 'errorcode' => '', 'message' => '',
        ];
        try {
            return array_merge($result, self::write($row));
        } catch (\Throwable $e) {
            debugging('local_zohosync: ' . $e->getMessage(), DEBUG_DEVELOPER, $e->getTrace());
            $code = $e instanceof \moodle_exception ? $e->errorcode : 'definitionfailed';
            return array_merge($result, ['status' => 'error', 'errorcode' => $code, 'message' => $e->getMessage()]);
        }
    }

    /**
     * Write what has to be written.
     *
     * @param \stdClass $row
     * @return array what of the result is new
     */
    private static function write(\stdClass $row): array {
        $state = assignments::state($row, new criteria([$row->unitid]));
        if ($state === assignments::FOREIGN) {
            return ['status' => 'foreign'];
        }
        if (!in_array($state, self::OPEN, true)) {
            return [];
        }
        return row_runner::locked(["definition:{$row->id}"], function () use ($row): array {
            // Whoever held the lock before may have done it.
            $row = assignments::one((int) $row->id);
            $criteria = new criteria([$row->unitid ?? '']);
            $open = $row && in_array(assignments::state($row, $criteria), self::OPEN, true);
            return $open ? row_runner::atomic(fn() => self::locked($row, $criteria)) : [];
        });
    }

    /**
     * Write, in a transaction and while nobody else does.
     *
     * @param \stdClass $row
     * @param criteria $criteria
     * @return array what of the result is new
     */
    private static function locked(\stdClass $row, criteria $criteria): array {
        $form = $row->owndefinition ? self::form_of($row->ownmethod) : assignments::form();
        $lines = $criteria->of($row->unitid);
        $definitionid = (int) $row->owndefinition;
        $present = $definitionid ? $form->present($definitionid) : [];
        $marked = $definitionid ? $form->marked($definitionid) : [];
        [$wanted, $kept] = self::merged($lines, $present, $marked);
        $definitionid = self::save($row, $form, $wanted, $criteria->unit_name($row->unitid), $definitionid);
        self::remember($row, [
            'definitionid' => $definitionid,
            'method' => $form->method(),
            'unitid' => $row->unitid,
            'kept' => implode(' ', $kept),
            'changehash' => $criteria->hash($row->unitid, $form->method()),
        ]);
        return [
            'status' => $row->owndefinition ? 'updated' : 'created',
            'method' => $form->method(),
            'definitionid' => $definitionid,
            'kept' => implode(' ', $kept),
        ];
    }

    /**
     * Match by shortname what is there and what the unit says. A criterion keeps its id, so that marks stay with it.
     * What a teacher added under no name of a unit's is hers and stays.
     *
     * @param array<string, string> $lines texts by shortname
     * @param \stdClass[] $present
     * @param int[] $marked ids of those that carry marks
     * @return array[] the lines to write, and the shortnames of those that stay only for their marks
     */
    private static function merged(array $lines, array $present, array $marked): array {
        $ids = [];
        $extra = [];
        $kept = [];
        foreach ($present as $criterion) {
            $name = $criterion->shortname;
            if (isset($lines[$name]) && !isset($ids[$name])) {
                $ids[$name] = $criterion->id;
                continue;
            }
            $ofunit = (bool) preg_match(self::NAME, $name);
            if ($ofunit && !in_array($criterion->id, $marked, true)) {
                continue;
            }
            $extra[] = ['id' => $criterion->id, 'shortname' => $name, 'text' => $criterion->text];
            if ($ofunit) {
                $kept[] = $name;
            }
        }
        $wanted = [];
        foreach ($lines as $name => $text) {
            $wanted[] = ['id' => $ids[$name] ?? 0, 'shortname' => (string) $name, 'text' => $text];
        }
        return [[...$wanted, ...$extra], $kept];
    }

    /**
     * Hand the definition to Moodle's own controller.
     *
     * @param \stdClass $row
     * @param form $form
     * @param array[] $lines
     * @param string $name name of the unit
     * @param int $definitionid the present one, 0 if there is none
     * @return int grading_definitions.id
     */
    private static function save(\stdClass $row, form $form, array $lines, string $name, int $definitionid): int {
        global $CFG;
        require_once($CFG->dirroot . '/grade/grading/lib.php');
        $context = \core\context\module::instance($row->cmid);
        $manager = get_grading_manager($context, 'mod_assign', 'submissions');
        if ($manager->get_active_method() !== $form->method()) {
            $manager->set_active_method($form->method());
        }
        $controller = $manager->get_controller($form->method());
        // Description and options are the teacher's, as in the form that she would use.
        $definition = $controller->get_definition_for_editing();
        $empty = ['text' => '', 'format' => FORMAT_HTML, 'itemid' => file_get_unused_draft_itemid()];
        $definition->description_editor ??= $empty;
        $definition->description_editor['text'] = stamp::on($definition->description_editor['text']);
        $definition->name = \core_text::substr($name, 0, 255);
        $definition->status = \gradingform_controller::DEFINITION_STATUS_READY;
        $property = $form->method();
        $definition->$property = $form->build($lines, $definitionid) + (array) $definition->$property;
        $controller->update_definition($definition);
        return (int) $controller->get_definition(true)->id;
    }

    /**
     * Remember what was made.
     *
     * @param \stdClass $row
     * @param array $values
     */
    private static function remember(\stdClass $row, array $values): void {
        global $DB;
        $now = \core\di::get(\core\clock::class)->time();
        $values += ['assignid' => $row->id, 'timemodified' => $now];
        if ($row->ownid) {
            $DB->update_record(self::TABLE, (object) (['id' => $row->ownid] + $values));
        } else {
            $DB->insert_record(self::TABLE, (object) ($values + ['timecreated' => $now]));
        }
    }

    /**
     * The form of a definition that was made already: it stays what it is, whatever new ones get.
     *
     * @param string $method
     * @return form
     */
    private static function form_of(string $method): form {
        if ($method === 'btec' && !btec_form::is_installed()) {
            throw new \moodle_exception('error:btecmissing', 'local_zohosync');
        }
        return $method === 'btec' ? new btec_form() : new rubric_form();
    }
}
