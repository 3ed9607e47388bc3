"""COQL's subset: what a query finds, in what order, and how a wrong one is refused."""

from __future__ import annotations

from typing import Any

import pytest

from agent.sandbox.zoho.coql_parser import Criterion, Group, parse
from agent.sandbox.zoho.errors import CallRefused
from tests.unit.sandbox.calling import Zoho

REGISTRATIONS = "BTEC_Registrations"
WHERE = "select id from BTEC_Grades where "


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("Grade = 'D'", Criterion("Grade", "=", "D")),
        ("Grade='O''Brien\\'s'", Criterion("Grade", "=", "O'Brien's")),
        ("Attempt_Number >= 2", Criterion("Attempt_Number", ">=", 2)),
        ("Amount < -1.5", Criterion("Amount", "<", -1.5)),
        ("Done = true", Criterion("Done", "=", True)),
        ("Grade IS NOT NULL", Criterion("Grade", "is not null")),
        ("Grade in ('D', 'M')", Criterion("Grade", "in", ("D", "M"))),
        ("Grade not in ('D')", Criterion("Grade", "not in", ("D",))),
        ("Name like 'a%'", Criterion("Name", "like", "a%")),
        ("N between 1 and 3", Criterion("N", "between", (1, 3))),
        (
            "a = 1 or (b = 2 and c = 3)",
            Group(
                "or", (Criterion("a", "=", 1), Group("and", (Criterion("b", "=", 2), Criterion("c", "=", 3))))
            ),
        ),
        (
            "(a = 1 or b = 2) and c = 3",
            Group(
                "and", (Group("or", (Criterion("a", "=", 1), Criterion("b", "=", 2))), Criterion("c", "=", 3))
            ),
        ),
    ],
)
def test_criteria(text: str, tree: Criterion | Group) -> None:
    assert parse(WHERE + text).where == tree


@pytest.mark.parametrize(
    ("tail", "place"),
    [
        ("", (0, 200)),
        ("limit 7", (0, 7)),
        ("limit 10, 7", (10, 7)),
        ("limit 7 offset 10", (10, 7)),
        ("LIMIT 2000;", (0, 2000)),
    ],
)
def test_limits(tail: str, place: tuple[int, int]) -> None:
    query = parse(f"{WHERE}id is not null {tail}")
    assert (query.offset, query.limit) == place


@pytest.mark.parametrize(
    ("query", "code", "details"),
    [
        ("select id from BTEC_Grades", "SYNTAX_ERROR", {"clause": "where"}),
        ("update BTEC_Grades", "SYNTAX_ERROR", {"line": 1, "column": 1, "near": "update"}),
        (WHERE + "a = ", "SYNTAX_ERROR", None),
        (WHERE + "a = 'x", "SYNTAX_ERROR", None),
        (WHERE + "(a = 1", "SYNTAX_ERROR", None),
        (WHERE + "a = 1 limit 1 1", "SYNTAX_ERROR", None),
        (WHERE + "a = b", "SYNTAX_ERROR", None),
        (WHERE + "a = 1 limit 2001", "LIMIT_EXCEEDED", {"limit": 2000, "clause": "limit"}),
        (WHERE + "a = 1 and b = 2 and c = 3", "SYNTAX_ERROR", {"line": 1, "column": 50, "near": "and"}),
        (WHERE + "(a = 1 or b = 2 and c = 3)", "SYNTAX_ERROR", None),
        (
            WHERE + "(" * 25 + "a = 1" + " and a = 1)" * 25,
            "LIMIT_EXCEEDED",
            {"limit": 25, "clause": "where"},
        ),
        (
            WHERE + f"a in ({', '.join(['1'] * 101)})",
            "LIMIT_EXCEEDED",
            {"limit": 100, "clause": "in"},
        ),
        (
            f"select {', '.join(['a'] * 51)} from M where a = 1",
            "LIMIT_EXCEEDED",
            {"limit": 50, "clause": "select"},
        ),
    ],
)
def test_wrong_queries(query: str, code: str, details: dict[str, Any] | None) -> None:
    with pytest.raises(CallRefused) as refused:
        parse(query)
    assert refused.value.body["code"] == code
    assert details is None or refused.value.body["details"] == details


@pytest.fixture
async def grades(zoho: Zoho) -> Zoho:
    """Five grades of two students, a second apart."""
    first, second = (zoho.control.create("BTEC_Students", {"City": city}) for city in ("Oran", "Leeds"))
    for letter, attempt, student in (
        ("D", 1, first),
        ("M", 2, first),
        ("P", 1, second),
        ("p", None, None),
        ("R", 2, second),
    ):
        values = {"BTEC_Unit": letter, "Attempt_Number": attempt, "Student": student and {"id": student}}
        zoho.control.create("BTEC_Grades", values)
        zoho.control.advance(seconds=1)
    return zoho


@pytest.mark.parametrize(
    ("where", "found"),
    [
        ("id is not null", "DMPpR"),
        ("BTEC_Unit = 'P'", "Pp"),  # letter case does not count
        ("BTEC_Unit != 'P'", "DMR"),
        ("Attempt_Number > 1", "MR"),
        ("Attempt_Number between 1 and 1", "DP"),
        ("Attempt_Number is null", "p"),
        ("Attempt_Number in (2, 7)", "MR"),
        ("BTEC_Unit like '_' or BTEC_Unit like 'm%'", "M"),
        ("Student.City = 'Leeds'", "PR"),
        ("Student.City = 'Leeds' and Attempt_Number = 2", "R"),
        ("Modified_Time >= '2026-03-02T12:00:03+03:00'", "pR"),
        ("Created_Time < '2026-03-02T09:00:01+00:00'", "D"),
        ("Owner = '5725767000000486002'", "DMPpR"),
        ("id is not null order by BTEC_Unit desc, Attempt_Number asc", "RpPMD"),
        ("id is not null order by Attempt_Number desc", "MRDPp"),
        ("id is not null limit 1, 2", "MP"),
    ],
)
async def test_what_a_query_finds(grades: Zoho, where: str, found: str) -> None:
    query = f"select BTEC_Unit from BTEC_Grades where {where}"
    status, said = await grades.call("POST", "coql", body={"select_query": query})
    assert status == 200
    assert "".join(row["BTEC_Unit"] for row in said["data"]) == found
    assert said["info"]["count"] == len(found)


async def test_columns_and_more_records(grades: Zoho) -> None:
    query = "select Student, Student.City, Owner, Modified_Time from BTEC_Grades where id is not null limit 1"
    _, said = await grades.call("POST", "coql", body={"select_query": query})
    [row] = said["data"]
    assert row == {
        "Student": {"id": grades.control.ids("BTEC_Students")[0]},
        "Student.City": "Oran",
        "Owner": {"id": "5725767000000486002"},
        "Modified_Time": "2026-03-02T12:00:00+03:00",
        "id": grades.control.ids("BTEC_Grades")[0],
    }
    assert said["info"] == {"count": 1, "more_records": True}


@pytest.mark.parametrize(
    ("query", "details"),
    [
        ("select Nothing from BTEC_Grades where id is null", {"column_name": "Nothing"}),
        ("select Student.Nothing from BTEC_Grades where id is null", {"column_name": "Student.Nothing"}),
        ("select Name.City from BTEC_Grades where id is null", {"column_name": "Name.City"}),
        (
            "select Learning_Outcomes_Assessm from BTEC_Grades where id is null",
            {"column_name": "Learning_Outcomes_Assessm"},
        ),
        ("select Name from Nowhere where id is null", {"module": "Nowhere"}),
        ("select Name from BTEC_Grades where Attempt_Number = '1'", {"column_name": "Attempt_Number"}),
        ("select Name from BTEC_Grades where Modified_Time > '2026'", {"column_name": "Modified_Time"}),
    ],
)
async def test_columns_and_values_must_fit(grades: Zoho, query: str, details: dict[str, str]) -> None:
    status, said = await grades.call("POST", "coql", body={"select_query": query})
    assert (status, said["code"], said["details"]) == (400, "INVALID_QUERY", details)


@pytest.mark.parametrize(("rows", "cost"), [(1, 1), (200, 1), (201, 2), (1000, 2), (1001, 3)])
async def test_the_cost_follows_the_rows(zoho: Zoho, rows: int, cost: int) -> None:
    for number in range(rows):
        zoho.control.create("BTEC_Teachers", {"Name": f"T{number}"})
    await zoho.call("GET", "org")
    before = zoho.sandbox.state.limits.used
    query = "select Name from BTEC_Teachers where id is not null limit 2000"
    await zoho.call("POST", "coql", body={"select_query": query})
    assert zoho.sandbox.state.limits.used - before == cost


@pytest.mark.parametrize("dotted", ["", ".id"])
async def test_an_enrollment_is_found_by_student_and_class(zoho: Zoho, dotted: str) -> None:
    control = zoho.control
    students = [control.create("BTEC_Students", {"City": "a"}, push=False) for _ in range(2)]
    classes = [control.create("BTEC_Classes", {"Class_Name": "b"}, push=False) for _ in range(2)]
    made = {
        (student, class_): control.create(
            "BTEC_Enrollments", {"Enrolled_Students": {"id": student}, "Classes": {"id": class_}}, push=False
        )
        for student in students
        for class_ in classes[:1]
    }
    for student in students:
        for class_ in classes:
            query = (
                "select id, Enrolled_Students, End_Date from BTEC_Enrollments where "
                f"(Enrolled_Students{dotted} = '{student}' and Classes{dotted} = '{class_}')"
            )
            status, said = await zoho.call("POST", "coql", body={"select_query": query})
            if (student, class_) not in made:
                assert (status, said) == (204, None)
            else:
                [row] = said["data"]
                assert row == {
                    "id": made[student, class_],
                    "Enrolled_Students": {"id": student},
                    "End_Date": None,
                }


async def test_a_subforms_rows_are_asked_for_by_its_name(zoho: Zoho) -> None:
    rows = [
        {"Installment_No": 1, "Installment_Amount": 12.5, "Due_Date": "2026-01-05"},
        {"Installment_No": 2},
    ]
    made = [zoho.control.create(REGISTRATIONS, {"Payment_Schedule": rows}, push=False) for _ in range(3)]
    whole = zoho.control.record(REGISTRATIONS, made[1])
    assert whole is not None
    query = (
        "select Parent_Id, Installment_No, Installment_Amount, Due_Date from Payment_Schedule"
        f" where Parent_Id in ('{made[1]}', '{made[2]}') order by id limit 0, 3"
    )
    status, said = await zoho.call("POST", "coql", body={"select_query": query})
    assert (status, said["info"]) == (200, {"count": 3, "more_records": True})
    assert said["data"][:2] == [
        {
            "id": row["id"],
            "Parent_Id": {"id": made[1]},
            "Installment_No": row["Installment_No"],
            "Installment_Amount": row["Installment_Amount"],
            "Due_Date": row["Due_Date"],
        }
        for row in whole["Payment_Schedule"]
    ]
    zoho.control.delete(REGISTRATIONS, made[1], push=False)
    gone = f"select id from Payment_Schedule where Parent_Id = '{made[1]}'"
    assert await zoho.call("POST", "coql", body={"select_query": gone}) == (204, None)


async def test_a_subforms_other_columns_are_refused(zoho: Zoho) -> None:
    query = "select Student_ID from Payment_Schedule where id is not null"
    status, said = await zoho.call("POST", "coql", body={"select_query": query})
    assert (status, said["code"]) == (400, "INVALID_QUERY")
