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

/**
 * What upgrade steps of local_zohosync share.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

/**
 * The tables of version 0.3.0: of each its columns (name:type), and its indexes (columns => unique?).
 *
 * @return array[]
 */
function local_zohosync_upgradelib_tables_2026112400(): array {
    $stamped = 'timecreated:int10 timemodified:int10';
    $mirrored = 'sourcetime:int10 changehash:char32 deleted:int1 ' . $stamped;
    return [
        'unit' => [
            'zohoid:char30 name:char code:char number:char level:char major:char credit:char programid:char30 '
                . 'linecount:int10 ' . $mirrored,
            ['zohoid' => true, 'programid' => false],
        ],
        'unitcriterion' => [
            'unitid:char30 shortname:char description:text sortorder:int10 ' . $stamped,
            ['unitid shortname' => true],
        ],
        'registration' => [
            'zohoid:char30 number:char studentid:char30 programid:char30 programname:char '
                . 'registrationdate:char10 status:char currency:char3 price:amount discountpercentage:amount '
                . 'discountreason:text remaining:amount studymode:char studylanguage:char intake:char '
                . 'linecount:int10 ' . $mirrored,
            ['zohoid' => true, 'studentid' => false],
        ],
        'installment' => [
            'registrationid:char30 zohoid:char30 number:int10 duedate:char10 amount:amount status:char '
                . 'paiddate:char10 ' . $stamped,
            ['registrationid zohoid' => true],
        ],
        'payment' => [
            'zohoid:char30 number:char studentid:char30 registrationid:char30 currency:char3 amount:amount '
                . 'originalcurrency:char3 originalamount:amount paymentdate:char10 type:char method:char '
                . 'voucher:char accepted:int1 installmentno:int10 ' . $mirrored,
            ['zohoid' => true, 'studentid' => false, 'registrationid' => false],
        ],
        'finance' => [
            'zohoid:char30 currency:char3 scholarship:char scholarshipreason:text '
                . 'scholarshippercentage:amount transferredcurrency:char3 transferred:amount method:char mode:char '
                . 'bankname:char bankholder:char registrationfees:amount registrationinvoice:char total:amount '
                . 'discount:amount linecount:int10 ' . $mirrored,
            ['zohoid' => true],
        ],
        'financeline' => [
            'studentid:char30 number:int10 amount:amount duedate:char10 invoice:char invoicedate:char10 ' . $stamped,
            ['studentid number' => true],
        ],
        'result' => [
            'zohoid:char30 studentid:char30 classid:char30 unitname:char name:char letter:char '
                . 'gradestatus:char attempt:int10 attemptdate:char10 feedback:text grader:char verifier:char ' . $mirrored,
            ['zohoid' => true, 'studentid' => false, 'classid' => false],
        ],
        'request' => [
            'zohoid:char30 userid:int10 studentid:char30 raised:int1 number:char type:char status:char '
                . 'reason:text requesttime:int10 fees:amount currency:char3 ' . $mirrored,
            ['zohoid' => false, 'userid' => false, 'studentid' => false],
        ],
    ];
}

/**
 * The tables of version 0.4.0, in the same form.
 *
 * @return array[]
 */
function local_zohosync_upgradelib_tables_2026112500(): array {
    $stamped = 'timecreated:int10 timemodified:int10';
    return [
        'outcome' => [
            'userid:int10 courseid:int10 assignid:int10 letter:char2 reason:char1333 ' . $stamped,
            ['assignid userid' => true, 'userid' => false, 'courseid' => false],
        ],
        'definition' => [
            'assignid:int10 definitionid:int10 method:char30 unitid:char30 kept:text changehash:char32 ' . $stamped,
            ['assignid' => true, 'definitionid' => false, 'unitid' => false],
        ],
    ];
}

/**
 * A column that may be added to a table with rows.
 *
 * @param string $name
 * @param string $type char and int with their length (char alone: 255), text, or amount
 * @param string|null $previous the column before it
 * @return xmldb_field
 */
function local_zohosync_upgradelib_field(string $name, string $type, ?string $previous = null): xmldb_field {
    preg_match('/^([a-z]+)(\d*)$/', $type, $parts);
    return match ($parts[1]) {
        'char' => new xmldb_field($name, XMLDB_TYPE_CHAR, $parts[2] ?: '255', null, XMLDB_NOTNULL, null, null, $previous),
        'int' => new xmldb_field($name, XMLDB_TYPE_INTEGER, $parts[2], null, XMLDB_NOTNULL, null, '0', $previous),
        'amount' => new xmldb_field($name, XMLDB_TYPE_NUMBER, '20, 4', null, null, null, null, $previous),
        'text' => new xmldb_field($name, XMLDB_TYPE_TEXT, null, null, null, null, null, $previous),
    };
}

/**
 * Make the tables that are not there yet.
 *
 * @param array[] $tables as local_zohosync_upgradelib_tables_2026112400() gives them
 */
function local_zohosync_upgradelib_create(array $tables): void {
    global $DB;
    $dbman = $DB->get_manager();
    foreach ($tables as $name => [$columns, $indexes]) {
        $table = new xmldb_table('local_zohosync_' . $name);
        $table->add_field('id', XMLDB_TYPE_INTEGER, '10', null, XMLDB_NOTNULL, XMLDB_SEQUENCE);
        foreach (explode(' ', $columns) as $column) {
            $table->addField(local_zohosync_upgradelib_field(...explode(':', $column)));
        }
        $table->add_key('primary', XMLDB_KEY_PRIMARY, ['id']);
        foreach ($indexes as $fields => $unique) {
            $fields = explode(' ', $fields);
            $table->add_index(implode('_', $fields), $unique ? XMLDB_INDEX_UNIQUE : XMLDB_INDEX_NOTUNIQUE, $fields);
        }
        if (!$dbman->table_exists($table)) {
            $dbman->create_table($table);
        }
    }
}

/**
 * Add the columns that a table does not have yet.
 *
 * @param string $name the table
 * @param string[] $columns types by name
 * @param string $previous the column before the first of them
 */
function local_zohosync_upgradelib_add_columns(string $name, array $columns, string $previous): void {
    global $DB;
    $dbman = $DB->get_manager();
    $table = new xmldb_table($name);
    foreach ($columns as $column => $type) {
        $field = local_zohosync_upgradelib_field($column, $type, $previous);
        if (!$dbman->field_exists($table, $field)) {
            $dbman->add_field($table, $field);
        }
        $previous = $column;
    }
}
