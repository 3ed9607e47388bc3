"""`zohosync doctor`: say whether everything is there that the agent needs.

It asks and reads. It writes nothing but an access token and, the first time, whom the database belongs to.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

from sqlalchemy.exc import SQLAlchemyError

from agent.app import Runtime, open_runtime
from agent.config import Settings
from agent.entities.mapping import Problem
from agent.errors import Fault, SyncError
from agent.findings import (
    PLUGIN_VERSION,
    Finding,
    Level,
    clock_finding,
    cron_finding,
    exit_code,
    function_finding,
    input_finding,
    role_finding,
    scope_finding,
    sending_finding,
    signature_finding,
    time_limit_finding,
)
from agent.store import migrations
from agent.store.options import MOODLES, Roles, ZohoPush
from agent.store.secrets import SecretBox
from agent.store.tokens import TokenStore
from agent.sync.modules import NAMES
from agent.zoho.data_centers import endpoints
from agent.zoho.oauth import Credentials

__all__ = ["Finding", "examine", "exit_code"]

REMEDIES = {
    Fault.CONFIGURATION: "mend the address, the credentials or their permissions in the environment",
    Fault.TRANSIENT: "see that it runs and can be reached from here, then ask again",
    Fault.THROTTLED: "wait some minutes, then ask again",
    Fault.QUOTA: "wait until the day's quota is renewed, or buy more",
}


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Examine everything, one finding after the other; nothing that goes wrong outside is raised."""
    yield Finding("OK", "settings", "complete")
    async with open_runtime(settings) as runtime:
        database = await _database(runtime)
        yield database
        if database.level == "OK":
            yield await _token(runtime)
            push = await runtime.engine.modules.settings.get(ZohoPush)
            async for finding in _zoho(runtime, push):
                yield finding
        else:
            yield Finding("WARN", "zoho", "not asked: its token is in the database", "mend the database")
        async for finding in _moodle(runtime, database):
            yield finding
        if database.level == "OK":
            yield await _tenancy(runtime)
            yield await _settings_in_moodle(runtime)


async def _settings_in_moodle(runtime: Runtime) -> Finding:
    """Say which settings Moodle does not keep as they are here: they are pushed at once, so it has refused them."""
    subject = "settings in Moodle"
    try:
        differing = await runtime.moodle_settings.differing()
    except SyncError as error:
        return _unusable(subject, error)
    if not differing:
        return Finding("OK", subject, "as they are here")
    if len(differing) == len(MOODLES):
        return Finding("OK", subject, "none yet: the agent's start or the first pass brings them")
    remedy = "make a pass (zohosync sync --all): its log says why Moodle refuses them"
    return Finding("WARN", subject, "not as they are here: " + ", ".join(sorted(differing)), remedy)


async def _tenancy(runtime: Runtime) -> Finding:
    """Compare both sides with what this database was set up for, and learn them where it was not yet."""
    tenancy = runtime.engine.modules.tenancy
    try:
        await tenancy.check()
    except SyncError as error:
        return _unusable("sides", error)
    known = ", ".join(f"{side.side} {side.name}" for side in await tenancy.store.read())
    return Finding("OK", "sides", f"this database belongs to {known}")


def _unusable(subject: str, error: SyncError) -> Finding:
    return Finding("FAIL", subject, f"{error.message} ({error.code})", REMEDIES.get(error.fault, ""))


async def _database(runtime: Runtime) -> Finding:
    try:
        if await migrations.at_head(runtime.database):
            return Finding("OK", "database", f"answers, schema at {migrations.HEAD}")
    except (SQLAlchemyError, OSError):
        remedy = "see that PostgreSQL runs and ZOHOSYNC_DATABASE_URL is right"
        return Finding("FAIL", "database", "does not answer", remedy)
    return Finding("FAIL", "database", f"schema is not at {migrations.HEAD}", "zohosync migrate")


def _token_store(runtime: Runtime) -> TokenStore:
    return TokenStore(runtime.database, SecretBox(runtime.settings.encryption_keys))


def _client_key(runtime: Runtime) -> str:
    settings = runtime.settings
    credentials = Credentials(
        settings.zoho_client_id.get_secret_value(),
        settings.zoho_client_secret.get_secret_value(),
        settings.zoho_refresh_token.get_secret_value(),
    )
    where = endpoints(settings.zoho_data_center, settings.zoho_accounts_url, settings.zoho_api_url)
    return credentials.client_key(where.accounts_url)


async def _token(runtime: Runtime) -> Finding:
    match await _token_store(runtime).readable(_client_key(runtime)):
        case None:
            return Finding("OK", "encryption keys", "nothing is stored yet")
        case True:
            return Finding("OK", "encryption keys", "decrypt the stored token")
    remedy = "append the former key to ZOHOSYNC_ENCRYPTION_KEYS, or let the agent fetch a new token"
    return Finding("WARN", "encryption keys", "none decrypts the stored token", remedy)


async def _zoho(runtime: Runtime, push: ZohoPush) -> AsyncIterator[Finding]:
    try:
        organisation = await runtime.zoho.org()
    except SyncError as error:
        yield _unusable("zoho", error)
        return
    yield Finding("OK", "zoho", f"organisation {organisation.get('company_name')}")
    yield scope_finding(await _token_store(runtime).scope(_client_key(runtime)), push)
    for name in NAMES:
        try:
            problems = await runtime.engine.modules.problems(name)
        except SyncError as error:
            yield _unusable(f"mapping of {name}", error)
            continue
        for problem in problems:
            yield _mapping(problem)
        if not problems:
            yield Finding("OK", f"mapping of {name}", "fits Zoho")
    for stranger in await runtime.engine.modules.strangers():
        known = ", ".join(NAMES)
        yield Finding("WARN", f"mapping of {stranger}", f"there is no such entity; there are {known}")
    yield await _push(runtime, push)


def _mapping(problem: Problem) -> Finding:
    remedy = f"zohosync mapping set {problem.entity} {problem.name} ZOHO_FIELD, or mend the field in Zoho"
    level: Level = "FAIL" if problem.level == "error" else "WARN"
    return Finding(level, f"mapping of {problem.entity}", f"{problem.name}: {problem.sentence}", remedy)


async def _moodle(runtime: Runtime, database: Finding) -> AsyncIterator[Finding]:
    before = time.time()
    try:
        status = await runtime.moodle.get_status()
    except SyncError as error:
        yield _unusable("moodle", error)
        return
    after = time.time()
    version = f"Moodle {status.moodleversion}, plugin {status.pluginversion}"
    if status.pluginversion < PLUGIN_VERSION:
        yield Finding("FAIL", "moodle", version, f"update local_zohosync to {PLUGIN_VERSION} or newer")
    else:
        yield Finding("OK", "moodle", version)
    yield clock_finding(status.time, before, after)
    yield input_finding(status.maxinputvars)
    if status.pluginversion < PLUGIN_VERSION:
        return  # an older one does not tell the rest
    yield time_limit_finding(status.timelimit)
    yield sending_finding(status)
    secrets = [secret.get_secret_value() for secret in runtime.settings.moodle_webhook_secrets]
    yield signature_finding(status, secrets)
    yield function_finding(status.functions)
    yield cron_finding(status.lastcron, status.time)
    if database.level == "OK":
        yield role_finding(status.roles, await runtime.engine.modules.settings.get(Roles))


async def _push(runtime: Runtime, push: ZohoPush) -> Finding:
    """Say whether Zoho tells the agent of changes as `zoho setup` made it."""
    subject, url = "push of Zoho", runtime.settings.public_url
    if push.by == "none":
        return Finding("OK", subject, "none: the passes alone find what changed (zohosync zoho setup)")
    if url is None:
        remedy = "set ZOHOSYNC_PUBLIC_URL to where Zoho reaches the agent"
        return Finding("WARN", subject, f"by {push.by}, but nobody knows whereto", remedy)
    try:
        steps = [] if push.by == "functions" else await runtime.provisioner.pushes(push.by, url)
    except SyncError as error:
        return _unusable(subject, error)
    apart = [str(step) for step in steps if not step.settled]
    if apart:
        remedy = f"zohosync zoho setup --by {push.by} --apply"
        return Finding("WARN", subject, "; ".join(apart), remedy)
    text = "functions in Zoho, which cannot be seen from here" if push.by == "functions" else f"by {push.by}"
    return Finding("OK", subject, text)
