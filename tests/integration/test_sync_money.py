"""Money between both sandboxes: exact, in its own currency, whatever happens to it (promise A14)."""

from __future__ import annotations

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest

from agent.app import open_runtime
from agent.entities.registry import FROM_ZOHO
from agent.errors import Action, SyncError
from agent.sandbox.moodle.control import Fault as MoodleFault
from agent.sandbox.zoho.faults import Fault
from agent.store.finance import replace_lines
from agent.zoho.client import ZohoClient
from tests.support.world import World, open_world

STUDENTS, PROGRAMS = "BTEC_Students", "Products"
REGISTRATIONS, PAYMENTS = "BTEC_Registrations", "BTEC_Payments"
COLUMNS = {"zohoid", "sourcetime", "changehash", "deleted"}  # that every row has


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, college=0) as world:
        yield world


def add_student(world: World, **changes: Any) -> str:
    values = {"First_Name": "Leyla", "Last_Name": "O'Kaya", "Academic_Email": "leyla@college.example.org"}
    return world.zoho.control.create(STUDENTS, values | changes, push=False)


def add_registration(world: World, student: str, *rows: dict[str, Any], **changes: Any) -> str:
    values = {"Student_ID": {"id": student}, "Currency": "USD", "Program_Price": "4800"}
    return world.zoho.control.create(
        REGISTRATIONS, values | {"Payment_Schedule": list(rows)} | changes, push=False
    )


def add_payment(world: World, student: str, **changes: Any) -> str:
    values = {"Student_ID": {"id": student}, "Currency": "USD", "Payment_Type": "Study Fees"}
    values |= {"SRM_Active": "Accepted", "Payment_Amount": 100, "Payment_Date": "2026-03-01"}
    return world.zoho.control.create(PAYMENTS, values | changes, push=False)


def due(number: int, amount: float | None, **changes: Any) -> dict[str, Any]:
    row = {"Installment_No": number, "Installment_Amount": amount, "Due_Date": f"2026-0{number}-01"}
    return row | {"Installment_Status": "Pending"} | changes


def edit(world: World, module: str, record_id: str, **changes: Any) -> None:
    world.zoho.control.advance(seconds=1)  # Zoho's Modified_Time counts seconds
    world.zoho.control.edit(module, record_id, changes, push=False)


def in_moodle(world: World, entity: str, record_id: str) -> dict[str, Any]:
    """What Moodle holds of a record, without what every row has."""
    fields = world.moodle.control.site.mirrors[entity][record_id].fields
    return {name: value for name, value in fields.items() if name not in COLUMNS}


def is_deleted(world: World, entity: str, record_id: str) -> bool:
    return world.moodle.control.site.mirrors[entity][record_id].deleted


def schedule_in_moodle(world: World, registration: str) -> list[tuple[int, str, str]]:
    rows = in_moodle(world, "registration", registration)["schedule"]
    return [(row["number"], row["amount"], row["status"]) for row in rows]


async def lines(world: World, record_id: str) -> list[tuple[Any, ...]]:
    """What the agent says it last wrote of a record's amounts."""
    rows = await world.rows(
        "SELECT kind, line, amount, currency, status FROM moodle_finance_payments WHERE record_id = :id"
        " ORDER BY length(line), line",
        id=record_id,
    )
    return [(row["kind"], row["amount"], row["currency"], row["status"]) for row in rows]


def calls_of_one(world: World, module: str) -> int:
    """How many records of a module were read one by one."""
    return sum(f"/{module}/57" in call.path for call in world.zoho.control.calls if call.method == "GET")


async def test_each_payment_keeps_its_own_currency(world: World) -> None:
    student = add_student(world)
    registration = add_registration(world, student, due(1, 4800))
    link = {"Registration_ID": {"id": registration}}
    dollars = add_payment(world, student, **link)
    liras = add_payment(
        world,
        student,
        **link,
        Currency="TRY",
        Payment_Amount=3000.5,
        SRM_Original_Currency="$",
        SRM_Original_Amount=100.02,
    )
    await world.sync()
    paid = in_moodle(world, "payment", dollars)
    assert (paid["currency"], paid["amount"], paid["originalcurrency"]) == ("USD", "100", "")
    assert (paid["studentid"], paid["registrationid"], paid["accepted"]) == (student, registration, 1)
    paid = in_moodle(world, "payment", liras)
    assert (paid["currency"], paid["amount"]) == ("TRY", "3000.5")
    assert (paid["originalcurrency"], paid["originalamount"]) == ("USD", "100.02")
    assert await lines(world, dollars) == [("payment", Decimal(100), "USD", "Accepted")]
    assert await lines(world, liras) == [("payment", Decimal("3000.5"), "TRY", "Accepted")]


async def test_a_void_counts_no_more_and_a_refund_is_below_nothing(world: World) -> None:
    student = add_student(world)
    payment = add_payment(world, student)
    refund = add_payment(world, student, Payment_Amount=-40.25)
    assert await world.look("payment", payment) == "applied"
    assert await world.look("payment", refund) == "applied"
    assert in_moodle(world, "payment", refund)["amount"] == "-40.25"
    edit(world, PAYMENTS, payment, SRM_Active="Void")
    assert await world.look("payment", payment) == "applied"
    paid = in_moodle(world, "payment", payment)
    assert (paid["accepted"], paid["amount"]) == (0, "100")
    assert await lines(world, payment) == [("payment", Decimal(100), "USD", "Void")]
    edit(world, PAYMENTS, payment, SRM_Active=None)
    await world.look("payment", payment)
    assert in_moodle(world, "payment", payment)["accepted"] == 0
    edit(world, PAYMENTS, payment, SRM_Active="Accepted")
    await world.look("payment", payment)
    assert in_moodle(world, "payment", payment)["accepted"] == 1


async def test_a_deleted_payment_is_deleted_and_comes_back(world: World) -> None:
    payment = add_payment(world, add_student(world), Payment_Amount=75)
    await world.look("payment", payment)
    world.zoho.control.delete(PAYMENTS, payment, push=False)
    assert await world.look("payment", payment) == "applied"
    assert is_deleted(world, "payment", payment)
    assert await lines(world, payment) == []
    world.zoho.control.restore(PAYMENTS, payment, push=False)
    assert await world.look("payment", payment) == "applied"
    assert not is_deleted(world, "payment", payment)
    assert in_moodle(world, "payment", payment)["amount"] == "75"
    assert await lines(world, payment) == [("payment", Decimal(75), "USD", "Accepted")]


async def test_a_payment_does_not_wait_for_its_registration(world: World) -> None:
    student = add_student(world)
    registration = add_registration(world, student, due(1, 4800))
    payment = add_payment(world, student, Registration_ID={"id": registration}, Payment_Amount=6000)
    assert await world.look("payment", payment) == "applied"  # more than is due: that is for people to judge
    assert in_moodle(world, "payment", payment)["registrationid"] == registration
    assert await world.look("registration", registration) == "applied"
    assert await world.look("payment", payment) == "unchanged"
    edit(world, PAYMENTS, payment, Registration_ID=None)
    assert await world.look("payment", payment) == "applied"
    assert in_moodle(world, "payment", payment)["registrationid"] == ""


async def test_a_schedules_rows_are_added_changed_and_removed_under_their_ids(world: World) -> None:
    registration = add_registration(world, add_student(world), due(1, 2400), due(2, 2400.1234))
    assert await world.look("registration", registration) == "applied"
    assert schedule_in_moodle(world, registration) == [(1, "2400", "Pending"), (2, "2400.1234", "Pending")]
    first, second = (row["zohoid"] for row in in_moodle(world, "registration", registration)["schedule"])

    changed = {"id": first, "Installment_Status": "Paid", "Paid_Date": "2026-01-05"}
    edit(world, REGISTRATIONS, registration, Payment_Schedule=[changed, due(3, 0.0001)])
    assert await world.look("registration", registration) == "applied"
    assert schedule_in_moodle(world, registration) == [
        (1, "2400", "Paid"),
        (2, "2400.1234", "Pending"),
        (3, "0.0001", "Pending"),
    ]
    rows = in_moodle(world, "registration", registration)["schedule"]
    assert [row["zohoid"] for row in rows][:2] == [first, second]
    assert rows[0]["paiddate"] == "2026-01-05"

    edit(world, REGISTRATIONS, registration, Payment_Schedule=[{"id": second, "_delete": None}])
    assert await world.look("registration", registration) == "applied"
    assert [number for number, _, _ in schedule_in_moodle(world, registration)] == [1, 3]
    assert await lines(world, registration) == [
        ("schedule", Decimal(2400), "USD", "Paid"),
        ("schedule", Decimal("0.0001"), "USD", "Pending"),
    ]
    edit(world, REGISTRATIONS, registration, Payment_Schedule=[])
    assert await world.look("registration", registration) == "applied"
    assert schedule_in_moodle(world, registration) == []
    assert await lines(world, registration) == []


async def test_a_cleared_value_is_cleared(world: World) -> None:
    student = add_student(
        world, Registration_Fees=100.5, Bank_Name="First Bank", st_Payment=50, Currency="USD"
    )
    registration = add_registration(world, student, Remaining_Amount="12.5", Discount_Percentage="10%")
    await world.look("student", student)
    await world.look("registration", registration)
    known = in_moodle(world, "registration", registration)
    assert (known["remaining"], known["discountpercentage"]) == ("12.5", "10")
    finance = in_moodle(world, "finance", student)
    assert (finance["registrationfees"], finance["bankname"], finance["total"]) == (
        "100.5",
        "First Bank",
        "50",
    )
    assert [one["amount"] for one in finance["installments"]] == ["50"]
    edit(world, STUDENTS, student, Registration_Fees=None, Bank_Name=None, st_Payment=None, Currency=None)
    edit(world, REGISTRATIONS, registration, Remaining_Amount=None, Program_Price=None, Student_ID=None)
    assert await world.look("student", student) == "applied"
    assert await world.look("registration", registration) == "applied"
    finance = in_moodle(world, "finance", student)
    assert {finance[name] for name in ("registrationfees", "bankname", "currency", "total")} == {""}
    assert finance["installments"] == []
    known = in_moodle(world, "registration", registration)
    assert {known[name] for name in ("remaining", "price", "studentid")} == {""}
    assert await world.rows("SELECT registration_fees, bank_name, currency FROM moodle_finance_info") == [
        {"registration_fees": None, "bank_name": None, "currency": None}
    ]
    assert await lines(world, student) == []


async def test_four_places_and_fourteen_digits_arrive_as_they_are(world: World) -> None:
    exact = "99999999999999.9999"  # more digits than a float holds
    student = add_student(world, Amount_Transferred=1234567.8901, Currency_of_transferred_amount="$")
    registration = add_registration(
        world,
        student,
        due(1, 0.0001),
        due(2, 98765432.1098),
        Program_Price=exact,
        Remaining_Amount=f"-{exact}",
    )
    payment = add_payment(world, student, Payment_Amount=0.1, SRM_Original_Amount=12345678.9012)
    await world.sync()
    known = in_moodle(world, "registration", registration)
    assert (known["price"], known["remaining"]) == (exact, f"-{exact}")
    assert [row["amount"] for row in known["schedule"]] == ["0.0001", "98765432.1098"]
    paid = in_moodle(world, "payment", payment)
    assert (paid["amount"], paid["originalamount"]) == ("0.1", "12345678.9012")
    finance = in_moodle(world, "finance", student)
    assert (finance["transferred"], finance["transferredcurrency"]) == ("1234567.8901", "USD")
    (stored,) = await world.rows("SELECT transferred, transferred_currency FROM moodle_finance_info")
    assert stored == {"transferred": Decimal("1234567.8901"), "transferred_currency": "USD"}
    assert [amount for _, amount, _, _ in await lines(world, registration)] == [
        Decimal("0.0001"),
        Decimal("98765432.1098"),
    ]


async def test_an_amount_is_remembered_with_all_its_digits(world: World) -> None:
    exact = Decimal("99999999999999.9999")
    line = {"kind": "payment", "line": "", "amount": exact, "currency": "USD"}
    async with world.runtime.database.begin() as connection:
        await replace_lines(connection, "payment", {"1": [line]})
    assert await lines(world, "1") == [("payment", exact, "USD", None)]


@pytest.mark.parametrize("price", ["4,800", "4800 USD", "ask the office", "0.00001", "100000000000000"])
async def test_an_unreadable_amount_parks_its_record_and_changes_nothing(world: World, price: str) -> None:
    registration = add_registration(world, add_student(world), due(1, 4800))
    await world.look("registration", registration)
    edit(world, REGISTRATIONS, registration, Program_Price=price, Remaining_Amount="1")
    with pytest.raises(SyncError) as caught:
        await world.look("registration", registration)
    assert (caught.value.code, caught.value.action) == ("UNREADABLE_VALUE", Action.FAIL_RECORD)
    assert "Program_Price" in caught.value.message
    known = in_moodle(world, "registration", registration)
    assert (known["price"], known["remaining"]) == ("4800", "")
    assert await lines(world, registration) == [("schedule", Decimal(4800), "USD", "Pending")]
    assert await world.rows("SELECT state, error_code FROM sync_registrations") == [
        {"state": "error", "error_code": "UNREADABLE_VALUE"}
    ]
    edit(world, REGISTRATIONS, registration, Program_Price="5000")
    assert await world.look("registration", registration) == "applied"
    assert in_moodle(world, "registration", registration)["price"] == "5000"


async def test_an_event_of_a_student_is_one_of_her_finance_too(world: World) -> None:
    student = add_student(world, Currency="USD", st_Payment=50)
    assert await world.look("student", student) == "applied"
    assert in_moodle(world, "finance", student)["installments"][0]["amount"] == "50"
    assert await world.look("student", student) == "unchanged"
    edit(world, STUDENTS, student, st_Payment=60)
    assert await world.look("student", student) == "applied"
    assert in_moodle(world, "finance", student)["installments"][0]["amount"] == "60"
    world.zoho.control.delete(STUDENTS, student, push=False)
    assert await world.look("student", student) == "applied"
    assert is_deleted(world, "finance", student)
    world.zoho.control.restore(STUDENTS, student, push=False)
    assert await world.look("student", student) == "applied"
    assert not is_deleted(world, "finance", student)
    assert await lines(world, student) == [("installment", Decimal(60), "USD", None)]


async def test_a_student_and_her_finance_do_not_stop_each_other(world: World) -> None:
    student = add_student(world, Academic_Email=None, Currency="USD", st_Payment=50)
    with pytest.raises(SyncError, match="EMAIL_MISSING"):
        await world.look("student", student)
    assert in_moodle(world, "finance", student)["installments"][0]["amount"] == "50"
    edit(world, STUDENTS, student, Academic_Email="leyla@college.example.org", Registration_Fees=0.00001)
    with pytest.raises(SyncError, match="Registration_Fees"):
        await world.look("student", student)
    assert [user.email for user in world.moodle.control.site.users.values() if user.idnumber == student] == [
        "leyla@college.example.org"
    ]
    assert in_moodle(world, "finance", student)["installments"][0]["amount"] == "50"


def queries(world: World) -> int:
    """How often rows of a subform were asked for by query."""
    return sum(call.path.endswith("/coql") for call in world.zoho.control.calls)


async def test_the_schedules_of_a_page_that_may_have_changed_come_by_query(world: World) -> None:
    student = add_student(world)
    registrations = [add_registration(world, student, due(1, 100 + place)) for place in range(5)]
    bare = add_registration(world, student)
    await world.sync("registration")
    # That there is no row is believed of the record's own answer only.
    assert (queries(world), calls_of_one(world, REGISTRATIONS)) == (1, 1)
    assert [schedule_in_moodle(world, one) for one in registrations] == [
        [(1, str(100 + place), "Pending")] for place in range(5)
    ]
    assert schedule_in_moodle(world, bare) == []
    (again,) = (await world.sync("registration")).values()
    assert again.counts == {"unchanged": 6}
    assert (queries(world), calls_of_one(world, REGISTRATIONS)) == (1, 1)
    (row,) = world.zoho.control.record(REGISTRATIONS, registrations[2])["Payment_Schedule"]  # type: ignore[index]
    edit(
        world, REGISTRATIONS, registrations[2], Payment_Schedule=[{"id": row["id"], "Installment_Amount": 7}]
    )
    edit(world, REGISTRATIONS, registrations[3], Note="nothing that is mapped")
    (third,) = (await world.sync("registration")).values()
    assert third.counts == {"unchanged": 5, "updated": 1}
    assert (queries(world), calls_of_one(world, REGISTRATIONS)) == (2, 1)
    assert schedule_in_moodle(world, registrations[2]) == [(1, "7", "Pending")]
    edit(world, REGISTRATIONS, registrations[3], Payment_Schedule=[])
    (fourth,) = (await world.sync("registration")).values()
    assert fourth.counts == {"unchanged": 5, "updated": 1}
    assert schedule_in_moodle(world, registrations[3]) == []
    await world.sync("registration")
    assert (queries(world), calls_of_one(world, REGISTRATIONS)) == (2, 2)  # those touched only are remembered


async def test_a_schedule_that_changes_between_the_page_and_the_query_is_read_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    student = add_student(world)
    one, other = (add_registration(world, student, due(1, 5)) for _ in range(2))
    ask = ZohoClient.subform_rows

    async def late(*given: Any) -> Any:
        edit(world, REGISTRATIONS, one, Payment_Schedule=[due(2, 8)], Currency="TRY")
        return await ask(*given)

    monkeypatch.setattr(ZohoClient, "subform_rows", late)
    await world.sync("registration")
    monkeypatch.undo()
    await world.sync("registration")
    assert schedule_in_moodle(world, one) == [(1, "5", "Pending"), (2, "8", "Pending")]
    assert {currency for _, _, currency, _ in await lines(world, one)} == {"TRY"}
    assert schedule_in_moodle(world, other) == [(1, "5", "Pending")]


async def test_a_college_whose_zoho_refuses_the_query_is_read_one_by_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("agent.zoho.client.PARENT", "Record_Id")  # no such column
    student = add_student(world)
    registrations = [add_registration(world, student, due(1, 5)) for _ in range(3)]
    (report,) = (await world.sync("registration")).values()
    assert report.counts == {"created": 3}
    assert calls_of_one(world, REGISTRATIONS) == 3
    assert [schedule_in_moodle(world, one) for one in registrations] == [[(1, "5", "Pending")]] * 3


async def test_what_a_list_does_carry_is_taken_from_it(world: World) -> None:
    program = world.zoho.control.create(PROGRAMS, {"Product_Name": "HND"}, push=False)
    registration = add_registration(world, add_student(world), due(1, 5), Program={"id": program})
    await world.sync("registration")
    assert in_moodle(world, "registration", registration)["programname"] == "HND"
    edit(world, PROGRAMS, program, Product_Name="HND Computing")  # the registration is not modified by it
    await world.sync("registration")
    assert in_moodle(world, "registration", registration)["programname"] == "HND Computing"
    assert schedule_in_moodle(world, registration) == [(1, "5", "Pending")]
    assert calls_of_one(world, REGISTRATIONS) == 1


async def test_another_name_of_a_row_field_has_every_schedule_read_again(world: World) -> None:
    registration = add_registration(world, add_student(world), due(1, 5))
    await world.sync("registration")
    await world.runtime.engine.modules.store.set("registration", "schedule.status", "Installment_No")
    async with open_runtime(world.settings) as restarted:  # an agent reads the names at its start
        await restarted.bulk.run(FROM_ZOHO["registration"], dry_run=False, progress=lambda _: None)
    assert calls_of_one(world, REGISTRATIONS) == 2
    assert schedule_in_moodle(world, registration) == [(1, "5", "1")]


async def test_one_registration_that_cannot_be_read_stops_no_other(world: World) -> None:
    student = add_student(world)
    good, bad = add_registration(world, student, due(1, 5)), add_registration(world, student, due(1, 6))
    edit(world, REGISTRATIONS, bad, Payment_Schedule=[due(2, 0.00001)])
    (report,) = (await world.sync("registration")).values()
    assert report.counts == {"created": 1, "failed": 1}
    assert [(record_id, error.code) for record_id, error in report.failures] == [(bad, "UNREADABLE_VALUE")]
    assert schedule_in_moodle(world, good) == [(1, "5", "Pending")]
    assert bad not in world.moodle.control.site.mirrors["registration"]


async def test_zoho_going_away_between_list_and_record_ends_the_pass_and_loses_nothing(world: World) -> None:
    registration = add_registration(world, add_student(world), due(1, 5))
    world.zoho.control.fail(Fault.SERVER_ERROR, count=3, path=f"/{REGISTRATIONS}/")
    with pytest.raises(SyncError):
        await world.sync("registration")
    assert registration not in world.moodle.control.site.mirrors["registration"]
    world.zoho.control.calm()
    (report,) = (await world.sync("registration")).values()
    assert report.counts == {"created": 1}


async def test_the_amounts_of_a_refused_write_are_not_remembered(world: World) -> None:
    payment = add_payment(world, add_student(world))
    await world.look("payment", payment)
    edit(world, PAYMENTS, payment, Payment_Amount=200)
    world.moodle.control.fail(MoodleFault.DATABASE, count=3)
    with pytest.raises(SyncError):
        await world.look("payment", payment)
    assert await lines(world, payment) == [("payment", Decimal(100), "USD", "Accepted")]
    assert await world.look("payment", payment) == "applied"
    assert await lines(world, payment) == [("payment", Decimal(200), "USD", "Accepted")]


async def test_a_college_with_all_its_money_settles_in_one_pass(database_url: str) -> None:
    async with open_world(database_url, college=30, seed=5) as world:
        entities = ("finance", "registration", "payment")
        first = await world.sync(*entities)
        assert {name: report.failed for name, report in first.items()} == dict.fromkeys(entities, 0)
        for name in entities:
            ids = world.zoho.control.ids(FROM_ZOHO[name].module)
            assert set(world.moodle.control.site.mirrors[name]) == set(ids)
        for payment in world.zoho.control.records(PAYMENTS):
            known = in_moodle(world, "payment", payment["id"])
            assert Decimal(known["amount"]) == Decimal(str(payment["Payment_Amount"]))
            assert known["currency"] == payment["Currency"]
            assert known["accepted"] == (payment["SRM_Active"] == "Accepted")
        again = await world.sync(*entities)
        assert {name: set(report.counts) for name, report in again.items()} == {
            name: {"unchanged"} for name in entities
        }
