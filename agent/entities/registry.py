"""Which entities there are, in the order of dependence; a new one is one line here."""

from __future__ import annotations

from agent.entities.base import Entity
from agent.entities.class_ import CLASS
from agent.entities.enrollment import ENROLLMENT
from agent.entities.finance import FINANCE
from agent.entities.payment import PAYMENT
from agent.entities.program import PROGRAM
from agent.entities.registration import REGISTRATION
from agent.entities.request import REQUEST
from agent.entities.result import RESULT
from agent.entities.student import STUDENT
from agent.entities.teacher import TEACHER
from agent.entities.unit import UNIT

# Passes follow `Entity.after`; those that name none may go side by side, for their rows wait for nothing in Moodle.
_IN_ORDER = (
    *(PROGRAM, UNIT, TEACHER, STUDENT, FINANCE, CLASS, REGISTRATION, ENROLLMENT, PAYMENT, RESULT),
    REQUEST,
)
FROM_ZOHO: dict[str, Entity] = {entity.name: entity for entity in _IN_ORDER}

# What else a record of Zoho's is: an event of the one is an event of the other.
PARTS: dict[str, tuple[str, ...]] = {"student": ("finance",)}

# Slugs of Zoho's ten modules; what is part of another record, and a grade typed into Zoho, have no slug of their own.
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


def slug_of(entity: str) -> str:
    """Return the slug of an entity's module: finance is of the students' records, a result of the grades'."""
    if entity in SLUGS:
        return entity
    return next(slug for slug, module in SLUGS.items() if module == FROM_ZOHO[entity].module)
