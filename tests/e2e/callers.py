"""Programs on the network that call Moodle's web services, with whatever token they have."""

from __future__ import annotations

import json
import re
import secrets
import time
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote_from_bytes

from tests.e2e.college import College
from tests.e2e.marking import by_hand

APP = "moodle_mobile_app"
# What PHP or the database would say where input went too far; and where things lie on the server.
TROUBLE = re.compile(
    r"PHP (Warning|Notice|Deprecated|Fatal)|<b>(Warning|Notice|Deprecated|Fatal)|stack ?trace|(?<!pluginfile)\.php\b"
    r"|SQLSTATE|mdl_|ddl|dml\w*exception|codingerror|TypeError",
    re.IGNORECASE,
)


def pairs(name: str, value: Any) -> Iterator[tuple[str, bytes]]:
    """Spell a parameter as PHP reads forms; dicts and lists nest."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from pairs(f"{name}[{key}]", inner)
    else:
        yield name, value if isinstance(value, bytes) else str(value).encode()


class Caller:
    """Calls functions as any program on the network can."""

    def __init__(self, url: str, token: str | None) -> None:
        self.url = f"{url}/webservice/rest/server.php"
        self.token = token

    def __call__(self, function: str, parameters: dict[str, Any]) -> Any:
        """Call a function; the answer has to be JSON with nothing of the server's inside in it."""
        text = self.text(function, parameters)
        assert not TROUBLE.search(text), f"{function}: {text[:500]}"
        return json.loads(text)

    def text(self, function: str, parameters: dict[str, Any]) -> str:
        """Call a function and return the answer as it comes."""
        form = {"wsfunction": function, "moodlewsrestformat": "json"}
        form |= {} if self.token is None else {"wstoken": self.token}
        fields = [field for name, value in {**form, **parameters}.items() for field in pairs(name, value)]
        body = b"&".join(name.encode() + b"=" + quote_from_bytes(value).encode() for name, value in fields)
        request = urllib.request.Request(self.url, data=body, method="POST")
        with urllib.request.urlopen(request, timeout=120) as answer:
            return str(answer.read().decode())


def token(college: College, user: int, service: str, **fields: Any) -> str:
    """Give a person a token, as an administrator could by mistake, or as the app gets one."""
    made = secrets.token_hex(16)
    columns = {
        "token": made,
        "tokentype": 0,
        "userid": user,
        "contextid": 1,
        "creatorid": user,
        "timecreated": int(time.time()),
        "validuntil": 0,
        "name": "",
        **fields,
    }
    college.ask(
        f"INSERT INTO mdl_external_tokens (externalserviceid, {', '.join(columns)})"
        f" SELECT id, {', '.join(['%s'] * len(columns))} FROM mdl_external_services WHERE shortname = %s"
        " RETURNING id",
        *columns.values(),
        service,
    )
    return made


def open_app(college: College) -> None:
    """Let Moodle's app in, as an administrator does."""
    by_hand(college, do="app")


def from_the_app(college: College, user: int) -> Caller:
    """The app on somebody's telephone."""
    return Caller(college.site.url, token(college, user, APP))
