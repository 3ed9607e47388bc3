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

namespace local_zohosync\local;

/**
 * Settings of the plugin, read in one place.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class config {
    /** @var string Shortname of the restricted web service. */
    public const SERVICE = 'local_zohosync_agent';

    /**
     * May events be collected and sent? Not while the site is being installed or upgraded, not before the set-up, and not
     * on a copy of the site: a staging copy must never write into the college's Zoho.
     *
     * @return bool
     */
    public static function is_active(): bool {
        global $CFG;
        if (during_initial_install() || !empty($CFG->upgraderunning)) {
            return false;
        }
        $config = get_config('local_zohosync');
        return !empty($config->version) && !empty($config->enabled) && !empty($config->agenturl) && self::is_same_site();
    }

    /**
     * Is this the site for which the plugin was set up?
     *
     * @return bool
     */
    public static function is_same_site(): bool {
        global $CFG;
        return get_config('local_zohosync', 'sitewwwroot') === $CFG->wwwroot
            && get_config('local_zohosync', 'siteid') === get_site_identifier();
    }

    /**
     * Was the set-up made here?
     *
     * @return bool
     */
    public static function is_set_up(): bool {
        return self::agent_url() !== '' && self::is_same_site();
    }

    /**
     * Was this site set up under another address? Then it is a copy, or it has moved; until an administrator says which, it
     * sends nothing, takes nothing and asks nobody.
     *
     * @return bool
     */
    public static function is_copied(): bool {
        return get_config('local_zohosync', 'siteid') !== false && !self::is_same_site();
    }

    /**
     * Remember this site as the one that may send events.
     */
    public static function claim_site(): void {
        global $CFG;
        set_config('sitewwwroot', $CFG->wwwroot, 'local_zohosync');
        set_config('siteid', get_site_identifier(), 'local_zohosync');
    }

    /**
     * Address of the agent, without a slash at the end.
     *
     * @return string empty when not set
     */
    public static function agent_url(): string {
        return rtrim((string) get_config('local_zohosync', 'agenturl'), '/');
    }

    /**
     * Signing secrets, newest first.
     *
     * @return string[]
     * @throws \moodle_exception when the stored value cannot be decrypted
     */
    public static function signing_secrets(): array {
        $stored = (string) get_config('local_zohosync', 'signingsecrets');
        return self::split_secrets(\core\encryption::decrypt($stored));
    }

    /**
     * Split a list of secrets.
     *
     * @param string $text separated by spaces, commas or lines
     * @return string[]
     */
    public static function split_secrets(string $text): array {
        return preg_split('/[\s,]+/', $text, -1, PREG_SPLIT_NO_EMPTY);
    }

    /**
     * Store the signing secrets, encrypted.
     *
     * @param string[] $secrets newest first
     */
    public static function set_signing_secrets(array $secrets): void {
        set_config('signingsecrets', \core\encryption::encrypt(implode(' ', $secrets)), 'local_zohosync');
    }

    /**
     * The token by which administrators' pages ask the agent.
     *
     * @return string empty when not set
     * @throws \moodle_exception when the stored value cannot be decrypted
     */
    public static function agent_token(): string {
        return \core\encryption::decrypt((string) get_config('local_zohosync', 'agenttoken'));
    }

    /**
     * Store that token, encrypted.
     *
     * @param string $token
     */
    public static function set_agent_token(string $token): void {
        set_config('agenttoken', \core\encryption::encrypt($token), 'local_zohosync');
    }

    /**
     * The account under which the agent works.
     *
     * @return int user id, 0 before the set-up
     */
    public static function service_user_id(): int {
        return (int) get_config('local_zohosync', 'serviceuserid');
    }

    /**
     * Authentication plugin of accounts that the sync creates.
     *
     * @return string
     */
    public static function user_auth(): string {
        return get_config('local_zohosync', 'userauth') ?: 'manual';
    }

    /**
     * Authentication plugins that accounts may get.
     *
     * @return array<string, string> names by plugin
     */
    public static function user_auth_choices(): array {
        $choices = [];
        foreach (get_enabled_auth_plugins() as $auth) {
            if ($auth !== 'nologin') {
                $choices[$auth] = get_string('pluginname', "auth_$auth");
            }
        }
        return $choices;
    }

    /**
     * Categories in which courses may be made.
     *
     * @return array<int, string> names by id; 0 for the plugin's own
     */
    public static function category_choices(): array {
        $own = [0 => get_string('setting:coursecategory_own', 'local_zohosync')];
        return $own + \core_course_category::make_categories_list();
    }
}
