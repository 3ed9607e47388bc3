"""A whole college out of a seed: all ten modules in realistic proportion, generated people only."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from agent.sandbox.zoho.college import finance, money, people, teaching
from agent.sandbox.zoho.college.catalogue import PROGRAMMES, UNITS, Programme
from agent.sandbox.zoho.college.people import Student
from agent.sandbox.zoho.options import REGISTRAR
from agent.sandbox.zoho.store import RecordStore

STUDENTS_PER_CLASS = 7.5
CLASSES_PER_TEACHER = 8
STUDENTS_PER_REQUEST = 20
GRADED = 0.9  # of the enrolments in classes that are over
SECOND_REGISTRATION = 0.05
WITHOUT_TEACHER = 7  # of each 40 classes this one


def generate_college(students: int, seed: int, store: RecordStore, *, faulty: bool = False) -> None:
    """Fill an empty store with a college of `students` students, in order of dependence.

    Names, choices and ids follow from the seed; dates are relative to the store's present day. Every record can be
    synced, unless `faulty` asks for a few that cannot: students without an e-mail address or a last name, amounts
    and currencies that nobody can read.
    """
    if students < 1:
        raise ValueError("a college has at least one student")
    _College(students, seed, store, faulty).build()


@dataclass
class _Kept:
    """A record that others refer to."""

    id: str
    values: dict[str, Any]


@dataclass
class _College:
    size: int
    seed: int
    store: RecordStore
    faulty: bool
    graded: int = 0
    programmes: dict[Programme, str] = field(default_factory=dict)
    units: dict[Programme, list[_Kept]] = field(default_factory=lambda: defaultdict(list))
    classes: dict[str, list[tuple[_Kept, _Kept]]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        self.now = self.store.clock.stamp()
        self.today = self.now.astimezone(self.store.clock.zone).date()

    def build(self) -> None:
        """Make everything."""
        self._programmes_and_units()
        self._classes()
        students = self._students()
        for number, (kept, student) in enumerate(students, 1):
            self._money(kept, student, number)
        self._enrollments(students)
        self._requests([kept for kept, _ in students])

    def _dice(self, of: str) -> random.Random:
        return random.Random(f"{self.seed}/{of}")  # noqa: S311 - reproducible on purpose

    def _add(self, module: str, values: dict[str, Any], age_days: int) -> _Kept:
        at = self.now - timedelta(days=age_days)
        return _Kept(self.store.insert(module, values, REGISTRAR, at=at).id, values)

    def _rows(self, rows: list[dict[str, Any]], age_days: int) -> list[dict[str, Any]]:
        at = self.now - timedelta(days=age_days)
        return [{"id": self.store.new_id(), "values": row, "created": at, "modified": at} for row in rows]

    def _programmes_and_units(self) -> None:
        for programme in PROGRAMMES:
            kept = self._add("Products", teaching.programme_values(programme), 900)
            self.programmes[programme] = kept.id
        for programme, programme_id in self.programmes.items():
            for number, name in enumerate(UNITS[programme.unit_major], 1):
                values = teaching.unit_values(name, programme, number, programme_id)
                self.units[programme].append(self._add("BTEC", values, 890))

    def _classes(self) -> None:
        dice = self._dice("classes")
        count = max(len(PROGRAMMES), round(self.size / STUDENTS_PER_CLASS))
        teachers = [
            self._add("BTEC_Teachers", people.teacher(dice, number), 800)
            for number in range(1, max(2, round(count / CLASSES_PER_TEACHER)) + 1)
        ]
        for number in range(1, count + 1):
            programme = PROGRAMMES[number % len(PROGRAMMES)]
            unit = dice.choice(self.units[programme])
            when = teaching.term(dice, self.today)
            links = {
                "Unit": unit.id,
                "BTEC_Program": self.programmes[programme],
                "Teacher": dice.choice(teachers).id,
            }
            if number % 40 == WITHOUT_TEACHER:
                del links["Teacher"]
            values = teaching.class_values(dice, unit.values["Name"], when, number, links)
            age = max((self.today - when.start).days + 20, 1)
            self.classes[programme.name].append((self._add("BTEC_Classes", values, age), unit))

    def _students(self) -> list[tuple[_Kept, Student]]:
        dice = self._dice("students")
        made = []
        for number in range(1, self.size + 1):
            money_dice = self._dice(f"finance/{number}")
            student = people.student(dice, money_dice, number, self.today, faulty=self.faulty)
            values = {**student.values, "Program": self.programmes[student.programme]}
            made.append((self._add("BTEC_Students", values, dice.randint(1, 400)), student))
        return made

    def _money(self, kept: _Kept, student: Student, number: int) -> None:
        dice = self._dice(f"money/{number}")
        plans = [(student.programme, student.plan)]
        if dice.random() < SECOND_REGISTRATION:
            plans.append(self._second(dice, student))
        for programme, plan in plans:
            ids = (kept.id, self.programmes[programme])
            values, rows = money.registration(dice, kept.values, plan, ids, self.today)
            if self.faulty:
                values |= money.UNREADABLE.get(number % 40, {})
            made = self._add("BTEC_Registrations", {**values, "Payment_Schedule": self._rows(rows, 90)}, 90)
            for payment in money.payments(dice, values, rows, (kept.id, made.id)):
                if self.faulty and number % 60 == 11:
                    payment["SRM_Original_Currency"] = "dollars"
                self._add("BTEC_Payments", payment, dice.randint(1, 60))

    def _second(self, dice: random.Random, student: Student) -> tuple[Programme, finance.Plan]:
        """Draw what somebody studies after her first programme, paid in the other currency."""
        programme = dice.choice([one for one in PROGRAMMES if one != student.programme])
        currency = "USD" if student.plan.currency == "TRY" else "TRY"
        count = dice.choice((1, 2, 4))
        return programme, finance.draw(dice, programme, self.today, currency, scholarship=0, count=count)

    def _enrollments(self, students: list[tuple[_Kept, Student]]) -> None:
        dice = self._dice("enrollments")
        for student, drawn in students:
            offered = self.classes[drawn.programme.name]
            for class_, unit in dice.sample(
                offered, min(len(offered), dice.choices((1, 2, 3, 4), (15, 35, 35, 15))[0])
            ):
                ids = (student.id, class_.id)
                values = teaching.enrollment_values(dice, student.values, class_.values, ids, self.today)
                self._add("BTEC_Enrollments", values, dice.randint(1, 60))
                over = class_.values["End_Date"] < self.today.isoformat()
                if over and values["Enrollment_Type"] == "Normal" and dice.random() < GRADED:
                    self._grade(dice, student, class_, unit)

    def _grade(self, dice: random.Random, student: _Kept, class_: _Kept, unit: _Kept) -> None:
        ids = (student.id, class_.id)
        self.graded += 1
        values, rows = teaching.grade_values(
            dice, student.values, class_.values, unit.values, ids, self.graded
        )
        self._add("BTEC_Grades", {**values, "Learning_Outcomes_Assessm": self._rows(rows, 30)}, 30)

    def _requests(self, students: list[_Kept]) -> None:
        dice = self._dice("requests")
        count = max(1, self.size // STUDENTS_PER_REQUEST)
        for number, student in enumerate(dice.sample(students, min(count, len(students))), 1):
            values = money.request_values(dice, student.values, student.id, number, self.now)
            self._add("BTEC_Student_Requests", values, dice.randint(0, 60))
