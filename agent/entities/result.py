"""Results: grades that were typed into Zoho, for the student's page. Moodle's own grades are `agent.entities.grade`."""

from __future__ import annotations

from agent.canonical import Canonical
from agent.entities.base import Entity, MoodleRow, text_of
from agent.entities.fields import Field, shown

FIELDS = (
    Field(
        "key", "Moodle_Grade_Composite_Key"
    ),  # tells whose it is: one that Moodle gave makes it Moodle's own
    Field("student", "Student", "reference"),
    Field("class", "Class", "reference"),
    Field("unitname", "BTEC_Unit"),
    Field("name", "BTEC_Grade_Name"),
    Field("letter", "Grade", "picklist"),
    Field("gradestatus", "Grade_Status", "picklist"),
    Field("attempt", "Attempt_Number", "integer"),
    Field("attemptdate", "Attempt_Date", "date"),
    Field("feedback", "Feedback"),
    Field("grader", "Grader_Name"),
    Field("verifier", "IV_Name"),
)
TEXTS = ("unitname", "name", "attemptdate", "feedback", "grader", "verifier")


def row(form: Canonical) -> MoodleRow:
    """Build the result's own columns of `local_zohosync_upsert_results`."""
    return {
        **{name: text_of(form, name) for name in TEXTS},
        "studentid": text_of(form, "student"),
        "classid": text_of(form, "class"),
        "letter": shown(form["letter"]),
        "gradestatus": shown(form["gradestatus"]),
        "attempt": form["attempt"] or 0,
    }


RESULT = Entity(
    name="result",
    module="BTEC_Grades",
    mapping_version=1,
    fields=FIELDS,
    upsert="upsert_results",
    row=row,
)
