"""Which entities there are, in the order of dependence; a new one is one line here."""

from __future__ import annotations

from agent.entities.base import Entity
from agent.entities.class_ import CLASS
from agent.entities.enrollment import ENROLLMENT
from agent.entities.program import PROGRAM
from agent.entities.student import STUDENT
from agent.entities.teacher import TEACHER

FROM_ZOHO: dict[str, Entity] = {
    entity.name: entity for entity in (PROGRAM, TEACHER, STUDENT, CLASS, ENROLLMENT)
}

# Slugs of Zoho's ten modules; an event of one that is not in FROM_ZOHO (or grade) is accepted and ignored.
SLUGS: dict[str, str] = {
    "program": "Products",
    "unit": "BTEC",
    "teacher": "BTEC_Teachers",
    "student": "BTEC_Students",
    "class": "BTEC_Classes",
    "registration": "BTEC_Registrations",
    "enrollment": "BTEC_Enrollments",
    "payment": "BTEC_Payments",
    "grade": "BTEC_Grades",
    "request": "BTEC_Student_Requests",
}
