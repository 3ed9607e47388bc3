"""What Moodle's answers mean. Pure.

The REST server says no with HTTP 200 and `{"exception", "errorcode", "message"}`; what stands before it
(maintenance, a proxy, PHP itself) says no with a status and a page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from agent.errors import SyncError, bad_record, misconfigured, throttled, transient
from agent.outbound import Answer

TARGET = "moodle"
# Codes of webservice/lib.php and lib/external: only an administrator can mend these.
CONFIGURATION_CODES = frozenset(
    {
        *("invalidtoken", "invalidtimedtoken", "accessexception", "servicenotavailable", "nopermissions"),
        *("requireloginerror", "servicerequireslogin", "forbiddenwsuser", "sitepolicynotagreed"),
        *("wsaccessuserdeleted", "wsaccessusersuspended", "wsaccessuserunconfirmed", "wsaccessuserexpired"),
        *("wsaccessusernologin", "passwordisexpired", "missingcapability", "nocapabilitytousethisservice"),
        *("countmismatch", "upgradepending", "categorymissing", "rolemissing", "sitecopied"),
    }
)
TRANSIENT_CODES = frozenset(
    {
        *("sitemaintenance", "upgraderunning", "locktimeout", "cannotgetlock", "dbconnectionfailed"),
        *("dbupdatefailed", "ddlexecuteerror", "siteisbeingupgraded", "locked"),
    }
)
HINTS = {
    "countmismatch": "PHP dropped a part of the request; raise max_input_vars to 5000 or more",
    "functionmissing": "the plugin local_zohosync is missing, older than this agent, or not upgraded",
}


def read_answer(answer: Answer) -> Any:
    """Return what a function returned.

    Raises:
        SyncError: Moodle refused, or what answered is not Moodle's REST server.
    """
    if answer.status != 200:
        raise _status_fault(answer)
    try:
        said = json.loads(answer.body)
    except ValueError:
        raise transient(
            "NOT_JSON", "Moodle answered with something that is not JSON (maintenance?)", target=TARGET
        ) from None
    if isinstance(said, dict) and "exception" in said:
        raise refusal(
            str(said.get("errorcode") or ""), str(said.get("message") or ""), str(said["exception"])
        )
    return said


def refusal(code: str, message: str, exception: str = "") -> SyncError:
    """Say what one of Moodle's error codes means, for a whole call or for one row of it.

    Args:
        code: Moodle's `errorcode`; empty for a PHP error.
        message: Moodle's own sentence.
        exception: PHP class, where Moodle names it.
    """
    if exception == "dml_missing_record_exception" and "external_functions" in message:
        code = "functionmissing"
    kind = exception.rpartition("\\")[2]
    name = (code or kind or "UNKNOWN").upper()
    text = f"Moodle says: {message or name}"
    if code in HINTS:
        text = f"{text} ({HINTS[code]})"
    if code in HINTS or code in CONFIGURATION_CODES or kind == "required_capability_exception":
        return misconfigured(name, text, target=TARGET)
    if code in TRANSIENT_CODES or code.startswith("dml") or kind.startswith(("dml_", "ddl_")):
        return transient(name, text, target=TARGET)
    return bad_record(name, text, target=TARGET)


def unexpected(function: str, reason: str) -> SyncError:
    """Say that a function answered in another shape than docs/protocol.md: the versions do not fit."""
    return misconfigured(
        "UNEXPECTED_ANSWER",
        f"Moodle's {function} answered in an unknown shape ({reason}); do plugin and agent fit together?",
        target=TARGET,
    )


def _status_fault(answer: Answer) -> SyncError:
    code, wait = f"HTTP_{answer.status}", _retry_after(answer.headers)
    if answer.status == 429:
        return throttled(code, "Moodle's server says: too many requests", target=TARGET, retry_after=wait)
    if 300 <= answer.status < 400:
        place = answer.headers.get("Location", "").partition("?")[0]
        return misconfigured(
            code, f"Moodle redirects to {place}; set its wwwroot as the address", target=TARGET
        )
    if answer.status == 403:
        return misconfigured(
            code, "Moodle refuses web services; are they and REST switched on?", target=TARGET
        )
    if answer.status in {401, 404, 405, 407}:
        return misconfigured(code, f"Moodle answered {answer.status}; is the address right?", target=TARGET)
    if answer.status == 413:
        return bad_record(code, "Moodle's server says: the request is too large", target=TARGET)
    error = transient(code, f"Moodle answered {answer.status}", target=TARGET)
    error.retry_after = wait
    return error


def _retry_after(headers: Mapping[str, str]) -> float | None:
    value = headers.get("Retry-After", "")
    return float(value) if value.isascii() and value.isdigit() else None
