"""What the doctor finds: a line each, and the judgements that need nobody to be asked. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from agent.moodle.form import MAX_VARIABLES
from agent.moodle.functions import FUNCTIONS
from agent.moodle.models import MoodleStatus
from agent.store.options import Roles, ZohoPush
from agent.sync.outlook import apart
from agent.web.signatures import WINDOW_SECONDS, SignatureRefusedError, key_of, verify

Level = Literal["OK", "WARN", "FAIL"]
PLUGIN_VERSION = 2026112600  # of local_zohosync: the oldest that speaks docs/protocol.md as this agent does
ENVELOPE = 10  # variables of a call beside its rows: token, function, format, count
CLOCK_WARN_SECONDS = 30.0
CRON_WARN_SECONDS = 15 * 60
LONGEST_CALL_SECONDS = 60  # that a batch of ours may take in Moodle
SETUP = "run php local/zohosync/cli/setup.php in Moodle again"
STATUS_ID = "status"  # of the signature in Moodle's status
_CUSTOM = "ZohoCRM.modules.custom"
SCOPES = (
    *(f"ZohoCRM.modules.products.{operation}" for operation in ("READ", "UPDATE")),
    *(f"{_CUSTOM}.{operation}" for operation in ("READ", "CREATE", "UPDATE")),
    *("ZohoCRM.modules.attachments.READ", "ZohoCRM.modules.attachments.CREATE"),
    *(
        "ZohoCRM.settings.fields.READ",
        "ZohoCRM.settings.modules.READ",
        "ZohoCRM.coql.READ",
        "ZohoCRM.org.READ",
    ),
)
PUSH_SCOPES = {
    "rules": ("ZohoCRM.settings.workflow_rules.READ", "ZohoCRM.settings.automation_actions.READ"),
    "channels": tuple(f"ZohoCRM.notifications.{operation}" for operation in ("READ", "CREATE", "DELETE")),
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


def time_limit_finding(seconds: int) -> Finding:
    """Say whether PHP gives a batch the time that it may take (0: no limit)."""
    if seconds == 0 or seconds >= LONGEST_CALL_SECONDS:
        return Finding("OK", "time limit", f"{seconds} s" if seconds else "none")
    remedy = f"set max_execution_time = {LONGEST_CALL_SECONDS} or more in PHP's configuration and reload it"
    text = f"PHP ends a request after {seconds} s; a batch may take {LONGEST_CALL_SECONDS} s"
    return Finding("WARN", "time limit", text, remedy)


def sending_finding(status: MoodleStatus) -> Finding:
    """Say whether Moodle tells the agent of grades, enrolments and requests."""
    if not status.agenturl:
        return Finding("WARN", "events of Moodle", "the plugin knows no address of an agent", SETUP)
    if not status.enabled:
        remedy = "switch it on in the plugin's settings, or confirm the site there if it was copied or moved"
        return Finding("WARN", "events of Moodle", "not sent: the plugin is switched off", remedy)
    return Finding("OK", "events of Moodle", f"sent to {status.agenturl}")


def signature_finding(status: MoodleStatus, secrets: Sequence[str]) -> Finding:
    """Say whether both sides hold the same signing secret: Moodle has signed its own identifier."""
    subject = "signatures"
    if not status.signature:
        return Finding("FAIL", subject, "Moodle has no signing secret", SETUP)
    headers = {
        "webhook-id": STATUS_ID,
        "webhook-timestamp": str(status.time),
        "webhook-signature": status.signature,
    }
    try:
        verify([key_of(secret) for secret in secrets], headers, status.siteid.encode(), status.time)
    except SignatureRefusedError:
        text = "Moodle signs with a secret that is none of ZOHOSYNC_MOODLE_WEBHOOK_SECRETS"
        return Finding("FAIL", subject, text, f"{SETUP} and take the secret that it prints")
    return Finding("OK", subject, "both sides hold the same secret")


def function_finding(known: Iterable[str]) -> Finding:
    """Say whether the service offers every function that the agent calls."""
    missing = sorted(set(FUNCTIONS) - set(known))
    if missing:
        remedy = "update local_zohosync, then let Moodle upgrade its database"
        return Finding("FAIL", "functions", "the service lacks " + ", ".join(missing), remedy)
    return Finding("OK", "functions", f"all {len(FUNCTIONS)} are offered")


def role_finding(known: Iterable[str], roles: Roles) -> Finding:
    """Say whether the roles of the setting `moodle.roles` exist in Moodle."""
    wanted = {roles.student, roles.class_teacher, *(staff.role for staff in roles.default_staff)}
    missing = sorted(wanted - set(known))
    if missing:
        remedy = "add the role in Moodle, or name another in the setting moodle.roles"
        return Finding("FAIL", "roles", "Moodle has no role " + ", ".join(missing), remedy)
    return Finding("OK", "roles", ", ".join(sorted(wanted)))


def cron_finding(last: int, now: int) -> Finding:
    """Say whether Moodle's cron runs (unix seconds): retries, the nightly letters and messages need it."""
    if last and now - last < CRON_WARN_SECONDS:
        return Finding("OK", "cron of Moodle", "runs")
    text = f"ran {(now - last) // 60} minutes ago" if last else "has never run"
    return Finding("WARN", "cron of Moodle", text, "let admin/cli/cron.php run every minute")


def scope_finding(granted: str | None, push: ZohoPush) -> Finding:
    """Compare what Zoho allows (its words with the token; None: it said nothing) with what the agent uses."""
    if not granted:
        return Finding(
            "WARN", "scopes", "Zoho has not said what the token allows", "authorise the agent again"
        )
    words = granted.replace(",", " ").split()
    needed = (*SCOPES, *PUSH_SCOPES.get(push.by, ()))
    missing = [scope for scope in needed if not any(_covers(word, scope) for word in words)]
    if missing:
        text = "the token lacks " + ", ".join(missing)
        return Finding("FAIL", "scopes", text, "authorise the agent again, with these scopes too")
    return Finding("OK", "scopes", "all that the agent uses")


def _covers(granted: str, needed: str) -> bool:
    """Tell whether a granted scope holds a needed one: `A.ALL` all below A, `A.READ` every reading below A."""
    one, other = granted.lower(), needed.lower()
    base, _, operation = one.rpartition(".")
    below = other.startswith(base + ".")
    return one == other or (below and (operation == "all" or other.endswith("." + operation)))
