"""Write a generated college as a JSON file of what Moodle gets of it: `python -m ops.bench.export 1500 college.json`.

A process of its own: its memory must not count as anybody else's.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from agent.entities.base import Entity, MoodleRow
from agent.entities.registry import FROM_ZOHO
from agent.errors import SyncError
from agent.sandbox.zoho import SandboxControl, SandboxOptions, SandboxState
from agent.sync.plan import plan_record
from ops.bench.rig import SEED

# Where the plugin keeps each entity's rows, and the lines of its list: column of the row, table, column that names the
# record there.
TABLES: dict[str, tuple[str, tuple[str, str, str] | None]] = {
    "program": ("local_zohosync_program", None),
    "unit": ("local_zohosync_unit", ("criteria", "local_zohosync_unitcriterion", "unitid")),
    "teacher": ("local_zohosync_teacher", None),
    "student": ("local_zohosync_student", None),
    "finance": ("local_zohosync_finance", ("installments", "local_zohosync_financeline", "studentid")),
    "class": ("local_zohosync_course", None),
    "registration": (
        "local_zohosync_registration",
        ("schedule", "local_zohosync_installment", "registrationid"),
    ),
    "enrollment": ("local_zohosync_enrolment", None),
    "payment": ("local_zohosync_payment", None),
    "result": ("local_zohosync_result", None),
    "request": ("local_zohosync_request", None),
}


def rows_of(entity: Entity, control: SandboxControl) -> Iterator[MoodleRow]:
    """Give the rows that Moodle gets of a module; without those that it cannot take."""
    taken: set[tuple[str, str]] = set()
    for record in control.records(entity.module):
        try:
            row = plan_record(entity, record, {}, None).row
        except SyncError:
            continue
        names = {(name, row[name].lower()) for name in ("email", "username") if name in row}
        if not names & taken:
            taken |= names
            yield row


def export(students: int) -> list[dict[str, Any]]:
    """Build the college, in the order of dependence: `entity`, `table`, `row` and `lines` of each record."""
    control = SandboxControl(SandboxState(SandboxOptions(college=students, seed=SEED)))
    college = []
    for name, (table, place) in TABLES.items():
        for row in rows_of(FROM_ZOHO[name], control):
            column, lines_table, parent = place or ("", "", "")
            lines = [{parent: row["zohoid"], **line} for line in row.pop(column, [])]
            college.append(
                {"entity": name, "table": table, "row": row, "linestable": lines_table, "lines": lines}
            )
    return college


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(export(int(sys.argv[1])), ensure_ascii=False))
