"""Teachers and students: names, contact data, study plan, finance summary."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from agent.sandbox.zoho.college.catalogue import PROGRAMMES, Programme
from agent.sandbox.zoho.college.names import ORIGINS, WEIGHTS, Origin, Part

_STATUSES = ("Active", "approved", "Registered", "Freezed", "Withdraw", "Graduated", "Pending")
_STATUS_WEIGHTS = (78, 5, 5, 3, 3, 4, 2)
LONG_NAME = (
    "Abdulrahman Muhammad Sulaiman Ibrahim Abdulaziz Abdullah Mustafa Al-Sayyid Al-Khawarizmi Al-Andalusi"
)
INSTALLMENT_FIELDS = (
    ("st_Payment", "st_Payment_Date"),
    ("nd_Payment", "nd_Payment_Date"),
    ("rd_Payment", "rd_Payment_Date"),
    ("th_Payment", "th_Payment_Date"),
    ("th_Payment1", "th_Payment_Date1"),
    ("th_Payment2", "th_Payment_Date2"),
    ("th_Payment3", "th_Payment_Date3"),
    ("th_Payment4", "th_Payment_Date4"),
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


def student(dice: random.Random, number: int, today: date) -> tuple[dict[str, Any], Programme]:
    """Give a student's values (Moodle ids empty) and programme; every 50th is an unusual one."""
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
    values |= _finance(dice, programme, registered, values["Currency"])
    if number % 50 < len(_UNUSUAL):
        values |= _UNUSUAL[number % 50]
    return values, programme


def _finance(dice: random.Random, programme: Programme, start: date, currency: str) -> dict[str, Any]:
    price = programme.price * (30 if currency == "TRY" else 1)
    installments = dice.choice((1, 2, 4, 8))
    share = round(price / installments, 2)
    values: dict[str, Any] = {
        "Scholarship": "Non-scholarship",
        "Payment_Mode": "One Payment" if installments == 1 else "Installments",
        "Payment_Method": dice.choice(("Cash", "Bank Transfer", "Not specified")),
        "Registration_Fees": 100 * (30 if currency == "TRY" else 1),
        "Date_of_Registration_Fees": start.isoformat(),
        "Currency_of_transferred_amount": "TRY" if currency == "TRY" else "$",
    }
    if dice.random() < 0.1:
        values |= {
            "Scholarship": "Partial Scholarship %",
            "Scholarship_Percentage": dice.choice((10, 25, 50)),
            "Reason_of_scholarship": "High school results",
        }
    for position, (amount, due) in enumerate(INSTALLMENT_FIELDS[:installments]):
        values[amount] = share
        values[due] = (start + timedelta(days=30 * position)).isoformat()
    return values


_UNUSUAL: tuple[dict[str, Any], ...] = (
    {},  # 0: keeps the numbering of the cases below readable
    {"First_Name": "Siobhán", "Last_Name": "O'Connor-D'Angelo", "Display_Name": "Siobhán O'Connor-D'Angelo"},
    {"First_Name": LONG_NAME, "Display_Name": None},  # 100 characters
    {
        "Note": 'Prefers mornings 🌅, allergic to nuts 🥜; "call first" <b>not bold</b> & co',
        "Address": "1 Rue\nLigne 2",
    },
    {"Academic_Email": None},
    {"Academic_Email": None, "Email": None, "Phone_Number": None},
    {
        "City": None,
        "Father_Name": None,
        "Mother_Name": None,
        "Gender": None,
        "Birth_Date": None,
        "Intake": None,
    },
    {"Last_Name": None, "Last_Name_Native": None},  # people with a single name
    {
        "First_Name": "نور الهدى",
        "Last_Name": "عبد الرحمن",
        "Frist_Name_Native": "نور الهدى",
    },  # typed in Arabic
)
"""By `number % 50`: what people really type."""


def _mailbox(person: Person) -> str:
    letters = f"{person.first[0]}.{person.last[0]}".lower()
    return "".join(character for character in letters if character.isascii() and character not in " '")


def _phone(dice: random.Random) -> str:
    return f"+90 555 {dice.randint(100, 999)} {dice.randint(10, 99)} {dice.randint(10, 99)}"
