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

use core\context\system;
use core_external\util;
use local_zohosync\local\transport\agent_url;
use local_zohosync\local\transport\signer;

/**
 * Makes all that the agent needs to work with this site. Every step looks first, so it may be run again at any time.
 *
 * @package    local_zohosync
 * @copyright  2026 The zohosync developers
 * @license    https://www.gnu.org/copyleft/gpl.html GNU GPL v3 or later
 */
final class setup {
    /** @var string Name of the service account. */
    public const USERNAME = 'zohosync_agent';
    /** @var string Shortname of the agent's role. */
    public const ROLE = 'zohosyncagent';
    /** @var string[] All that the role may do: call our functions, over REST. Core checks nothing else for them. */
    private const CAPABILITIES = ['local/zohosync:agent', 'webservice/rest:use'];
    /** @var int How long a replaced token stays valid, in seconds: time enough to restart the agent with the new one. */
    private const GRACE = DAYSECS;

    /**
     * Set everything up.
     *
     * @param string|null $agenturl address of the agent, null leaves the setting as it is
     * @param bool $rotate make a new token and a new signing secret; the old ones stay valid for a day
     * @return setup_result
     * @throws \moodle_exception with a sentence that says what to do; sitecopied before it is known what this site is
     */
    public static function run(?string $agenturl, bool $rotate): setup_result {
        global $CFG;
        if (config::is_copied()) {
            throw new \moodle_exception('sitecopied', 'local_zohosync');
        }
        if ($agenturl !== null) {
            if (!agent_url::is_allowed($agenturl)) {
                throw new \moodle_exception('error:agenturlinvalid', 'local_zohosync', '', $agenturl);
            }
            set_config('agenturl', rtrim($agenturl, '/'), 'local_zohosync');
        }
        if (!config::service_user_id()) {
            // Only the first run switches the sync on: an administrator who switched it off keeps it off.
            set_config('enabled', 1, 'local_zohosync');
        }
        $user = self::account();
        self::grant_role((int) $user->id);
        self::enable_web_services();
        $service = self::service();
        self::authorise($service, (int) $user->id);
        [$secrets, $newsecret] = self::secrets($rotate);
        [$token, $newtoken] = self::token($service, (int) $user->id, $rotate);
        [$agenttoken, $newagenttoken] = self::agent_token($rotate);
        config::claim_site();
        return new setup_result([
            'ZOHOSYNC_MOODLE_URL' => $CFG->wwwroot,
            'ZOHOSYNC_MOODLE_TOKEN' => $token,
            'ZOHOSYNC_MOODLE_WEBHOOK_SECRETS' => implode(',', $secrets),
            'ZOHOSYNC_API_ADMINISTRATOR_TOKENS' => hash('sha256', $agenttoken),
        ], $newsecret || $newtoken || $newagenttoken);
    }

    /**
     * The service account.
     *
     * It uses auth plugin "webservice", with which nobody can log in to the site. (Core refuses tokens of "nologin" accounts.)
     *
     * @return \stdClass
     */
    private static function account(): \stdClass {
        global $CFG, $DB;
        require_once($CFG->dirroot . '/user/lib.php');

        $named = ['username' => self::USERNAME, 'mnethostid' => $CFG->mnet_localhost_id];
        $user = $DB->get_record('user', ['id' => config::service_user_id(), 'deleted' => 0]);
        if (!$user && $user = $DB->get_record('user', $named)) {
            if ($user->idnumber !== 'local_zohosync') {
                throw new \moodle_exception('error:usernametaken', 'local_zohosync', '', self::USERNAME);
            }
        }
        if (!$user) {
            $id = user_create_user((object) ($named + [
                'auth' => 'webservice',
                'password' => AUTH_PASSWORD_NOT_CACHED,
                'firstname' => 'Zoho sync',
                'lastname' => 'agent',
                'email' => self::USERNAME . '@local-zohosync.invalid',
                'emailstop' => 1,
                'idnumber' => 'local_zohosync',
                'confirmed' => 1,
            ]), false);
            $user = $DB->get_record('user', ['id' => $id], '*', MUST_EXIST);
        }
        if ($user->suspended) {
            throw new \moodle_exception('error:accountsuspended', 'local_zohosync', '', $user->username);
        }
        set_config('serviceuserid', $user->id, 'local_zohosync');
        return $user;
    }

    /**
     * Give the account the agent's role, which is made when missing.
     *
     * @param int $userid
     */
    private static function grant_role(int $userid): void {
        global $DB;
        $context = system::instance();
        $roleid = $DB->get_field('role', 'id', ['shortname' => self::ROLE]);
        if (!$roleid) {
            $name = get_string('rolename', 'local_zohosync');
            $roleid = create_role($name, self::ROLE, get_string('roledescription', 'local_zohosync'));
            set_role_contextlevels($roleid, [CONTEXT_SYSTEM]);
        }
        foreach (self::CAPABILITIES as $capability) {
            assign_capability($capability, CAP_ALLOW, $roleid, $context->id, true);
        }
        role_assign($roleid, $userid, $context->id);
    }

    /**
     * Switch on web services and their REST protocol.
     */
    private static function enable_web_services(): void {
        global $CFG;
        if (empty($CFG->enablewebservices)) {
            set_config('enablewebservices', 1);
        }
        $protocols = array_filter(explode(',', $CFG->webserviceprotocols ?? ''));
        if (!in_array('rest', $protocols, true)) {
            set_config('webserviceprotocols', implode(',', [...$protocols, 'rest']));
        }
    }

    /**
     * The restricted service.
     *
     * @return \stdClass
     */
    private static function service(): \stdClass {
        global $DB;
        $service = $DB->get_record('external_services', ['shortname' => config::SERVICE]);
        if (!$service) {
            throw new \moodle_exception('error:servicemissing', 'local_zohosync', '', config::SERVICE);
        }
        if (!$service->enabled) {
            $DB->set_field('external_services', 'enabled', 1, ['id' => $service->id]);
        }
        return $service;
    }

    /**
     * Allow the account to use the service.
     *
     * @param \stdClass $service
     * @param int $userid
     */
    private static function authorise(\stdClass $service, int $userid): void {
        global $CFG;
        require_once($CFG->dirroot . '/webservice/lib.php');

        $manager = new \webservice();
        if (!$manager->get_ws_authorised_user($service->id, $userid)) {
            $manager->add_ws_authorised_user((object) ['externalserviceid' => $service->id, 'userid' => $userid]);
        }
    }

    /**
     * The account's token.
     *
     * @param \stdClass $service
     * @param int $userid
     * @param bool $rotate make a new one
     * @return array the token, and whether it was made just now
     */
    private static function token(\stdClass $service, int $userid, bool $rotate): array {
        global $DB;
        $now = \core\di::get(\core\clock::class)->time();
        $tokens = $DB->get_records_select(
            'external_tokens',
            'externalserviceid = ? AND userid = ? AND tokentype = ? AND (validuntil IS NULL OR validuntil = 0 OR validuntil > ?)',
            [$service->id, $userid, EXTERNAL_TOKEN_PERMANENT, $now],
            'validuntil, id DESC'
        );
        $lasting = array_filter($tokens, fn($token) => !$token->validuntil || $token->validuntil > $now + self::GRACE);
        if ($lasting && !$rotate) {
            return [reset($lasting)->token, false];
        }
        foreach ($lasting as $old) {
            $DB->set_field('external_tokens', 'validuntil', $now + self::GRACE, ['id' => $old->id]);
        }
        return [util::generate_token(EXTERNAL_TOKEN_PERMANENT, $service, $userid, system::instance()), true];
    }

    /**
     * The signing secrets.
     *
     * @param bool $rotate make a new one and keep only the newest old one beside it
     * @return array the secrets, newest first, and whether one was made just now
     */
    private static function secrets(bool $rotate): array {
        $secrets = self::read([config::class, 'signing_secrets'], $rotate) ?: [];
        if ($secrets && !$rotate) {
            return [$secrets, false];
        }
        $secrets = [signer::new_secret(), ...array_slice($secrets, 0, 1)];
        config::set_signing_secrets($secrets);
        return [$secrets, true];
    }

    /**
     * The token by which administrators' pages ask the agent. Made once: the running agent knows its digest only, so another one
     * would shut the pages out until the agent is started anew.
     *
     * @param bool $rotate make a new one where the old one cannot be read
     * @return array the token, and whether it was made just now
     */
    private static function agent_token(bool $rotate): array {
        $token = self::read([config::class, 'agent_token'], $rotate) ?: '';
        if ($token !== '') {
            return [$token, false];
        }
        $token = bin2hex(random_bytes(32));
        config::set_agent_token($token);
        return [$token, true];
    }

    /**
     * Read something that is stored encrypted. It cannot be read where the site's key is gone, as after a move without its data.
     *
     * @param callable $read
     * @param bool $rotate whether a new one takes its place anyhow
     * @return mixed null: it cannot be read
     * @throws \moodle_exception it cannot be read, and nothing takes its place
     */
    private static function read(callable $read, bool $rotate): mixed {
        try {
            return $read();
        } catch (\moodle_exception $e) {
            if ($rotate) {
                return null;
            }
            throw new \moodle_exception('error:secretunreadable', 'local_zohosync', '', $e->getMessage());
        }
    }
}
