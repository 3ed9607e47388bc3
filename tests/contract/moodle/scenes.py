"""What the agent, and whoever is broken or hostile, asks of the functions that write: played on both Moodles."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from agent.sandbox.moodle.parameters import Lines
from tests.contract.moodle.deeds import DEEDS
from tests.contract.moodle.records import KINDS, ODD, Play, prepare, record
from tests.contract.moodle.stage import FUNCTIONS, Stage

MANY = 100
WHOLLY = frozenset(
    {"program", "payment"}
)  # whose every field is left out once; all are checked by the same code
OWN = "{own}"  # stands for a name that no other scene has
NUMBERS = ("", "x", "1.5", "-1", "9" * 30, " 1", "007", "+1", "2")
AMOUNTS = frozenset(
    {"price", "discountpercentage", "remaining", "amount", "originalamount", "scholarshippercentage"}
    | {"transferred", "registrationfees", "total", "discount", "fees"}
)
CURRENCIES = frozenset({"currency", "originalcurrency", "transferredcurrency"})
NEEDED = frozenset(
    {"role", "withdrawal", "teacherrole", "username", "email", "firstname", "name", "fullname", "shortname"}
)
LONG = 66_000
REFERENCES = ("zohoid", "studentid", "classid", "registrationid", "programid", "unitid", "teacherid")


def life(entity: str) -> Play:
    """A record comes, comes again, changes, comes late, goes, and is restored."""

    def play(stage: Stage) -> None:
        prepare(stage)
        changed = {"program": "name", "unit": "name", "student": "lastname", "teacher": "lastname"} | {
            "class": "fullname",
            "registration": "number",
            "enrollment": "enrollmenttype",
            "payment": "number",
            "finance": "bankname",
            "result": "name",
            "request": "status",
        }
        deleted = {"zohoid": stage.zohoid(1), "deleted": 1, "changehash": ""}
        for what, values in (
            ("deleted before it is known", {**deleted, "sourcetime": 900}),
            ("new", {}),
            ("the same", {}),
            ("the same, later", {"sourcetime": 1100}),
            ("changed", {"sourcetime": 1200, changed[entity]: "Other ق"}),
            ("older than what is known", {"sourcetime": 1150, changed[entity]: "Third"}),
            ("deleted, older", {**deleted, "sourcetime": 1150}),
            ("deleted", {**deleted, "sourcetime": 1300}),
            ("deleted again", {**deleted, "sourcetime": 1300}),
            ("older than its end", {"sourcetime": 1250}),
            ("restored", {"sourcetime": 1400}),
            ("twice in one call", {"sourcetime": 1500, changed[entity]: "Twice"}),
        ):
            given = record(stage, entity, 1, **values)
            stage.upsert(what, entity, *([given, given] if what.startswith("twice") else [given]))
            stage.records(what, entity)

    return play


def bad_rows(entity: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Values that no row may have, each with a name; the row is fine otherwise."""
    fields, _ = KINDS[entity]
    for name, kind in fields.items():
        if kind is str and name not in {"zohoid", "changehash"}:
            for value in _bad_values(name):
                yield f"{name} {value[:20]} of {len(value)} characters", {name: value}
    for value in ("", "A" * 32, "a" * 31, "g" * 32, "a" * 33):
        yield f"changehash {value}", {"changehash": value}


def _bad_values(name: str) -> Iterator[str]:
    yield from ("ق" * length for length in (300, LONG))
    if name.endswith("date"):
        yield from ("2026-02-30", "31/01/2026", "2026-1-1", "٢٠٢٦-٠١-٠١", "0000-00-00", "2026-01-01T00:00:00")
    if name in AMOUNTS:
        yield from ("1,5", "1e3", "1.23456", "1" * 15, "-", ".5", "+1", "٥", " 1", "NaN", "-0")
    if name in CURRENCIES:
        yield from ("jod", "JO", "JODX", "ABC", "ЖОД")
    if name in REFERENCES:
        yield from ("", "123", "12345678901234567890123", "word", "١٢٣٤٥٦٧٨٩٠", " 5725767000000415001")
    if name in NEEDED:
        yield from ("", "none such", f"{OWN}@b@example.org", "نور")


def bad(entity: str) -> Play:
    """Rows that cannot be kept: each costs only itself."""

    def play(stage: Stage) -> None:
        prepare(stage)
        rows = []
        for number, (what, values) in enumerate(bad_rows(entity), start=1):
            name = stage.named(number)
            own = {
                key: value.replace(OWN, name) if len(value) < 60 else value for key, value in values.items()
            }
            rows.append((what, record(stage, entity, number, **own)))
        for what, given in rows:
            if what.endswith(f" {LONG} characters"):
                stage.upsert(what, entity, given)
        small = [one for one in rows if not one[0].endswith(f" {LONG} characters")]
        for start in range(0, len(small), 40):
            part = small[start : start + 40]
            stage.upsert("; ".join(what for what, _ in part), entity, *(given for _, given in part))
        ids = ("", "123", "word", "1" * 21, "١٢٣٤٥٦٧٨٩٠١")
        good = record(stage, entity, 700)
        stage.upsert(
            "no ids, and a good one among them", entity, *(good | {"zohoid": one} for one in ids), good
        )
        stage.records("after what could not be kept", entity)

    return play


def odd(entity: str) -> Play:
    """Texts as people write them, and whole batches."""

    def play(stage: Stage) -> None:
        prepare(stage)
        fields, _ = KINDS[entity]
        ruled = {
            "zohoid",
            "changehash",
            "username",
            "email",
            "role",
            "withdrawal",
            "teacherrole",
            "gender",
            "country",
        }
        free = [
            name
            for name, kind in fields.items()
            if kind is str
            and name not in ruled | AMOUNTS | CURRENCIES | set(REFERENCES)
            and not name.endswith("date")
        ]
        for number, text in enumerate(
            (ODD, "a\0b", " spaces ", "line\nbreak\ttab", "\u202eright\u200f", "<script>x"), 1
        ):
            stage.upsert(
                f"texts {text!r}", entity, record(stage, entity, number, **dict.fromkeys(free, text))
            )
        if entity == "student":
            stage.call("odd names", "get_students", zohoids=[stage.zohoid(number) for number in range(1, 7)])
        many = [record(stage, entity, 100 + number) for number in range(MANY if entity in WHOLLY else 3)]
        stage.upsert("many", entity, *many)
        stage.upsert("many again", entity, *many)
        stage.records("many", entity)

    return play


def malformed(entity: str) -> Play:
    """Calls that are no call: refused whole, nothing is kept."""

    def play(stage: Stage) -> None:
        name, good = FUNCTIONS[entity], record(stage, entity, 1)
        function = f"upsert_{name}"
        fields, _ = KINDS[entity]
        for what, params in {
            "nothing": {},
            "no rows": {"count": 0},
            "no count": {name: [good]},
            "a count too small": {"count": 1, name: [good, record(stage, entity, 2)]},
            "a count too large": {"count": 2, name: [good]},
            "a count that is a word": {"count": "one", name: [good]},
            "a count with a fraction": {"count": "1.0", name: [good]},
            "a count with spaces": {"count": " 1", name: [good]},
            "no count but an empty text": {"count": "", name: [good]},
            "rows that are a word": {"count": 1, name: "x"},
            "rows that are words": {"count": 1, name: ["x"]},
            "an empty row": {"count": 1, name: [{"zohoid": stage.zohoid(1)}]},
            "an unknown parameter": {"count": 1, name: [good], "more": "1"},
            "an unknown field": {"count": 1, name: [{**good, "more": "1"}]},
            "rows with names": {"count": 1, name: {"first": good}},
            "rows that do not begin at 0": {"count": 1, name: {"7": good}},
        }.items():
            stage.call(what, function, **params)
        for field, kind in fields.items():
            if entity in WHOLLY or isinstance(kind, Lines):
                without = {key: value for key, value in good.items() if key != field}
                stage.call(f"without {field}", function, count=1, **{name: [without]})
                stage.call(f"{field} is a list", function, count=1, **{name: [{**good, field: ["x", "y"]}]})
            for value in () if kind is str or isinstance(kind, Lines) else NUMBERS:
                stage.call(f"{field} is {value!r}", function, count=1, **{name: [{**good, field: value}]})
        if entity in WHOLLY:
            stage.call("101 rows", function, count=101, **{name: [good] * 101})
        stage.records("after calls that are none", entity)

    return play


SCENES: dict[str, Play] = {
    **{
        f"{play.__name__} of {entity}": play(entity)
        for entity in KINDS
        for play in (life, bad, odd, malformed)
    },
    **DEEDS,
}
