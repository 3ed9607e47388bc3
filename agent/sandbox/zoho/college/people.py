"""Teachers and students: names, contact data, study plan, finance summary."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from agent.sandbox.zoho.college import finance
from agent.sandbox.zoho.college.catalogue import PROGRAMMES, Programme
from agent.sandbox.zoho.college.names import ORIGINS, WEIGHTS, Origin, Part

_STATUSES = ("Active", "approved", "Registered", "Freezed", "Withdraw", "Graduated", "Pending")
_STATUS_WEIGHTS = (78, 5, 5, 3, 3, 4, 2)
LONG_NAME = (
    "Abdulrahman Muhammad Sulaiman Ibrahim Abdulaziz Abdullah Mustafa Al-Sayyid Al-Khawarizmi Al-Andalusi"
)


@dataclass(frozen=True)
class Person:
    """A generated person's name in both scripts."""

    origin: Origin
    female: bool
    first: Part
    last: Part

    @property
    def full(self) -> str:
        """The name in Latin letters."""
        return f"{self.first[0]} {self.last[0]}"


def make_person(dice: random.Random) -> Person:
    """Draw a person."""
    origin = dice.choices(ORIGINS, WEIGHTS)[0]
    female = dice.random() < 0.5
    first = dice.choice(origin.female if female else origin.male)
    return Person(origin, female, first, dice.choice(origin.family))


def teacher(dice: random.Random, number: int) -> dict[str, Any]:
    """Give a teacher's values."""
    person = make_person(dice)
    return {
        "Name": person.full,
        "Email": f"{_mailbox(person)}.{number}@example.com",
        "Academic_Email": f"{_mailbox(person)}.t{number}@example.org",
        "Phone_Number": _phone(dice),
        "Currency": "USD",
    }


@dataclass(frozen=True)
class Student:
    """A student's values, what she studies and how she pays."""

    values: dict[str, Any]
    programme: Programme
    plan: finance.Plan


def student(dice: random.Random, money: random.Random, number: int, today: date, *, faulty: bool) -> Student:
    """Draw a student (Moodle ids empty); every 50th is an unusual one, and `faulty` ones cannot be synced."""
    person = make_person(dice)
    programme = dice.choice(PROGRAMMES)
    registered = today - timedelta(days=dice.randint(5, 700))
    values: dict[str, Any] = {
        "First_Name": person.first[0],
        "Last_Name": person.last[0],
        "Display_Name": person.full,
        "Email": f"{_mailbox(person)}.{number}@example.com",
        "Academic_Email": f"{_mailbox(person)}.{number}@example.org",
        "Phone_Number": _phone(dice),
        "Gender": "Female" if person.female else "Male",
        "Birth_Date": (today - timedelta(days=dice.randint(17 * 365, 40 * 365))).isoformat(),
        "Nationality": dice.choice(person.origin.nationalities),
        "City": dice.choice(person.origin.cities),
        "Father_Name": dice.choice(person.origin.male)[0],
        "Mother_Name": dice.choice(person.origin.female)[0],
        "Registration_Date": registered.isoformat(),
        "Status": dice.choices(_STATUSES, _STATUS_WEIGHTS)[0],
        "Academic_Program": programme.level,
        "Major": programme.major,
        "Desired_Award": "Qualifi" if programme.level == "Level 7" else "BTEC",
        "Service_Type": "Qualifi" if programme.level == "Level 7" else "BTEC",
        "Study_Mode": dice.choice(("Onsite", "Online", "Blended")),
        "Study_Language": dice.choice(("English", "Arabic")),
        "Intake": f"T{dice.randint(1, 4)} {registered.year}",
        "BTEC_Registration_Number": f"SB{number:05d}",
        "Currency": dice.choices(("USD", "TRY"), (80, 20))[0],
        "Top_up": False,
    }
    if person.origin.has_native_script:
        values["Frist_Name_Native"], values["Last_Name_Native"] = person.first[1], person.last[1]
    plan = _plan(dice, money, values, programme, registered)
    method = dice.choice(("Cash", "Bank Transfer", "Not specified"))
    values |= finance.values(money, plan, number, person.full, method, today)
    if number % 50 < len(_UNUSUAL):
        values |= _UNUSUAL[number % 50]
    if faulty:
        values |= _FAULTY.get(number % 50, {})
    return Student(values, programme, plan)


def _plan(
    dice: random.Random, money: random.Random, values: dict[str, Any], programme: Programme, start: date
) -> finance.Plan:
    """Draw how she pays, and note her scholarship."""
    count = dice.choice((1, 2, 4, 8))
    scholarship = dice.choice((10, 25, 50)) if dice.random() < 0.1 else 0
    values["Scholarship"] = "Partial Scholarship %" if scholarship else "Non-scholarship"
    if scholarship:
        values |= {"Scholarship_Percentage": scholarship, "Reason_of_scholarship": "High school results"}
    return finance.draw(money, programme, start, values["Currency"], scholarship=scholarship, count=count)


_UNUSUAL: tuple[dict[str, Any], ...] = (
    {},  # 0: keeps the numbering of the cases below readable
    {"First_Name": "Siobhán", "Last_Name": "O'Connor-D'Angelo", "Display_Name": "Siobhán O'Connor-D'Angelo"},
    {"First_Name": LONG_NAME, "Display_Name": None},  # 100 characters
    {
        "Note": 'Prefers mornings 🌅, allergic to nuts 🥜; "call first" <b>not bold</b> & co',
        "Address": "1 Rue\nLigne 2",
    },
    {"Academic_Email": None},
    {"Email": None, "Phone_Number": None},
    {
        "City": None,
        "Father_Name": None,
        "Mother_Name": None,
        "Gender": None,
        "Birth_Date": None,
        "Intake": None,
    },
    {"Last_Name": None, "Last_Name_Native": "الخطيب"},  # typed in the native script only
    {
        "First_Name": "نور الهدى",
        "Last_Name": "عبد الرحمن",
        "Frist_Name_Native": "نور الهدى",
    },  # typed in Arabic
)
"""By `number % 50`: what people really type."""
_FAULTY: dict[int, dict[str, Any]] = {
    5: {"Academic_Email": None, "Email": None},
    7: {"Last_Name": None, "Last_Name_Native": None},  # people with a single name
}
"""By `number % 50`: what no account can be made of."""


def _mailbox(person: Person) -> str:
    letters = f"{person.first[0]}.{person.last[0]}".lower()
    return "".join(character for character in letters if character.isascii() and character not in " '")


def _phone(dice: random.Random) -> str:
    return f"+90 555 {dice.randint(100, 999)} {dice.randint(10, 99)} {dice.randint(10, 99)}"
