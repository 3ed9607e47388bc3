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

namespace local_zohosync\local\grade;

use local_zohosync\local\attempts\opener;
use local_zohosync\local\outbox\emitter;

/**
 * Looks at grades that may have changed without an event, and tells the agent of those of which it last heard something else.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class teller {
    /** @var int Grades listed at once. */
    private const BATCH = 500;

    /** @var snapshot Builds pictures of grades; those of one assignment share what it reads of it. */
    private readonly snapshot $snapshots;

    /**
     * Make ready.
     */
    public function __construct() {
        $this->snapshots = new snapshot();
    }

    /**
     * Look at one grade. One that the agent never heard of, and that is still empty, is no news.
     *
     * @param key $key
     */
    public function one(key $key): void {
        $snapshot = $this->snapshots->build($key);
        if ($snapshot['finalgrade'] !== '' || emitter::last_hash($key) !== null) {
            emitter::tell($key, $snapshot, emitter::FROM_RECONCILE);
            opener::consider($key, $snapshot);
        }
    }

    /**
     * Look at the grades of a grade item that the agent heard of.
     *
     * @param int $itemid
     */
    public function item(int $itemid): void {
        global $DB;
        foreach ($DB->get_fieldset_select(emitter::EMITTED, 'objectkey', 'itemid = :itemid', ['itemid' => $itemid]) as $name) {
            $this->one(key::parse(substr($name, strlen('grade:'))));
        }
    }

    /**
     * Look at every grade of every linked student.
     */
    public function all(): void {
        $after = 0;
        do {
            $page = listing::page($after, self::BATCH);
            foreach ($page as $listed) {
                $this->one(key::parse($listed['key']));
                $after = $listed['id'];
            }
        } while (count($page) === self::BATCH);
    }
}
