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
 * Brings Zoho's programmes to Moodle: one mirror row and one course category each.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class programs {
    /** @var array<string, int> Lengths that differ from 255 characters: a description has no limit. */
    private const LENGTHS = ['description' => 0];

    /** @var mirror Programmes that are known. */
    private readonly mirror $mirror;

    /** @var \stdClass[] Linked categories, by id. */
    private array $categories;

    /**
     * Read with two queries what a batch needs.
     *
     * @param array[] $rows programmes as received
     */
    public function __construct(
        /** @var array[] programmes as received */
        private readonly array $rows
    ) {
        $this->mirror = new mirror(mirror::PROGRAM, array_column($rows, 'zohoid'));
        $this->categories = self::linked($this->mirror->all());
    }

    /**
     * Which stored programmes have not the category that they say.
     *
     * @param \stdClass[] $rows mirror rows
     * @return string[] "category" by the row's id; rows without a difference are absent
     */
    public static function differing(array $rows): array {
        $categories = self::linked($rows);
        $differing = [];
        foreach ($rows as $row) {
            if (!self::holds($row, $categories)) {
                $differing[(int) $row->id] = 'category';
            }
        }
        return $differing;
    }

    /**
     * Does Moodle hold what a stored row says? What an administrator did to the category since stays as it is.
     *
     * @param \stdClass $known the stored row
     * @param \stdClass[] $categories those that exist, by id
     * @return bool
     */
    private static function holds(\stdClass $known, array $categories): bool {
        return $known->deleted || isset($categories[(int) $known->categoryid]);
    }

    /**
     * The linked categories that exist.
     *
     * @param \stdClass[] $rows mirror rows
     * @return \stdClass[] by id
     */
    private static function linked(array $rows): array {
        global $DB;
        return $DB->get_records_list('course_categories', 'id', array_column($rows, 'categoryid'), '', 'id');
    }

    /**
     * Carry out the batch.
     *
     * @return array[] one result per row, in order
     */
    public function upsert(): array {
        $results = [];
        foreach ($this->rows as $row) {
            $results[] = row_runner::run($row['zohoid'], fn() => $this->upsert_row($row));
        }
        return $results;
    }

    /**
     * Carry out one row.
     *
     * @param array $row
     * @return array its result
     */
    private function upsert_row(array $row): array {
        $row = record_cleaner::clean($row, [], self::LENGTHS);
        if (!$row['deleted'] && $row['name'] === '') {
            throw new row_exception(result::ERROR, 'fieldmissing', 'name');
        }
        return $this->settled($row) ?? row_runner::locked(
            ['program:' . $row['zohoid']],
            fn() => row_runner::atomic(fn() => $this->write($row))
        );
    }

    /**
     * The result of a row that needs no lock, because nothing but Zoho's time has to be written.
     *
     * @param array $row
     * @return array|null null when there is work
     */
    private function settled(array $row): ?array {
        $known = $this->mirror->get($row['zohoid']);
        if (!$known) {
            return $row['deleted'] ? result::row($row['zohoid'], result::UNCHANGED) : null;
        }
        $categoryid = isset($this->categories[(int) $known->categoryid]) ? (int) $known->categoryid : 0;
        if ((int) $known->sourcetime > $row['sourcetime']) {
            return result::row($row['zohoid'], result::STALE, $categoryid);
        }
        $same = $row['deleted']
            ? (bool) $known->deleted
            : !$known->deleted && $known->changehash === $row['changehash'] && self::holds($known, $this->categories);
        if (!$same) {
            return null;
        }
        $this->mirror->touch($known, $row['sourcetime']);
        return result::row($row['zohoid'], result::UNCHANGED, $categoryid);
    }

    /**
     * Create, adopt, update or hide the category, then write the mirror. Runs under the programme's lock.
     *
     * @param array $row
     * @return array its result
     */
    private function write(array $row): array {
        $known = $this->mirror->refresh($row['zohoid']);
        $category = $known ? \core_course_category::get((int) $known->categoryid, IGNORE_MISSING, true) : null;
        $this->categories += $category ? [(int) $category->id => $category] : [];
        if ($settled = $this->settled($row)) {
            return $settled;
        }
        if ($row['deleted']) {
            if ($category && $category->visible) {
                $category->hide();
            }
            $this->mirror->save(array_intersect_key($row, array_flip(['zohoid', 'sourcetime', 'deleted'])), []);
            return result::row($row['zohoid'], result::UPDATED, $category ? (int) $category->id : 0);
        }
        $status = result::UPDATED;
        if ($category) {
            self::update($category, $row, $known);
        } else {
            if (!$category = self::adopt($row['zohoid'])) {
                $category = self::create($row);
                $status = result::CREATED;
            }
            self::take_in($row['zohoid'], (int) $category->id);
        }
        $this->categories[(int) $category->id] = $category;
        $this->mirror->save($row, ['categoryid' => $category->id]);
        return result::row($row['zohoid'], $status, (int) $category->id);
    }

    /**
     * Move the courses of classes that came before their programme; what an administrator has moved stays.
     *
     * @param string $zohoid the programme's
     * @param int $categoryid
     */
    private static function take_in(string $zohoid, int $categoryid): void {
        global $CFG, $DB;
        $early = $DB->get_fieldset_sql(
            'SELECT c.id
               FROM {' . mirror::COURSE . '} m
               JOIN {course} c ON c.id = m.courseid
              WHERE m.programid = :programid AND m.deleted = 0 AND c.category = :general',
            ['programid' => $zohoid, 'general' => course_category::id()]
        );
        if ($early) {
            require_once($CFG->dirroot . '/course/lib.php');
            move_courses($early, $categoryid);
        }
    }

    /**
     * A category that carries the programme's id although the link is missing. It is left as it is.
     *
     * @param string $zohoid
     * @return \core_course_category|null
     * @throws row_exception categoriesambiguous
     */
    private static function adopt(string $zohoid): ?\core_course_category {
        global $DB;
        $found = $DB->get_records('course_categories', ['idnumber' => $zohoid], 'id', 'id, name');
        if (count($found) > 1) {
            throw new row_exception(result::REFUSED, 'categoriesambiguous', (object) [
                'zohoid' => $zohoid,
                'categories' => implode(', ', array_map(fn($one) => "{$one->name} (id {$one->id})", $found)),
            ]);
        }
        return $found ? \core_course_category::get(reset($found)->id, MUST_EXIST, true) : null;
    }

    /**
     * Make the category.
     *
     * @param array $row
     * @return \core_course_category
     */
    private static function create(array $row): \core_course_category {
        return \core_course_category::create((object) [
            'name' => $row['name'],
            'idnumber' => $row['zohoid'],
            'parent' => course_category::id(),
            'description' => $row['description'],
            'descriptionformat' => FORMAT_PLAIN,
        ]);
    }

    /**
     * Write what Zoho changed since it was last seen; where an administrator moved or edited the category stays so.
     *
     * @param \core_course_category $category
     * @param array $row
     * @param \stdClass $known the stored row
     */
    private static function update(\core_course_category $category, array $row, \stdClass $known): void {
        $changes = [];
        if ($known->name !== $row['name']) {
            $changes['name'] = $row['name'];
        }
        if ((string) $known->description !== $row['description']) {
            $changes += ['description' => $row['description'], 'descriptionformat' => FORMAT_PLAIN];
        }
        if ($changes) {
            $category->update((object) $changes);
        }
        if ($known->deleted && !$category->visible) {
            $category->show();
        }
    }
}
