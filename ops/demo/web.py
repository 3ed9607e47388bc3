"""How the demo's two commands look at both sides: as a person at Zoho, as a teacher at Moodle, as the agent."""

from __future__ import annotations

import json
import re
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from typing import Any
from urllib.parse import urlencode

WAIT_SECONDS = 30


class RefusedError(Exception):
    """A side refused what the demo asked of it; the text says what it answered."""


class Web:
    """A small HTTP client with cookies, as a browser has."""

    def __init__(self, base: str) -> None:
        self.base = base
        # No proxy: everything here is on this machine.
        self._open = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(CookieJar())
        ).open

    def text(self, path: str, form: dict[str, Any] | None = None) -> str:
        """GET a page, or POST a form to it."""
        body = None if form is None else urlencode(form).encode()
        return self._send(urllib.request.Request(self.base + path, data=body))  # noqa: S310

    def json(self, path: str, body: Any = None, method: str | None = None) -> Any:
        """GET JSON, or send JSON and read the answer."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(self.base + path, data=data, headers=headers, method=method)  # noqa: S310
        return json.loads(self._send(request))

    def _send(self, request: urllib.request.Request) -> str:
        try:
            with self._open(request, timeout=WAIT_SECONDS) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            raise RefusedError(f"{request.full_url.partition('?')[0]} answered {error.code}") from error
        except OSError as error:
            raise RefusedError(f"{self.base} cannot be reached: {error}") from error


class ZohoPerson:
    """Somebody who works in Zoho: the sandbox's `/sandbox/people/…`, so that workflows fire."""

    def __init__(self, base: str) -> None:
        self._web = Web(base)
        self._keys: dict[str, str] = {}

    def student(self, record_id: str) -> dict[str, Any]:
        """Read a student whole."""
        return dict(self._web.json(f"/sandbox/people/BTEC_Students/{record_id}"))

    def change_student(self, record_id: str, values: dict[str, str]) -> None:
        """Type new values into a student's record."""
        self._web.json(f"/sandbox/people/BTEC_Students/{record_id}", values, "PUT")

    def grade(self, key: str) -> dict[str, Any] | None:
        """Find a grade by its composite key (keys already read are remembered)."""
        for row in reversed(self._web.json("/sandbox/people/BTEC_Grades")["records"]):
            if row["id"] not in self._keys:
                self._keys[row["id"]] = str(self._grade(row["id"]).get("Moodle_Grade_Composite_Key"))
            if self._keys[row["id"]] == key:
                return self._grade(row["id"])
        return None

    def _grade(self, record_id: str) -> dict[str, Any]:
        return dict(self._web.json(f"/sandbox/people/BTEC_Grades/{record_id}"))


class MoodleAgent:
    """The agent's own way of reading Moodle: the plugin's web services (Moodle's sandbox has them too)."""

    def __init__(self, base: str, token: str) -> None:
        self._web = Web(base)
        self._token = token

    def student(self, zoho_id: str) -> dict[str, Any]:
        """Read a student's account as Moodle holds it.

        Raises:
            RefusedError: Moodle refused the call or does not know the student.
        """
        form = {"wstoken": self._token, "moodlewsrestformat": "json", "zohoids[0]": zoho_id}
        form |= {"wsfunction": "local_zohosync_get_students"}
        answer = json.loads(self._web.text("/webservice/rest/server.php", form))
        if "exception" in answer or not answer["students"]:
            raise RefusedError(f"Moodle did not give the student: {answer.get('message', 'unknown')}")
        return dict(answer["students"][0])


class MoodlePerson:
    """Somebody with an account, in the browser."""

    def __init__(self, base: str) -> None:
        self._web = Web(base)
        self._sesskey = ""

    def log_in(self, username: str, password: str) -> None:
        """Log in.

        Raises:
            RefusedError: Moodle did not let us in.
        """
        token = _found(r'name="logintoken" value="([^"]+)"', self._web.text("/login/index.php"))
        form = {"username": username, "password": password, "logintoken": token}
        self._sesskey = _found(r'"sesskey":"([^"]+)"', self._web.text("/login/index.php", form))
        if "login/logout.php" not in self._web.text("/my/"):
            raise RefusedError("Moodle refused the login")

    def open(self, path: str) -> str:
        """Open a page and return it."""
        return self._web.text(path)


class MoodleTeacher(MoodlePerson):
    """A teacher in the browser, who saves a grade as Moodle's grading page does."""

    def save_grade(self, assignment: int, student: int, mark: str, feedback: str) -> None:
        """Save one mark with a comment.

        Raises:
            RefusedError: the form was refused.
        """
        form = {
            f"_qf__mod_assign_grade_form_{student}": "1",
            "sesskey": self._sesskey,
            "grade": mark,
            "assignfeedbackcomments_editor[text]": feedback,
            "assignfeedbackcomments_editor[format]": "1",
            "attemptnumber": "-1",
            "action": "submitgrade",
        }
        arguments = {
            "assignmentid": assignment,
            "userid": student,
            "jsonformdata": json.dumps(urlencode(form)),
        }
        call = {"index": 0, "methodname": "mod_assign_submit_grading_form", "args": arguments}
        answer = self._web.json(f"/lib/ajax/service.php?sesskey={self._sesskey}", [call])[0]
        if answer.get("error") or answer.get("data"):
            raise RefusedError(f"Moodle refused the grade: {json.dumps(answer)[:500]}")


class MoodleSandboxTeacher:
    """A teacher of Moodle's sandbox."""

    def __init__(self, base: str) -> None:
        self._web = Web(base)

    def people(self) -> dict[str, Any]:
        """Choose a student with a course, and give that course an assignment.

        Raises:
            RefusedError: no student is enrolled anywhere.
        """
        student = next(
            (row for row in self._web.json("/sandbox/students")["students"] if row["courses"]), None
        )
        if student is None:
            raise RefusedError("no student is enrolled in a course")
        course = student["courses"][0]
        made = self._web.json("/sandbox/assignments", {"courseid": course, "name": "Assignment 1"})
        return {
            "student": {"id": student["id"], "zohoid": student["zohoid"]},
            "course": {"id": course},
            "assignment": {"id": made["assignid"], "name": "Assignment 1"},
        }

    def save_grade(self, assignment: int, student: int, course: int, mark: str, feedback: str) -> None:
        """Save one mark with a comment."""
        values = {"assignid": assignment, "userid": student, "courseid": course, "mark": mark}
        self._web.json("/sandbox/grades", values | {"feedback": feedback})


def _found(pattern: str, page: str) -> str:
    match = re.search(pattern, page)
    if match is None:
        raise RefusedError("Moodle's page is not the one that was expected")
    return match.group(1)
