"""`zohosync doctor`: say whether everything is there that the agent needs.

It asks and reads. It writes nothing but an access token and, the first time, whom the database belongs to.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.exc import SQLAlchemyError

from agent.app import Runtime, open_runtime
from agent.config import Settings
from agent.entities.mapping import Problem
from agent.errors import Fault, SyncError
from agent.moodle.form import MAX_VARIABLES
from agent.store import migrations
from agent.store.options import MOODLES
from agent.store.secrets import SecretBox
from agent.store.tokens import TokenStore
from agent.sync.modules import NAMES
from agent.sync.outlook import apart
from agent.web.signatures import WINDOW_SECONDS
from agent.zoho.data_centers import endpoints
from agent.zoho.oauth import Credentials

Level = Literal["OK", "WARN", "FAIL"]
PLUGIN_VERSION = 2026112400  # of local_zohosync: the oldest that speaks docs/protocol.md as this agent does
ENVELOPE = 10  # variables of a call beside its rows: token, function, format, count
CLOCK_WARN_SECONDS = 30.0
REMEDIES = {
    Fault.CONFIGURATION: "mend the address, the credentials or their permissions in the environment",
    Fault.TRANSIENT: "see that it runs and can be reached from here, then ask again",
    Fault.THROTTLED: "wait some minutes, then ask again",
    Fault.QUOTA: "wait until the day's quota is renewed, or buy more",
}


@dataclass(frozen=True)
class Finding:
    """One line of the doctor's report; `remedy` is empty when all is well."""

    level: Level
    subject: str
    text: str
    remedy: str = ""

    def __str__(self) -> str:
        """Write the line."""
        remedy = f" -> {self.remedy}" if self.remedy else ""
        return f"{self.level:<4} {self.subject}: {self.text}{remedy}"


def exit_code(findings: list[Finding]) -> int:
    """Return 0 when all is well, 1 with warnings, 2 with failures."""
    levels = {finding.level for finding in findings}
    return 2 if "FAIL" in levels else 1 if "WARN" in levels else 0


async def examine(settings: Settings) -> AsyncIterator[Finding]:
    """Examine everything, one finding after the other; nothing that goes wrong outside is raised."""
    yield Finding("OK", "settings", "complete")
    async with open_runtime(settings) as runtime:
        database = await _database(runtime)
        yield database
        if database.level == "OK":
            yield await _token(runtime)
            async for finding in _zoho(runtime):
                yield finding
        else:
            yield Finding("WARN", "zoho", "not asked: its token is in the database", "mend the database")
        async for finding in _moodle(runtime):
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
            return Finding("OK", "database", f"answers, schema at {migrations.head()}")
    except (SQLAlchemyError, OSError):
        remedy = "see that PostgreSQL runs and ZOHOSYNC_DATABASE_URL is right"
        return Finding("FAIL", "database", "does not answer", remedy)
    return Finding("FAIL", "database", f"schema is not at {migrations.head()}", "zohosync migrate")


async def _token(runtime: Runtime) -> Finding:
    settings = runtime.settings
    credentials = Credentials(
        settings.zoho_client_id.get_secret_value(),
        settings.zoho_client_secret.get_secret_value(),
        settings.zoho_refresh_token.get_secret_value(),
    )
    where = endpoints(settings.zoho_data_center, settings.zoho_accounts_url, settings.zoho_api_url)
    store = TokenStore(runtime.database, SecretBox(settings.encryption_keys))
    match await store.readable(credentials.client_key(where.accounts_url)):
        case None:
            return Finding("OK", "encryption keys", "nothing is stored yet")
        case True:
            return Finding("OK", "encryption keys", "decrypt the stored token")
    remedy = "append the former key to ZOHOSYNC_ENCRYPTION_KEYS, or let the agent fetch a new token"
    return Finding("WARN", "encryption keys", "none decrypts the stored token", remedy)


async def _zoho(runtime: Runtime) -> AsyncIterator[Finding]:
    try:
        organisation = await runtime.zoho.org()
    except SyncError as error:
        yield _unusable("zoho", error)
        return
    yield Finding("OK", "zoho", f"organisation {organisation.get('company_name')}")
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


def _mapping(problem: Problem) -> Finding:
    remedy = f"zohosync mapping set {problem.entity} {problem.name} ZOHO_FIELD, or mend the field in Zoho"
    level: Level = "FAIL" if problem.level == "error" else "WARN"
    return Finding(level, f"mapping of {problem.entity}", f"{problem.name}: {problem.sentence}", remedy)


async def _moodle(runtime: Runtime) -> AsyncIterator[Finding]:
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


def clock_finding(moodle: float, before: float, after: float) -> Finding:
    """Compare the clocks (unix seconds)."""
    seconds = apart(moodle, before, after)
    if seconds < CLOCK_WARN_SECONDS:
        return Finding("OK", "clocks", "agree")
    level: Level = "FAIL" if seconds >= WINDOW_SECONDS else "WARN"
    text = (
        f"Moodle's and this machine's are {seconds:.0f} s apart; beyond {WINDOW_SECONDS} s events are refused"
    )
    return Finding(level, "clocks", text, "let both machines keep time by NTP")


def input_finding(max_input_vars: int) -> Finding:
    """Say whether PHP takes a whole batch."""
    needed = MAX_VARIABLES + ENVELOPE
    if max_input_vars >= needed:
        return Finding("OK", "max_input_vars", f"{max_input_vars}")
    remedy = "set max_input_vars = 5000 in PHP's configuration and reload it"
    return Finding("FAIL", "max_input_vars", f"{max_input_vars}, {needed} are needed", remedy)
