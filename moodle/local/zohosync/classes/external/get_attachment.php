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
 * Gives the content of one file of a student's request.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class get_attachment extends agent_function {
    /**
     * Parameters.
     *
     * @return external_function_parameters
     */
    public static function execute_parameters(): external_function_parameters {
        return new external_function_parameters([
            'requestid' => new external_value(PARAM_INT, 'Number of the request'),
            'fileid' => new external_value(PARAM_INT, 'One of its files'),
        ]);
    }

    /**
     * Read the file.
     *
     * @param int $requestid
     * @param int $fileid
     * @return array filename, contenthash and content
     * @throws \moodle_exception this request has no such file
     */
    public static function execute(int $requestid, int $fileid): array {
        ['requestid' => $requestid, 'fileid' => $fileid] = self::validate_parameters(
            self::execute_parameters(),
            ['requestid' => $requestid, 'fileid' => $fileid]
        );
        self::authorise();
        $file = attachments::get($requestid, $fileid);
        if (!$file) {
            throw new \moodle_exception('error:requestfilenone', 'local_zohosync', '', $fileid);
        }
        return [
            'filename' => $file->get_filename(),
            'contenthash' => $file->get_contenthash(),
            'content' => base64_encode($file->get_content()),
        ];
    }

    /**
     * Answer.
     *
     * @return external_single_structure
     */
    public static function execute_returns(): external_single_structure {
        return new external_single_structure([
            'filename' => new external_value(PARAM_RAW, 'Its name'),
            'contenthash' => new external_value(PARAM_ALPHANUM, 'SHA-1 of the content'),
            'content' => new external_value(PARAM_RAW, 'The content in base64'),
        ]);
    }
}
