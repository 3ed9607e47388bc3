"""Where scenes are played: whoever answers as Moodle, and what of the answers can be compared between two sites."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlencode

from agent.moodle.form import flatten
from agent.moodle.functions import PREFIX

Answer = Any  # what came as JSON
Entry = dict[str, Any]  # what was done, and the answer
IDS = {
    "userid": "user",
    "courseid": "course",
    "cmid": "module",
    "itemid": "item",
    "gradeid": "grade",
    "assignid": "assignment",
    "fileid": "file",
    "definitionid": "definition",
    "requestid": "request",
}
LINKED = {
    "student": "user",
    "teacher": "user",
    "program": "category",
    "class": "course",
    "enrollment": "course",
    "request": "request",
}  # what a record's `moodleid` is the id of; of the others it is the plugin's row
FUNCTIONS = {
    "program": "programs",
    "unit": "units",
    "teacher": "teachers",
    "student": "students",
    "class": "courses",
    "registration": "registrations",
    "enrollment": "enrolments",
    "payment": "payments",
    "finance": "finance",
    "result": "results",
    "request": "requests",
}
TIMES = frozenset({"timemodified", "timecreated", "timegraded", "submitted", "time", "timestamp"})
DAYS = frozenset({"today", "changed"})
KEY_OF = {1: ("request",), 2: ("user", "course"), 3: ("user", "course", "assignment")}
LISTED = 1000


class Backend(Protocol):
    """A Moodle: its address and token, and the people who work in it by hand."""

    url: str
    token: str

    def hand(self, do: str, **what: Any) -> Any:
        """Do what a person does; the answer is an id where something was made. See docs of by_hand.php."""
        ...


class Stage:
    """One scene: its calls with what of their answers is the same on every site.

    Ids of Zoho are the scene's own; Moodle's ids are named by their kind in the order of their first appearance,
    instants and sentences only by their being there.
    """

    def __init__(self, backend: Backend, number: int) -> None:
        self._backend = backend
        self._number = number
        self._names: dict[tuple[str, int], str] = {}
        self.entries: list[Entry] = []
        self.linked: dict[str, int] = {}  # the last `moodleid` of a record, by Zoho's id

    def zohoid(self, number: int) -> str:
        """An id of Zoho's that no other scene has."""
        return f"5725767{self._number:03d}{number:09d}"

    def named(self, number: int) -> str:
        """A name (of an account, a course) that no other scene has."""
        return f"scene{self._number}.{number}"

    def hand(self, do: str, **what: Any) -> Any:
        """Let a person do something in Moodle."""
        return self._backend.hand(do, **what)

    def call(self, what: str, function: str, **params: Any) -> Answer:
        """Call a function, note the answer, and return it as it came."""
        answer = self._ask(function, params)
        self._note(f"{function}: {what}", answer, function.partition("_")[2])
        return answer

    def upsert(self, what: str, entity: str, *rows: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Bring rows of an entity; returns the results as they came."""
        name = FUNCTIONS[entity]
        answer = self.call(what, f"upsert_{name}", count=len(rows), **{name: list(rows)})
        results: list[dict[str, Any]] = answer.get("results", [])
        self.linked |= {row["zohoid"]: row["moodleid"] for row in results if row["moodleid"]}
        return results

    def records(self, what: str, entity: str) -> None:
        """Note what the mirror of an entity holds of this scene."""
        found = self._pages("list_records", "records", entity=entity)
        own = [row for row in found if row["zohoid"].startswith(self.zohoid(0)[:10])]
        self._note(f"list_records of {entity}: {what}", own, entity)

    def pages(self, what: str, function: str, member: str, of: Sequence[int], by: str) -> None:
        """Note what a listing function tells of some accounts, courses ... (`by`: the field that holds their id)."""
        rows = [row for row in self._pages(function, member) if row_belongs(row, by, of)]
        self._note(f"{function}: {what}", rows, function)

    def events(self, what: str) -> None:
        """Note the events that wait, and take them as the agent does."""
        waiting = self._ask("get_events", {"limit": 100})["events"]
        told = [{**event, "body": json.loads(event["body"])} for event in waiting]
        self._note(f"events: {what}", told, "event")
        if waiting:
            self._ask("ack_events", {"eventids": [event["eventid"] for event in waiting]})

    def _pages(self, function: str, member: str, **params: Any) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        while page := self._ask(
            function, {**params, "after": rows[-1]["id"] if rows else 0, "limit": LISTED}
        )[member]:
            rows += [{"id": row.get("requestid", 0), **row} for row in page]
        return rows

    def _ask(self, function: str, params: Mapping[str, Any]) -> Answer:
        form = {"wstoken": self._backend.token, "wsfunction": PREFIX + function, "moodlewsrestformat": "json"}
        body = urlencode({**form, **flatten(params)}).encode()
        address = f"{self._backend.url}/webservice/rest/server.php"
        request = urllib.request.Request(address, data=body, method="POST")
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.loads(answer.read())

    def _note(self, what: str, answer: Answer, about: str) -> None:
        self.entries.append({"what": what, "answer": self._plain(answer, "", about)})

    def _plain(self, value: Any, name: str, about: str) -> Any:
        if isinstance(value, dict):
            value = {key: inner for key, inner in value.items() if key != "debuginfo"}
            return {key: self._plain(inner, key, about) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._plain(inner, name, about) for inner in value]
        return self._named(value, name, about)

    def _named(self, value: Any, name: str, about: str) -> Any:
        """Say what a value is where sites differ."""
        if not value:
            return value
        kind = self._kind(name, about)
        if kind and isinstance(value, int):
            return self._symbol(kind, value)
        if name == "key" and re.fullmatch(r"[0-9_]+", value):
            parts = value.split("_")
            return " ".join(
                self._symbol(kind, int(part)) for kind, part in zip(KEY_OF[len(parts)], parts, strict=True)
            )
        if name in TIMES or name in DAYS:
            return "<time>"
        if name == "exception":
            return value.rpartition("\\")[2]
        return {"message": "<words>", "eventid": "<id>", "site": "<site>"}.get(name, value)

    def _kind(self, name: str, about: str) -> str:
        entity = next((one for one, function in FUNCTIONS.items() if function == about), about)
        if name == "moodleid":
            return LINKED.get(entity, entity)
        return f"row of {entity}" if name == "id" else IDS.get(name, "")

    def _symbol(self, kind: str, number: int) -> str:
        if not number:
            return "none"
        count = sum(known == kind for known, _ in self._names)
        return self._names.setdefault((kind, number), f"{kind} {count + 1}")


def row_belongs(row: Mapping[str, Any], by: str, of: Sequence[int]) -> bool:
    """Tell whether a listed row is about one of these; a grade names its student in its key only."""
    value = row[by] if by in row else int(str(row["key"]).split("_")[0])
    return value in of
