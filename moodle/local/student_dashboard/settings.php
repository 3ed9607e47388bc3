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
 * Settings of the student dashboard.
 *
 * @package    local_student_dashboard
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */

use local_student_dashboard\local\card\cards;
use local_student_dashboard\local\card\photos;
use local_student_dashboard\local\freshness;

defined('MOODLE_INTERNAL') || die();

$ADMIN->add('accounts', new admin_externalpage(
    'local_student_dashboard_photos',
    new lang_string('photos', 'local_student_dashboard'),
    new core\url('/local/student_dashboard/photos.php'),
    photos::REVIEW,
));
$ADMIN->add('accounts', new admin_externalpage(
    'local_student_dashboard_cards',
    new lang_string('cards', 'local_student_dashboard'),
    new core\url('/local/student_dashboard/cards.php'),
    cards::MANAGE,
));

if ($hassiteconfig) {
    $settings = new admin_settingpage('local_student_dashboard', new lang_string('pluginname', 'local_student_dashboard'));
    $settings->add(new admin_setting_configcheckbox(
        'local_student_dashboard/cardneedsrequest',
        new lang_string('cardneedsrequest', 'local_student_dashboard'),
        new lang_string('cardneedsrequest_desc', 'local_student_dashboard'),
        1,
    ));
    $settings->add(new admin_setting_configtext(
        'local_student_dashboard/cardmonths',
        new lang_string('cardmonths', 'local_student_dashboard'),
        new lang_string('cardmonths_desc', 'local_student_dashboard'),
        cards::DEFAULT_MONTHS,
        '/^[1-9][0-9]?$/',
    ));
    $settings->add(new admin_setting_configduration(
        'local_student_dashboard/latelimit',
        new lang_string('latelimit', 'local_student_dashboard'),
        new lang_string('latelimit_desc', 'local_student_dashboard'),
        freshness::DEFAULT_LIMIT,
        HOURSECS,
    ));
    $ADMIN->add('localplugins', $settings);
}
