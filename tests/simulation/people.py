"""What people do on both sides, at random: each deed is done with the same hands as in every other test."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from agent.sandbox.moodle import MoodleControl
from agent.sandbox.zoho.control import SandboxControl
from agent.sandbox.zoho.errors import ItemRefused

STUDENTS, CLASSES, ENROLLMENTS = "BTEC_Students", "BTEC_Classes", "BTEC_Enrollments"
PAYMENTS, GRADES, REGISTRATIONS = "BTEC_Payments", "BTEC_Grades", "BTEC_Registrations"
NAMES = ("Leyla", "Noor", "O'Neill", "ليلى", "Zoë", "Ahmet 🎓", "d'Arc", "Øst")


class People:
    """The registrar in Zoho, teachers and an administrator in Moodle."""

    def __init__(self, chance: Random, zoho: SandboxControl, moodle: MoodleControl) -> None:
        self._chance = chance
        self._zoho = zoho
        self._moodle = moodle
        self._gone: list[str] = []
        self._number = 0
        self.deeds: list[str] = []

    def act(self) -> None:
        """Do something; not every change is told."""
        self._do(self._chance.choice(self._all), push=self._chance.random() < 0.85)

    def act_aloud(self) -> None:
        """Do something that is told, and that needs no other record."""
        deeds = [self._edit_student, self._edit_student, self._edit_class, self._grade]
        self._do(self._chance.choice(deeds), push=True)

    def _do(self, deed: Callable[[bool], str], *, push: bool) -> None:
        """Do it; what the other system's rules refuse is left."""
        try:
            done = deed(push)
        except (ItemRefused, KeyError, IndexError, ValueError) as refused:
            done = f"refused ({type(refused).__name__})"
        self.deeds.append(f"{deed.__name__.strip('_')}: {done}")

    @property
    def _all(self) -> list[Callable[[bool], str]]:
        often = [self._edit_student, self._grade, self._grade, self._enroll, self._edit_enrollment]
        seldom = [
            self._add_student,
            self._delete_student,
            self._restore_student,
            self._add_class,
            self._edit_class,
        ]
        others = [self._enrol_in_moodle, self._suspend_in_moodle, self._type_over_grade, self._edit_account]
        return (
            often * 3
            + seldom * 2
            + others * 2
            + [self._clear_grade, self._edit_payment, self._delete_enrollment]
        )

    def _one(self, module: str) -> str:
        return self._chance.choice(self._zoho.ids(module))

    def _new(self) -> int:
        self._number += 1
        return self._number

    def _add_student(self, push: bool) -> str:
        number = self._new()
        values = {"First_Name": self._chance.choice(NAMES), "Last_Name": f"New {number}"}
        values["Academic_Email"] = f"new{number}@college.example.org"
        return self._zoho.create(STUDENTS, values, push=push)

    def _edit_student(self, push: bool) -> str:
        student = self._one(STUDENTS)
        changes = [
            {"First_Name": self._chance.choice(NAMES)},
            {"City": self._chance.choice(["Oran", "Izmir", None])},
            {"Academic_Email": f"other{self._new()}@college.example.org"},
        ]
        self._zoho.edit(STUDENTS, student, self._chance.choice(changes), push=push)
        return student

    def _delete_student(self, push: bool) -> str:
        student = self._one(STUDENTS)
        self._zoho.delete(STUDENTS, student, push=push)
        self._gone.append(student)
        return student

    def _restore_student(self, push: bool) -> str:
        student = self._gone.pop(self._chance.randrange(len(self._gone)))
        self._zoho.restore(STUDENTS, student, push=push)
        return student

    def _add_class(self, push: bool) -> str:
        number = self._new()
        values = {
            "Class_Name": f"Class {number}",
            "Class_Short_Name": f"C-{number}",
            "Class_Status": "Active",
        }
        return self._zoho.create(CLASSES, values, push=push)

    def _edit_class(self, push: bool) -> str:
        one = self._one(CLASSES)
        self._zoho.edit(CLASSES, one, {"Class_Name": f"Renamed {self._new()}"}, push=push)
        return one

    def _enroll(self, push: bool) -> str:
        values = {"Enrolled_Students": {"id": self._one(STUDENTS)}, "Classes": {"id": self._one(CLASSES)}}
        there = {
            (one["Enrolled_Students"]["id"], one["Classes"]["id"])
            for one in self._zoho.records(ENROLLMENTS)
            if one["Enrolled_Students"] and one["Classes"]
        }
        if (values["Enrolled_Students"]["id"], values["Classes"]["id"]) in there:
            raise ValueError("she is enrolled")
        return self._zoho.create(ENROLLMENTS, values, push=push)

    def _edit_enrollment(self, push: bool) -> str:
        one = self._one(ENROLLMENTS)
        end = self._chance.choice([None, "2026-02-01", "2027-02-01"])
        self._zoho.edit(ENROLLMENTS, one, {"End_Date": end}, push=push)
        return one

    def _delete_enrollment(self, push: bool) -> str:
        one = self._one(ENROLLMENTS)
        self._zoho.delete(ENROLLMENTS, one, push=push)
        return one

    def _edit_payment(self, push: bool) -> str:
        one = self._one(PAYMENTS)
        self._zoho.edit(PAYMENTS, one, {"Payment_Amount": self._chance.randrange(1, 99999) / 100}, push=push)
        return one

    def _type_over_grade(self, push: bool) -> str:
        ours = [one["id"] for one in self._zoho.records(GRADES) if one["Moodle_Grade_Composite_Key"]]
        one = self._chance.choice(ours)
        self._zoho.edit(GRADES, one, {"Grade": self._chance.choice(["R", "P", "M", "D"])}, push=push)
        return one

    def _in_class(self) -> tuple[int, int]:
        """Pick an account with a running enrolment, and its course."""
        held = sorted(
            (one.userid, one.courseid) for one in self._moodle.site.enrolments.values() if not one.suspended
        )
        return self._chance.choice(held)

    def _grade(self, told: bool) -> str:
        user, course = self._in_class()
        here = [one.id for one in self._moodle.gradebook.assignments.values() if one.courseid == course]
        assignment = here[0] if here else self._moodle.add_assignment(course, f"Assignment {self._new()}")
        return self._moodle.grade(user, course, assignment, self._chance.randint(1, 4), event=told)

    def _clear_grade(self, told: bool) -> str:
        key = self._chance.choice(sorted(self._moodle.gradebook.grades))
        user, course, assignment = (int(part) for part in key.split("_"))
        return self._moodle.grade(user, course, assignment, None, event=told)

    def _enrol_in_moodle(self, told: bool) -> str:
        users = [one.id for one in self._moodle.site.users.values() if one.idnumber and not one.suspended]
        courses = [one.id for one in self._moodle.site.courses.values() if one.idnumber]
        return self._moodle.enrol(self._chance.choice(users), self._chance.choice(courses), event=told)

    def _suspend_in_moodle(self, told: bool) -> str:
        user, course = self._in_class()
        return self._moodle.suspend(user, course, event=told)

    def _edit_account(self, _: bool) -> str:
        user = self._chance.choice([one for one in self._moodle.site.users.values() if one.idnumber])
        user.firstname = f"Edited {self._new()}"
        return str(user.id)
