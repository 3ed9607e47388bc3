"""The college's own names: laid over the defaults, and checked against what Zoho really has. Pure."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from agent.entities.base import Entity, zoho_time
from agent.entities.fields import Field
from agent.entities.grade import FEEDBACK_LENGTH, MAPPING_VERSION, TEXT_LENGTH, GradeNames

Names = Mapping[str, str]  # our name -> Zoho's
Metadata = Sequence[Mapping[str, Any]]  # the rows of Zoho's `settings/fields`

MODULE, LINK = "module", "link"
GRADE = "grade"
MOODLE_ID_DIGITS = 19  # Moodle's ids are 64-bit numbers, written as text
KEY_LENGTH = 3 * MOODLE_ID_DIGITS + 2
_SAMPLE_TIME = datetime(2000, 1, 1, tzinfo=UTC)
_NUMBERS = frozenset({"integer", "bigint", "double", "currency", "decimal", "percent"})
_TEXTS = frozenset({"text", "textarea"})
# What each kind can be read from. Nearly every number-like field of the college is text, so numbers may be texts
# and a text may be any plain value.
READABLE: dict[str, frozenset[str]] = {
    "text": _TEXTS | _NUMBERS | {"email", "phone", "website", "autonumber", "formula", "picklist", "date"},
    "email": _TEXTS | {"email"},
    "date": frozenset({"date"}),
    "datetime": frozenset({"datetime"}),
    "decimal": _TEXTS | _NUMBERS | {"formula"},
    "amount": _TEXTS | _NUMBERS | {"formula"},
    "percentage": _TEXTS | _NUMBERS | {"formula"},
    "currency": _TEXTS | {"picklist"},
    "integer": _TEXTS | {"integer", "bigint"},
    "rows": frozenset({"subform"}),
    "boolean": frozenset({"boolean"}),
    "picklist": _TEXTS | {"picklist"},
    "lookup": frozenset({"lookup"}),
    "reference": frozenset({"lookup"}),
}
# What each kind can be written to: Zoho takes a text for texts only, and a number for numbers and texts.
WRITABLE: dict[str, frozenset[str]] = {**READABLE, "text": _TEXTS, "decimal": _NUMBERS}
GRADE_KINDS = {"attempt": "decimal", "attemptdate": "date", "letter": "picklist", "status": "picklist"}
GRADE_LENGTHS = {"key": KEY_LENGTH, "gradeid": MOODLE_ID_DIGITS, "feedback": FEEDBACK_LENGTH}


@dataclass(frozen=True)
class Problem:
    """One thing about a mapping that does not fit.

    Attributes:
        level: error (the module stays off) | warning.
        entity, name: ours.
        field: Zoho's name as the mapping has it; for the name `module` Zoho's module.
        sentence: what is wrong, and the nearest real name where a name is wrong.
    """

    level: Literal["error", "warning"]
    entity: str
    name: str
    field: str
    sentence: str


class UnknownNameError(ValueError):
    """A row of the mapping speaks of something that no entity has."""

    def __init__(self, entity: str, name: str, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.problem = Problem("error", entity, name, field, sentence)


@dataclass(frozen=True)
class Mapped:
    """One mapped field and what is asked of it.

    Attributes:
        kind: as in `agent.entities.fields.Field`.
        written: whether the agent writes it.
        length: characters that the agent may write; 0 where it does not matter.
        unique: whether upserts go by it.
        subform: of a field of a subform's rows: Zoho's name of the subform, whose own fields its parent's metadata
            do not name; a wrong one fails each record, for it is not delivered.
    """

    name: str
    field: str
    kind: str
    written: bool = False
    length: int = 0
    unique: bool = False
    subform: str = ""


def nearest(wanted: str, known: Iterable[str]) -> str | None:
    """Find the name that was probably meant, whatever its letter case; None when none is like it."""
    by_fold = {name.casefold(): name for name in known}
    found = difflib.get_close_matches(wanted.casefold(), by_fold, n=1)
    return by_fold[found[0]] if found else None


def suggestion(wanted: str, known: Iterable[str]) -> str:
    """Write the nearest name as a clause to hang on a sentence."""
    name = nearest(wanted, known)
    return f"; the nearest is {name}" if name else ""


def mapped_fields(entity: Entity | GradeNames) -> list[Mapped]:
    """List every field that an entity uses, read and written."""
    if isinstance(entity, GradeNames):
        plain = [
            Mapped(
                name,
                field,
                GRADE_KINDS.get(name, "text"),
                written=True,
                length=0 if name in GRADE_KINDS else GRADE_LENGTHS.get(name, TEXT_LENGTH),
                unique=name == "key",
            )
            for name, field in entity.fields.items()
        ]
        looked_up = [Mapped(n, field, "reference", written=True) for n, field in entity.lookups.items()]
        rows = [Mapped("criteria", entity.criteria, "rows", written=True)] + [
            Mapped(f"criteria.{name}", field, "text", written=True, subform=entity.criteria)
            for name, field in entity.row_fields.items()
        ]
        return plain + looked_up + rows
    read = [Mapped(line.name, line.zoho, line.kind) for line in entity.fields]
    parts = [
        Mapped(f"{line.name}.{part.name}", part.zoho, part.kind, subform=line.zoho)
        for line in entity.subforms
        for part in line.rows
    ]
    return read + parts + _written_back(entity)


def _written_back(entity: Entity) -> list[Mapped]:
    if entity.link is None:
        return []
    written = [Mapped(LINK, entity.link, "text", written=True, length=MOODLE_ID_DIGITS)]
    for field, value in entity.write_back(1, _SAMPLE_TIME).items():
        if field == entity.link:
            continue
        kind = (
            "boolean"
            if isinstance(value, bool)
            else "datetime"
            if value == zoho_time(_SAMPLE_TIME)
            else "text"
        )
        written.append(Mapped(field.replace("_", "").lower(), field, kind, written=True))
    return written


def names_of(entity: Entity | GradeNames) -> dict[str, str]:
    """Give every name that the mapping may change, with Zoho's name: `module`, `link`, and the fields."""
    return {MODULE: entity.module} | {item.name: item.field for item in mapped_fields(entity)}


def _checked(entity: str, known: Names, rows: Names) -> dict[str, str]:
    """Keep the rows that change something.

    Raises:
        UnknownNameError: a row's name is none of the entity's.
    """
    for name, zoho in rows.items():
        if name not in known:
            hint = suggestion(name, known)
            raise UnknownNameError(entity, name, zoho, f"{entity} has no name {name!r}{hint}")
    return {name: zoho for name, zoho in rows.items() if zoho != known[name]}


def _digest(changed: Names) -> str:
    """Digest the names that differ; MD5 serves change detection only, never security."""
    if not changed:
        return ""
    text = json.dumps(changed, sort_keys=True, separators=(",", ":"))
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def overlay(entity: Entity, rows: Names) -> Entity:
    """Lay the college's names over an entity's own.

    Raises:
        UnknownNameError: a row's name is none of the entity's.
    """
    changed = _checked(entity.name, names_of(entity), rows)
    if not changed:
        return entity
    written = {item.field: changed.get(item.name, item.field) for item in _written_back(entity)}
    read = {item.name for item in mapped_fields(entity) if not item.written} | {MODULE}

    def write_back(moodle_id: int, now: datetime) -> dict[str, Any]:
        return {written[field]: value for field, value in entity.write_back(moodle_id, now).items()}

    return replace(
        entity,
        module=changed.get(MODULE, entity.module),
        fields=_renamed(entity.fields, changed),
        link=changed.get(LINK, entity.link) if entity.link else None,
        write_back=write_back,
        own_names=_digest({name: zoho for name, zoho in changed.items() if name in read}),
    )


def _renamed(fields: tuple[Field, ...], names: Names, prefix: str = "") -> tuple[Field, ...]:
    return tuple(
        replace(
            line,
            zoho=names.get(f"{prefix}{line.name}", line.zoho),
            rows=_renamed(line.rows, names, f"{line.name}."),
        )
        for line in fields
    )


def overlay_grade(rows: Names) -> GradeNames:
    """Lay the college's names over those of grades.

    Raises:
        UnknownNameError: a row's name is none of a grade's.
    """
    default = GradeNames()
    changed = _checked(GRADE, names_of(default), rows)
    return GradeNames(
        module=changed.get(MODULE, default.module),
        fields={name: changed.get(name, field) for name, field in default.fields.items()},
        lookups={name: changed.get(name, field) for name, field in default.lookups.items()},
        criteria=changed.get("criteria", default.criteria),
        row_fields={
            name: changed.get(f"criteria.{name}", field) for name, field in default.row_fields.items()
        },
        mapping_mark=f"{MAPPING_VERSION} {_digest(changed)}".rstrip(),
    )


def check(entity: str, fields: Sequence[Mapped], metadata: Metadata) -> list[Problem]:
    """Compare a mapping with Zoho's own metadata of the module; an empty list when all is well."""
    known = {str(row["api_name"]): row for row in metadata}
    own = [item for item in fields if not item.subform]
    problems = [problem for item in own if (problem := _check_field(entity, item, known))]
    used: dict[str, Mapped] = {}
    for item in own:
        other = used.setdefault(item.field, item)
        if other is not item and (item.written or other.written):  # two readers of one field are no harm
            sentence = f"{item.field} stands for {other.name} already, and the agent writes it"
            problems.append(Problem("error", entity, item.name, item.field, sentence))
    return problems


def _check_field(entity: str, item: Mapped, known: Mapping[str, Mapping[str, Any]]) -> Problem | None:
    found = known.get(item.field)
    if found is None:
        sentence = f"Zoho has no field {item.field}{suggestion(item.field, known)}"
        return Problem("error", entity, item.name, item.field, sentence)
    if misfit := _misfit(item, found):
        return Problem("error", entity, item.name, item.field, misfit)
    if item.unique and "unique" not in found:
        sentence = f"Zoho does not say whether {item.field} is unique; without that no grade can be written"
        return Problem("warning", entity, item.name, item.field, sentence)
    return None


def _misfit(item: Mapped, found: Mapping[str, Any]) -> str | None:
    kinds = (WRITABLE if item.written else READABLE)[item.kind]
    data_type, length = str(found.get("data_type")), int(found.get("length") or 0)
    if data_type not in kinds:
        return f"{item.field} is of type {data_type}; {item.kind} needs {' or '.join(sorted(kinds))}"
    if item.written and not _can_be_written(found):
        return f"Zoho lets nobody write {item.field}, and the agent has to"
    if item.length and 0 < length < item.length:
        return f"{item.field} holds {length} characters, {item.length} are needed"
    if item.unique and "unique" in found and not found["unique"]:
        return f"{item.field} is not marked unique in Zoho; without that no grade can be written"
    return None


def _can_be_written(found: Mapping[str, Any]) -> bool:
    allowed = found.get("operation_type") or {}
    return not found.get("read_only") and not found.get("field_read_only") and allowed.get("api_update", True)


def hindrances(problems: Sequence[Problem], known: Names, name: str, field: str) -> list[Problem]:
    """Pick the errors because of which a new name must not be stored; those of other names may be mended after it.

    Args:
        problems: of the mapping with the new name.
        known: what `names_of` gives.
        name: ours.
        field: Zoho's, that it is to stand for.
    """
    unchecked = {MODULE, *({problem.name for problem in problems} - set(known))}
    return [p for p in problems if p.level == "error" and (p.name in {name, *unchecked} or p.field == field)]
