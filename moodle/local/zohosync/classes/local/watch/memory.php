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

namespace local_zohosync\local\watch;

/**
 * What was seen and told so far, so that everything is told once, whichever web node looks and whatever was restarted.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class memory {
    /** @var string Name of the config under which it is kept. */
    private const NAME = 'watched';
    /** @var int Seconds without trouble after which all is well again; whatever comes back sooner was never over. */
    private const CALM = 5 * MINSECS;
    /** @var int Seconds between two messages about parked records. */
    private const PAUSE = HOURSECS;
    /** @var array Before anything was seen. */
    private const EMPTY = ['troubles' => [], 'parked' => [
        'count' => 0, 'known' => 0, 'told' => false, 'lasttold' => 0, 'since' => 0, 'nonesince' => 0,
    ]];

    /**
     * Hold what is remembered.
     *
     * @param array $kept as JSON keeps it
     */
    private function __construct(
        /** @var array Troubles by name (since, told, over, words), and parked records. */
        private array $kept
    ) {
    }

    /**
     * Recall.
     *
     * @return self
     */
    public static function recall(): self {
        $kept = get_config('local_zohosync', self::NAME);
        return new self($kept === false ? self::EMPTY : json_decode($kept, true));
    }

    /**
     * Keep what is remembered.
     */
    public function keep(): void {
        set_config(self::NAME, json_encode($this->kept, JSON_THROW_ON_ERROR | JSON_UNESCAPED_UNICODE), 'local_zohosync');
    }

    /**
     * The reason that was given for a trouble that is there.
     *
     * @param trouble $trouble
     * @return string|null null: it is not there
     */
    public function words(trouble $trouble): ?string {
        $seen = $this->kept['troubles'][$trouble->value] ?? null;
        return $seen && !$seen['over'] ? $seen['words'] : null;
    }

    /**
     * Take in what is seen now.
     *
     * @param array<string, string> $troubles as the judge names them
     * @param int|null $parked how many records are parked; null: not known now
     * @param int $now unix time
     * @return notice|null what is to be told; null: nothing new
     */
    public function see(array $troubles, ?int $parked, int $now): ?notice {
        $this->note($troubles, $now);
        $new = $this->due($now);
        $more = $this->more_parked($parked ?? $this->kept['parked']['count'], $now);
        if ($new || $more) {
            return new notice($new, $more, $this->kept['parked']['count'], $this->kept['parked']['since']);
        }
        return $this->over($now);
    }

    /**
     * Note which troubles are there, and which are gone.
     *
     * @param array<string, string> $troubles
     * @param int $now
     */
    private function note(array $troubles, int $now): void {
        foreach ($troubles as $name => $words) {
            $this->kept['troubles'][$name]['since'] ??= $now;
            $this->kept['troubles'][$name]['told'] ??= false;
            $this->kept['troubles'][$name]['over'] = 0;
            $this->kept['troubles'][$name]['words'] = $words;
        }
        foreach (array_diff_key($this->kept['troubles'], $troubles) as $name => $gone) {
            if ($gone['told']) {
                $this->kept['troubles'][$name]['over'] = $gone['over'] ?: $now;
            } else {
                unset($this->kept['troubles'][$name]);
            }
        }
    }

    /**
     * Troubles that have lasted for long enough and were not told. From now on they are.
     *
     * @param int $now
     * @return array[] since and words by trouble
     */
    private function due(int $now): array {
        $due = [];
        foreach ($this->kept['troubles'] as $name => $seen) {
            if (!$seen['told'] && $now - $seen['since'] >= trouble::from($name)->grace()) {
                $this->kept['troubles'][$name]['told'] = true;
                $due[$name] = ['since' => $seen['since'], 'words' => $seen['words']];
            }
        }
        return $due;
    }

    /**
     * How many more records are parked than were told of. Once an hour at most; what comes in between is told of then.
     *
     * @param int $count
     * @param int $now
     * @return int 0: nothing to tell
     */
    private function more_parked(int $count, int $now): int {
        $parked = &$this->kept['parked'];
        $parked['since'] = $parked['count'] && $count ? $parked['since'] : $now;
        $parked['nonesince'] = $count ? 0 : ($parked['nonesince'] ?: $now);
        $parked['count'] = $count;
        $more = $count - $parked['known'];
        if ($more > 0 && $now - $parked['lasttold'] < self::PAUSE) {
            return 0;
        }
        $parked['known'] = $count;
        if ($more > 0) {
            $parked['told'] = true;
            $parked['lasttold'] = $now;
        }
        return max(0, $more);
    }

    /**
     * Is everything that was told of over, and has it been for a while?
     *
     * @param int $now
     * @return notice|null the news that it is
     */
    private function over(int $now): ?notice {
        $ends = array_column($this->kept['troubles'], 'over');
        $parked = &$this->kept['parked'];
        if (in_array(0, $ends, true) || ($ends && $now - max($ends) < self::CALM)) {
            return null;
        }
        $none = $parked['told'] && !$parked['count'] && $now - $parked['nonesince'] >= self::CALM;
        if (!$ends && !$none) {
            return null;
        }
        $since = $ends ? min(array_column($this->kept['troubles'], 'since')) : $parked['lasttold'];
        $this->kept['troubles'] = [];
        $parked['told'] = $parked['told'] && $parked['count'];
        return new notice([], 0, $parked['count'], $since, true);
    }
}
