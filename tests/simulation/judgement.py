"""Whether a story ended well: both sides agree, nothing is there twice, nothing was given up too early."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from agent.inbox.settings import InboxSettings
from agent.sandbox.moodle import MoodleControl
from agent.sandbox.zoho.control import SandboxControl
from agent.sandbox.zoho.options import INTEGRATION
from agent.sync.passes import Pass
from tests.simulation.database import Database
from tests.simulation.people import CLASSES, ENROLLMENTS, GRADES, STUDENTS

LETTERS = {1: "R", 2: "P", 3: "M", 4: "D"}


class Judgement:
    """Looks at both systems and the inbox beside the agents; every finding is a sentence."""

    def __init__(self, database: Database, zoho: SandboxControl, moodle: MoodleControl) -> None:
        self._database = database
        self._control = zoho
        self._moodle = moodle

    def disagreements(self) -> list[str]:
        """Find what one side has and the other has not, or has otherwise, or has twice."""
        return [*self._students(), *self._classes(), *self._enrollments(), *self._grades()]

    def written(self) -> tuple[int, str]:
        """Count what was written to Zoho, and give what Moodle holds: a write that changes nothing there is none."""
        zoho = sum(
            call.method in {"PUT", "POST", "DELETE"} and "coql" not in call.path and "/crm/" in call.path
            for call in self._control.calls
        )
        site = self._moodle.site
        held = (site.users, site.courses, site.categories, site.enrolments, self._moodle.gradebook.grades)
        return zoho, hashlib.sha256(repr(held).encode()).hexdigest()

    def _students(self) -> list[str]:
        accounts = [user for user in self._moodle.site.users.values() if user.idnumber]
        wrong = []
        there = {record["id"]: record for record in self._control.records(STUDENTS)}
        for record_id, record in there.items():
            mine = [user for user in accounts if user.idnumber == record_id]
            if len(mine) != 1:
                wrong.append(f"student {record_id} has {len(mine)} accounts")
                continue
            expected = (record["First_Name"], record["Last_Name"], record["Academic_Email"].lower(), False)
            found = (mine[0].firstname, mine[0].lastname, mine[0].email.lower(), mine[0].suspended)
            if expected != found:
                wrong.append(f"student {record_id} is {expected} in Zoho and {found} in Moodle")
        students = {row["record_id"] for row in self._database.rows("SELECT record_id FROM sync_students")}
        wrong += [
            f"student {user.idnumber} is gone in Zoho and her account is not suspended"
            for user in accounts
            if user.idnumber in students - there.keys() and not user.suspended
        ]
        return wrong

    def _classes(self) -> list[str]:
        wrong = []
        for record in self._control.records(CLASSES):
            courses = [one for one in self._moodle.site.courses.values() if one.idnumber == record["id"]]
            if record["Class_Status"] == "Active" and len(courses) != 1:
                wrong.append(f"class {record['id']} has {len(courses)} courses")
            if courses and courses[0].fullname != record["Class_Name"]:
                wrong.append(
                    f"class {record['id']} is {record['Class_Name']!r}, its course {courses[0].fullname!r}"
                )
        return wrong

    def _enrollments(self) -> list[str]:
        held = Counter(
            (record["Enrolled_Students"]["id"], record["Classes"]["id"])
            for record in self._control.records(ENROLLMENTS)
            if record["Enrolled_Students"]
            and record["Classes"]
            and record["Created_By"]["id"] == INTEGRATION.id
        )
        return [
            f"student {pair[0]} is {number} times in class {pair[1]}"
            for pair, number in held.items()
            if number > 1
        ]

    def too_early(self) -> list[str]:
        """Find what was parked before it had all its tries, though nothing is wrong with the record."""
        parked = self._database.rows(
            "SELECT record_key, error_code, error_message FROM integration_events_log"
            " WHERE status = 'failed' AND retry_count < %s AND outcome IS DISTINCT FROM 'rejected'",
            InboxSettings.max_tries,
        )
        return [f"parked at once: {row}" for row in parked]

    def _grades(self) -> list[str]:
        records: dict[str, list[dict[str, Any]]] = {}
        for record in self._control.records(GRADES):
            if record["Moodle_Grade_Composite_Key"]:
                records.setdefault(record["Moodle_Grade_Composite_Key"], []).append(record)
        wrong = [f"grade {key} has {len(found)} records" for key, found in records.items() if len(found) > 1]
        students = set(self._control.ids(STUDENTS))
        for key, grade in self._moodle.gradebook.grades.items():
            user = self._moodle.site.users.get(int(key.split("_")[0]))
            if user is None or user.idnumber not in students or grade.mark is None:
                continue
            letter = LETTERS[int(grade.mark)]
            found = [record["Grade"] for record in records.get(key, [])]
            if found != [letter]:
                wrong.append(f"grade {key} is {letter} in Moodle and {found} in Zoho")
        return wrong

    def events(self) -> list[str]:
        """Find what is parked."""
        failed = self._database.rows(
            "SELECT record_key, error_code, error_message FROM integration_events_log WHERE status = 'failed'"
        )
        return [f"parked without a record's fault: {row}" for row in failed]


def broken_off(passes: Sequence[Pass]) -> list[str]:
    """Say which passes broke off, and why."""
    return [f"the pass of {one.report.entity} broke off: {one.error}" for one in passes if one.error]
