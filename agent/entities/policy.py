"""What the settings say, in the words of entities and grading: roles, staff, what has ended, letters. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from agent.entities.base import Entity
from agent.entities.class_ import ClassPolicy, Staff
from agent.entities.class_ import row as class_row
from agent.entities.enrollment import EnrollmentPolicy
from agent.entities.enrollment import row as enrollment_row
from agent.grading.btec import DISTINCTION, MERIT, PASS, GradeRules
from agent.store.options import AtEnd, GradingRules, Roles, Withdrawal


def with_class_policy(
    entity: Entity, roles: Roles, at_end: AtEnd, majors: Mapping[str, str | None]
) -> Entity:
    """Shape classes' rows; `majors` (Zoho's id of a programme -> its major as stored) is for staff of one major."""
    policy = ClassPolicy(
        teacher_role=roles.class_teacher,
        hide_at_end=at_end.course == "hide",
        staff=tuple(Staff(one.user, one.role, one.major) for one in roles.default_staff),
        majors=dict(majors) if any(one.major for one in roles.default_staff) else {},
    )
    default = ClassPolicy()
    return entity if policy == default else _shaped(entity, partial(class_row, policy=policy), policy)


def with_enrollment_policy(entity: Entity, roles: Roles, withdrawal: Withdrawal) -> Entity:
    """Shape enrollments' rows."""
    policy = EnrollmentPolicy(role=roles.student, withdrawal=withdrawal.enrolment)
    default = EnrollmentPolicy()
    return entity if policy == default else _shaped(entity, partial(enrollment_row, policy=policy), policy)


def grade_rules(setting: GradingRules) -> GradeRules:
    """Build the rules of letters from their setting."""
    return GradeRules(
        thresholds=((DISTINCTION, setting.distinction), (MERIT, setting.merit), (PASS, setting.passing)),
        scale_letters=setting.scale_letters,
        invalid_marker=setting.invalid_marker,
        full_mark=setting.full_mark,
    )


def _shaped(entity: Entity, row: Any, policy: ClassPolicy | EnrollmentPolicy) -> Entity:
    """Give the entity its row function, and a digest so that a changed setting has every record looked at again.

    MD5 serves change detection only, never security.
    """
    text = json.dumps(policy.digestible(), sort_keys=True, separators=(",", ":"))
    return replace(entity, row=row, policy=hashlib.md5(text.encode(), usedforsecurity=False).hexdigest())
