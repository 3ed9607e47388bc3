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

namespace local_zohosync\external;

use core_external\external_function_parameters;
use core_external\external_single_structure;
use core_external\external_value;
use local_zohosync\local\request\attachments;

/**
 * Keeps what became of a request's files on their way to Zoho.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class put_attachments extends agent_function {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        $batch = self::batch_parameters('attachments', [
            'fileid' => new external_value(PARAM_INT, 'The file'),
            'status' => new external_value(PARAM_ALPHA, 'sent, or refused for good'),
            'message' => new external_value(PARAM_RAW, 'Why Zoho refused it, empty otherwise'),
        ]);
        return new external_function_parameters([
            'requestid' => new external_value(PARAM_INT, 'Number of the request'),
        ] + $batch->keys);
    }

    /**
     * Keep them.
     *
     * @param int $requestid
     * @param int $count number of rows sent
     * @param array $attachments rows
     * @return array how many of them were files of this request
     */
    public static function execute(int $requestid, int $count, array $attachments): array {
        ['requestid' => $requestid, 'count' => $count, 'attachments' => $rows] = self::validate_parameters(
            self::execute_parameters(),
            ['requestid' => $requestid, 'count' => $count, 'attachments' => $attachments]
        );
        self::authorise();
        self::require_whole($count, $rows);
        foreach ($rows as $row) {
            if (!in_array($row['status'], [attachments::SENT, attachments::REFUSED], true)) {
                throw new \invalid_parameter_exception('status is sent or refused');
            }
        }
        return ['kept' => attachments::note($requestid, $rows)];
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'kept' => new external_value(PARAM_INT, 'How many of them were files of this request'),
        ]);
    }
}
