"""What people do in Moodle, and what the functions that read, list and tell say of it: played on both Moodles."""

from __future__ import annotations

from tests.contract.moodle.records import Play, prepare, record
from tests.contract.moodle.stage import Stage

DAY_PAST, DAY_FUTURE = "2020-01-31", "2090-01-31"
NOBODY = 999_999_999


def account(stage: Stage, number: int, **values: str) -> int:
    """Let an administrator make an account."""
    name = stage.named(number)
    given = {"username": name, "email": f"{name}@example.org", "firstname": "By", "lastname": "Hand"}
    return int(stage.hand("account", values={**given, **values}))


def matching(stage: Stage) -> None:
    """Accounts that were there before: found, ambiguous, somebody else's, protected, gone."""
    account(stage, 1, idnumber=stage.zohoid(1))
    account(stage, 2)
    account(stage, 3)
    for number in (4, 5):
        account(stage, number, idnumber=stage.zohoid(4))
    stage.upsert("found by number", "student", record(stage, "student", 1, email="other@example.org"))
    address = f"{stage.named(2)}@example.org".upper()
    stage.upsert(
        "found by address", "student", record(stage, "student", 2, username="elsewhere", email=address)
    )
    stage.upsert(
        "found by name", "student", record(stage, "student", 3, email=f"{stage.named(33)}@example.org")
    )
    stage.upsert("two with the number", "student", record(stage, "student", 4))
    for what, values in {
        "an address of another student": {"email": f"{stage.named(2)}@example.org"},
        "a name of another student": {"username": stage.named(3)},
        "the administrator's address": {"email": "admin@example.org"},
        "the administrator's name": {"username": "admin"},
        "the guest's name": {"username": "guest"},
    }.items():
        stage.upsert(what, "student", record(stage, "student", 6, **values))
        stage.upsert(what, "teacher", record(stage, "teacher", 6, **values))
    account(stage, 7)
    taken = f"{stage.named(7)}@example.org"
    stage.upsert(
        "takes another's address", "student", record(stage, "student", 1, email=taken, sourcetime=1100)
    )
    stage.upsert("suspended", "student", record(stage, "student", 1, suspended=1, sourcetime=1200))
    stage.upsert("and no longer", "student", record(stage, "student", 1, sourcetime=1300))
    ids = [stage.zohoid(number) for number in (1, 2, 3, 4, 99)]
    stage.call("known and unknown", "get_students", zohoids=ids)
    stage.call("twice the same", "get_students", zohoids=[ids[0], ids[0]])
    stage.hand("deleteuser", user=stage.linked[ids[1]])
    stage.records("an account is gone", "student")
    stage.call("an account is gone", "get_students", zohoids=ids)
    again = record(stage, "student", 2, username="elsewhere", email=address)
    stage.upsert("comes again", "student", again)
    stage.records("came again", "student")


def teaching(stage: Stage) -> None:
    """Classes with programmes, teachers, staff; hidden, adopted, with a name that is taken, gone."""
    program, teacher, other = (stage.zohoid(number) for number in (801, 802, 803))
    named = record(stage, "class", 1, programid=program, teacherid=teacher)
    stage.upsert("before its programme and teacher", "class", named)
    stage.upsert("arrives", "program", record(stage, "program", 801))
    stage.upsert("arrives", "teacher", record(stage, "teacher", 802))
    stage.upsert("comes too", "teacher", record(stage, "teacher", 803))
    stage.upsert("again", "class", named)
    stage.upsert(
        "another teacher", "class", {**named, "teacherid": other, "changehash": "a" * 32, "sourcetime": 1100}
    )
    stage.upsert("no role", "class", record(stage, "class", 2, teacherid=other, teacherrole="none such"))
    staff = [{"user": stage.named(802), "role": "teacher"}, {"user": "nobody at all", "role": "teacher"}]
    stage.upsert("staff, one is missing", "class", record(stage, "class", 3, staff=staff))
    stage.upsert(
        "staff with a role that is none",
        "class",
        record(stage, "class", 4, staff=[{**staff[0], "role": "no"}]),
    )
    stage.upsert("only mirrored", "class", record(stage, "class", 5, create=0))
    stage.upsert("now active", "class", record(stage, "class", 5, sourcetime=1100))
    stage.upsert("a name that is taken", "class", record(stage, "class", 6, shortname=stage.named(1)))
    stage.upsert("hidden", "class", record(stage, "class", 7, hide=1))
    stage.upsert("shown", "class", record(stage, "class", 7, sourcetime=1100))
    values = {"fullname": "By hand", "shortname": stage.named(8), "idnumber": stage.zohoid(8)}
    stage.hand("course", values=values)
    stage.upsert("adopted", "class", record(stage, "class", 8))
    ends = record(stage, "class", 10, startdate=DAY_FUTURE, enddate=DAY_PAST)
    stage.upsert("ends before it starts", "class", ends)
    stage.hand("category", values={"name": "By hand", "idnumber": stage.zohoid(11)})
    stage.upsert("adopted", "program", record(stage, "program", 11))
    for entity in ("program", "teacher", "class"):
        stage.records("what there is", entity)
    stage.hand("deletecourse", course=stage.linked[stage.zohoid(1)])
    stage.records("a course is gone", "class")
    stage.upsert("gone by hand", "class", named | {"sourcetime": 1200})
    stage.records("it came again", "class")


def enrolling(stage: Stage) -> None:
    """Enrollments from Zoho: waiting, running, over, two of one student, withdrawn in each way."""
    stage.upsert("of nobody", "enrollment", record(stage, "enrollment", 1))
    stage.upsert("who", "student", *(record(stage, "student", number) for number in range(901, 906)))
    stage.upsert("in no class", "enrollment", record(stage, "enrollment", 1))
    stage.upsert("what", "class", record(stage, "class", 902))
    given = {"startdate": DAY_PAST, "enddate": DAY_FUTURE}
    for what, values in {
        "running": given,
        "the same": given,
        "no role": {**given, "role": "none such"},
        "another role": {**given, "role": "teacher", "sourcetime": 1100},
        "its role again": {**given, "sourcetime": 1200},
        "over": {"enddate": DAY_PAST, "sourcetime": 1300},
        "over, and to be taken out": {"enddate": DAY_PAST, "withdrawal": "unenrol", "sourcetime": 1400},
        "running once more": {**given, "sourcetime": 1500},
    }.items():
        stage.upsert(what, "enrollment", record(stage, "enrollment", 1, **values))
        stage.records(what, "enrollment")
    second = record(stage, "enrollment", 2)
    stage.upsert("a second one of the same", "enrollment", second)
    for number, withdrawal in ((11, "suspend"), (12, "unenrol"), (13, "keep")):
        line = record(
            stage, "enrollment", number, studentid=stage.zohoid(number + 891), withdrawal=withdrawal
        )
        stage.upsert(f"to {withdrawal}", "enrollment", line)
        gone = {**line, "deleted": 1, "sourcetime": 1100, "changehash": ""}
        stage.upsert(f"{withdrawal}: deleted", "enrollment", gone)
        stage.upsert(f"{withdrawal}: deleted again", "enrollment", gone)
    course = stage.linked[stage.zohoid(902)]
    stage.pages("after all that", "list_enrolments", "enrolments", [course], "courseid")


def by_hand(stage: Stage) -> None:
    """People enrol, suspend and unenrol: an event each, none of what changes nothing."""
    prepare(stage)
    student, course = (stage.linked[stage.zohoid(number)] for number in (901, 902))
    stage.events("before")
    for deed in ("enrol", "suspend", "suspend", "reactivate", "unenrol"):
        stage.hand(deed, user=student, course=course)
        stage.events(deed)
        stage.call(f"after {deed}", "get_enrolments", keys=[f"{student}_{course}"])
    stranger = account(stage, 1)
    stage.hand("enrol", user=stranger, course=course)
    stage.events("of somebody whom Zoho does not know")
    stage.upsert("by the agent", "enrollment", record(stage, "enrollment", 1))
    stage.events("what the agent does is no news to it")
    stage.hand("deleteuser", user=student)
    stage.events("her account is deleted")
    stage.call("her account is deleted", "get_enrolments", keys=[f"{student}_{course}"])


def grading(stage: Stage) -> None:
    """A teacher grades, regrades, takes a grade back; what is asked of grades that there are not."""
    prepare(stage)
    stage.upsert("in the class", "enrollment", record(stage, "enrollment", 1))
    user, course = (stage.linked[stage.zohoid(number)] for number in (901, 902))
    assignment = stage.hand("assignment", course=course, settings={"name": "Assignment 1"})
    key = f"{user}_{course}_{assignment}"
    stage.call("not graded", "get_grades", keys=[key])
    stage.pages("not graded", "list_grades", "grades", [user], "userid")
    for mark in (3, 3, 4, -1, 2):
        stage.hand("grade", user=user, assignment=assignment, mark=mark)
        stage.events(f"graded {mark}")
        stage.call(f"graded {mark}", "get_grades", keys=[key])
    stage.pages("graded", "list_grades", "grades", [user], "userid")
    stage.pages("what is asked for", "list_definitions", "definitions", [stage.zohoid(902)], "zohoid")
    for what, strange in {
        "nobody": f"{NOBODY}_{course}_{assignment}",
        "no course": f"{user}_{NOBODY}_{assignment}",
        "no assignment": f"{user}_{course}_{NOBODY}",
    }.items():
        stage.call(what, "get_grades", keys=[strange])
    for bad in ("", "1_2", "a_b_c", "1_2_3_4", "1_2_3\n"):
        stage.call(f"no key {bad!r}", "get_grades", keys=[key, bad])
    stage.call("101 keys", "get_grades", keys=[key] * 101)


def asking(stage: Stage) -> None:
    """A student raises a request, Zoho takes and answers it."""
    prepare(stage)
    user = stage.linked[stage.zohoid(901)]
    stage.events("before")
    number = stage.hand("request", user=user, type="Student Card", reason="Lost 🎓 <b>it</b>")
    stage.events("raised")
    stage.call("raised", "get_requests", ids=[number])
    stage.call("none such", "get_requests", ids=[NOBODY])
    stage.pages("raised", "list_requests", "requests", [user], "userid")
    answer = record(stage, "request", 1, requestid=number, status="Approved", changehash="b" * 32)
    stage.upsert("answered", "request", answer)
    stage.upsert("answered, again", "request", answer)
    stage.upsert("of none", "request", record(stage, "request", 2, requestid=NOBODY))
    stage.events("answers are no news")
    stage.call("answered", "get_requests", ids=[number])
    stage.records("answered", "request")
    stage.call("no file", "get_attachment", requestid=number, fileid=NOBODY)
    stage.call("no request", "get_attachment", requestid=NOBODY, fileid=1)
    files = [{"fileid": NOBODY, "status": "sent", "message": ""}]
    stage.call("no file", "put_attachments", requestid=number, count=1, attachments=files)
    stage.call(
        "no status", "put_attachments", requestid=number, count=1, attachments=[{**files[0], "status": "x"}]
    )


def telling(stage: Stage) -> None:
    """Settings, how far Zoho was read, events: kept, repeated, unknown, malformed."""
    visibility = '{"finance": true}'
    for what, key, value in (
        ("no such setting", "none.such", "{}"),
        ("no JSON", "grading.rules", "{"),
        ("a list", "grading.rules", "[]"),
        ("a text", "grading.rules", '"x"'),
    ):
        stage.call(what, "put_settings", count=1, settings=[{"key": key, "value": value}])
    stage.call("no count", "put_settings", settings=[{"key": "grading.rules", "value": visibility}])
    for what, module, asof in (
        ("new", "student", 1_700_000_000),
        ("the same", "student", 1_700_000_000),
        ("later", "student", 1_700_000_100),
        ("earlier", "student", 1_600_000_000),
        ("no module", "none such", 1_700_000_000),
        ("negative", "student", -1),
        ("far ahead", "student", 9_999_999_999),
    ):
        stage.call(what, "put_asof", count=1, modules=[{"module": module, "asof": asof}])
    stage.call("unknown", "ack_events", eventids=["7d1c1a36-5a51-4d0c-9f0e-0d4d2c8e8f11", "x", "ق"])
    for limit in ("0", "-1", "1001", "x", ""):
        stage.call(f"limit {limit!r}", "get_events", limit=limit)
        stage.call(f"limit {limit!r}", "list_grades", after=0, limit=limit)
    for after in ("-1", "x", "", "1.0"):
        stage.call(f"after {after!r}", "list_enrolments", after=after, limit=1)
    for entity in ("none such", "", "grade", "Student"):
        stage.call(f"entity {entity!r}", "list_records", entity=entity, after=0, limit=1)
    for function in (
        "get_students",
        "get_grades",
        "get_enrolments",
        "get_requests",
        "ack_events",
        "get_events",
    ):
        stage.call("without parameters", function)
        stage.call("with another parameter", function, other="1")
    for function in ("get_settings", "get_status"):
        stage.call("with a parameter", function, other="1")
    stage.call("no class", "apply_definitions", count=1, classes=[{"zohoid": stage.zohoid(1)}])
    stage.call("no id", "apply_definitions", count=1, classes=[{"zohoid": "x"}])
    stage.call("no such function", "none_such")


DEEDS: dict[str, Play] = {
    play.__name__: play for play in (matching, teaching, enrolling, by_hand, grading, asking, telling)
}
