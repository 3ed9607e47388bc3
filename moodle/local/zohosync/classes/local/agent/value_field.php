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
 * One field of a setting's value, made from the JSON Schema that the agent tells: what a form needs to ask for it.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class value_field {
    /** @var string Yes or no. */
    public const FLAG = 'flag';
    /** @var string One of some texts. */
    public const CHOICE = 'choice';
    /** @var string A number. */
    public const NUMBER = 'number';
    /** @var string A text. */
    public const TEXT = 'text';
    /** @var string A list of texts, one a line. */
    public const LINES = 'lines';
    /** @var string Anything else, as JSON. */
    public const JSON = 'json';

    /**
     * Hold a field.
     *
     * @param string[] $path
     * @param string $type
     * @param string $title
     * @param bool $nullable
     * @param array $schema
     */
    private function __construct(
        /** @var string[] Names from the value down to the field. */
        public readonly array $path,
        /** @var string One of the constants. */
        public readonly string $type,
        /** @var string Its name for a person, as the agent tells it. */
        public readonly string $title,
        /** @var bool May there be none? */
        public readonly bool $nullable,
        /** @var array Its schema, references followed, without null. */
        private readonly array $schema
    ) {
    }

    /**
     * The fields of a value.
     *
     * @param array $schema JSON Schema of an object
     * @return self[] those of inner objects too
     */
    public static function of(array $schema): array {
        return self::inside($schema, $schema['$defs'] ?? [], []);
    }

    /**
     * Name of the form's element.
     *
     * @return string
     */
    public function name(): string {
        return 'value-' . implode('-', $this->path);
    }

    /**
     * Texts to choose from.
     *
     * @return string[] empty: any
     */
    public function choices(): array {
        return $this->schema['enum'] ?? $this->schema['items']['enum'] ?? [];
    }

    /**
     * Smallest and largest number.
     *
     * @return array two numbers or nulls
     */
    public function limits(): array {
        return [$this->schema['minimum'] ?? $this->schema['exclusiveMinimum'] ?? null, $this->schema['maximum'] ?? null];
    }

    /**
     * The field's part of a value.
     *
     * @param array $value the setting's whole value
     * @return mixed null where it has none
     */
    public function in(array $value): mixed {
        foreach ($this->path as $name) {
            $value = $value[$name] ?? null;
        }
        return $value;
    }

    /**
     * Put a part into a value.
     *
     * @param array $value the setting's whole value
     * @param mixed $part
     * @return array the value with it
     */
    public function into(array $value, mixed $part): array {
        $place = &$value;
        foreach ($this->path as $name) {
            $place = &$place[$name];
        }
        $place = $part;
        return $value;
    }

    /**
     * As the form has it.
     *
     * @param mixed $part
     * @return string|int
     */
    public function to_form(mixed $part): string|int {
        return match ($this->type) {
            self::FLAG => (int) $part,
            self::LINES => implode("\n", $part ?? []),
            self::JSON => json_encode($part, JSON_PRETTY_PRINT | JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES),
            default => (string) $part,
        };
    }

    /**
     * As the agent takes it. What cannot be read goes there as it is: the agent says what is wrong with it.
     *
     * @param string|int $given
     * @return mixed
     */
    public function from_form(string|int $given): mixed {
        $given = trim((string) $given);
        if ($given === '' && $this->nullable) {
            return null;
        }
        return match ($this->type) {
            self::FLAG => $given === '1',
            self::NUMBER => self::number($given),
            self::LINES => preg_split('/\s*\R\s*/u', $given, -1, PREG_SPLIT_NO_EMPTY),
            self::JSON => json_decode($given),
            default => $given,
        };
    }

    /**
     * In words.
     *
     * @param mixed $part
     * @return string text, not markup
     */
    public function words(mixed $part): string {
        if ($part === null || $part === '' || $part === []) {
            return get_string('field:none', 'local_zohosync');
        }
        return match ($this->type) {
            self::FLAG => get_string($part ? 'yes' : 'no'),
            self::LINES => implode(', ', $part),
            self::JSON => json_encode($part, JSON_UNESCAPED_UNICODE | JSON_UNESCAPED_SLASHES),
            default => (string) $part,
        };
    }

    /**
     * The fields of an object and of the objects in it.
     *
     * @param array $schema
     * @param array[] $defs what references mean
     * @param string[] $path
     * @return self[]
     */
    private static function inside(array $schema, array $defs, array $path): array {
        $fields = [];
        foreach ($schema['properties'] ?? [] as $name => $about) {
            [$about, $nullable] = self::without_null(self::followed($about, $defs));
            $place = [...$path, (string) $name];
            if (!$nullable && isset($about['properties'])) {
                array_push($fields, ...self::inside($about, $defs, $place));
                continue;
            }
            if (isset($about['items'])) {
                $about['items'] = self::followed($about['items'], $defs);
            }
            $titles = array_map(fn($part) => ucfirst(str_replace('_', ' ', $part)), $place);
            $fields[] = new self($place, self::type($about), implode(' – ', $titles), $nullable, $about);
        }
        return $fields;
    }

    /**
     * What kind of field it is.
     *
     * @param array $schema
     * @return string
     */
    private static function type(array $schema): string {
        $type = $schema['type'] ?? null;
        return match (true) {
            $type === 'boolean' => self::FLAG,
            $type === 'string' && isset($schema['enum']) => self::CHOICE,
            $type === 'string' => self::TEXT,
            $type === 'integer', $type === 'number' => self::NUMBER,
            $type === 'array' && ($schema['items']['type'] ?? null) === 'string' => self::LINES,
            // A decimal number that is told as text, so that no digit is lost.
            array_column($schema['anyOf'] ?? [], 'type') === ['number', 'string'] => self::TEXT,
            default => self::JSON,
        };
    }

    /**
     * Follow a reference.
     *
     * @param array $schema
     * @param array[] $defs
     * @return array
     */
    private static function followed(array $schema, array $defs): array {
        $name = isset($schema['$ref']) ? basename($schema['$ref']) : null;
        return $name === null ? $schema : ($defs[$name] ?? []) + $schema;
    }

    /**
     * Tell whether null is allowed, and take it away.
     *
     * @param array $schema
     * @return array the schema of what else is allowed, and whether null is
     */
    private static function without_null(array $schema): array {
        $kinds = $schema['anyOf'] ?? [];
        $others = array_values(array_filter($kinds, fn($kind) => ($kind['type'] ?? null) !== 'null'));
        $nullable = count($others) < count($kinds);
        return [$nullable && count($others) === 1 ? $others[0] + $schema : $schema, $nullable];
    }

    /**
     * Read a number.
     *
     * @param string $given
     * @return int|float|string as it is when it is none
     */
    private static function number(string $given): int|float|string {
        $whole = filter_var($given, FILTER_VALIDATE_INT);
        if ($whole !== false) {
            return $whole;
        }
        $number = filter_var($given, FILTER_VALIDATE_FLOAT);
        return $number === false ? $given : $number;
    }
}
