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

namespace local_zohosync\local\agent;

/**
 * The agent's words as administrators read them. What has no translation yet is shown as the agent said it.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class wording {
    /** @var string[] Classes of a badge by word; in both versions of Bootstrap. What is not here is neutral. */
    private const BADGES = [
        'failed' => 'bg-danger text-white',
        'error' => 'bg-danger text-white',
        'conflict' => 'bg-warning text-dark',
        'waiting' => 'bg-warning text-dark',
        'pending' => 'bg-info text-dark',
        'processing' => 'bg-info text-dark',
        'running' => 'bg-info text-dark',
        'completed' => 'bg-success text-white',
        'synced' => 'bg-success text-white',
    ];

    /**
     * The name of a module.
     *
     * @param string $entity
     * @return string
     */
    public static function module(string $entity): string {
        return self::of('module', $entity);
    }

    /**
     * The name of a sender.
     *
     * @param string $source zoho | moodle | reconcile
     * @return string
     */
    public static function source(string $source): string {
        return self::of('source', $source);
    }

    /**
     * A status, an outcome, or a kind.
     *
     * @param string|null $word
     * @return string empty for none
     */
    public static function word(?string $word): string {
        return $word === null ? '' : self::of('word', $word);
    }

    /**
     * The classes of a word's badge.
     *
     * @param string $word
     * @return string
     */
    public static function badge(string $word): string {
        return self::BADGES[$word] ?? 'bg-secondary text-dark';
    }

    /**
     * A moment.
     *
     * @param string|null $moment as in RFC 3339
     * @return string in the reader's zone and language; empty for none
     */
    public static function moment(?string $moment): string {
        return $moment === null ? '' : userdate(strtotime($moment), get_string('strftimedatetimeaccurate', 'langconfig'));
    }

    /**
     * How long ago a moment was, or how long something lasts.
     *
     * @param float|null $seconds
     * @return string empty for none
     */
    public static function duration(?float $seconds): string {
        return $seconds === null ? '' : format_time(max(0, (int) round($seconds)));
    }

    /**
     * Numbers by what became of records.
     *
     * @param int[] $counts by word
     * @return string such as "3 created, 2 failed"
     */
    public static function counts(array $counts): string {
        $said = [];
        foreach (array_filter($counts) as $word => $number) {
            $said[] = $number . ' ' . self::word($word);
        }
        return implode(', ', $said);
    }

    /**
     * A value of a record's field.
     *
     * @param mixed $value
     * @return string text
     */
    public static function value(mixed $value): string {
        return match (true) {
            $value === null, $value === '', $value === [] => get_string('field:none', 'local_zohosync'),
            is_bool($value) => get_string($value ? 'yes' : 'no'),
            is_scalar($value) => (string) $value,
            default => self::json($value),
        };
    }

    /**
     * JSON for a person.
     *
     * @param mixed $value
     * @return string
     */
    public static function json(mixed $value): string {
        return json_encode($value, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES | JSON_THROW_ON_ERROR);
    }

    /**
     * A word of the agent.
     *
     * @param string $kind module | source | word
     * @param string $word
     * @return string
     */
    private static function of(string $kind, string $word): string {
        $name = $kind . ':' . str_replace(' ', '_', $word);
        return get_string_manager()->string_exists($name, 'local_zohosync') ? get_string($name, 'local_zohosync') : $word;
    }
}
