"""Programmes, units, classes, enrolments and grades."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from agent.sandbox.zoho.college.catalogue import (
    DISTINCTION_VERBS,
    MERIT_VERBS,
    PASS_VERBS,
    TOPICS,
    Programme,
)

_LETTERS = ("D", "M", "P", "R", "RR", "F", "Mapped")
_LETTER_WEIGHTS = (18, 27, 35, 9, 3, 6, 2)
_TYPES = ("Normal", "Recording", "Self-Study", "Not Graded")
_DAYS = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday")
WITHDRAWN = 0.03


@dataclass(frozen=True)
class Term:
    """When a class runs, and what its status is today."""

    start: date
    end: date
    name: str
    status: str


def programme_values(programme: Programme) -> dict[str, Any]:
    """Give a programme's values in Products."""
    return {
        "Product_Name": programme.name,
        "Product_Sub_Category": "Qualifi" if programme.level == "Level 7" else "None",
        "Status": "Draft",  # shown as "Enabled"
        "Program_Type": programme.kind,
        "Program_Major": programme.product_major,
        "Program_Price": programme.price,
        "Unit_Price": programme.price,
        "Description": f"{programme.name}, taught in English and Arabic.",
    }


def unit_values(name: str, programme: Programme, number: int, programme_id: str) -> dict[str, Any]:
    """Give a unit's values with its criteria: 4-6 P, 2-4 M, 1-3 D; a programme's first unit has them all, at length."""
    values: dict[str, Any] = {
        "Name": name,
        "Unit_Code": f"{programme.unit_major[:3].upper()}-{programme.level[-1]}{number:02d}",
        "Unit_Number": str(number),
        "Unit_Credit": "15",
        "Unit_Level": programme.level,
        "Unit_Major": programme.unit_major,
        "Service_Type": "Qualifi" if programme.level == "Level 7" else "BTEC",
        "Program": programme_id,
    }
    for letter, verbs, few, most in (
        ("P", PASS_VERBS, 4, 10),
        ("M", MERIT_VERBS, 2, 9),
        ("D", DISTINCTION_VERBS, 1, 6),
    ):
        for position in range(most if number == 1 else few + number % 3):
            verb, topic = verbs[position % len(verbs)], TOPICS[(position + number) % len(TOPICS)]
            values[f"{letter}{position + 1}_description"] = f"{verb} {topic} ({name})."
    if number == 1:
        values["D1_description"] += "\n" + "Support each judgement with evidence of your own. " * 60
    return values


def term(dice: random.Random, today: date) -> Term:
    """Draw a term: more than half run now, a third is over, a few are to come."""
    kind = dice.choices(("now", "over", "soon"), (55, 35, 10))[0]
    shift = {"now": dice.randint(-70, -7), "over": dice.randint(-500, -120), "soon": dice.randint(10, 60)}[
        kind
    ]
    start = today + timedelta(days=shift)
    status = {
        "now": dice.choices(("Active", "Initial Evaluation", "Final Evaluation"), (86, 7, 7))[0],
        "over": dice.choices(("End", "Waiting Submission", "Waiting Resubmission"), (86, 8, 6))[0],
        "soon": "Pending",
    }[kind]
    return Term(start, start + timedelta(days=84), f"T{(start.month - 1) // 3 + 1}", status)


def class_values(
    dice: random.Random, unit_name: str, when: Term, number: int, links: dict[str, str]
) -> dict[str, Any]:
    """Give a class's values (Moodle_Class_ID empty); class names repeat, as they do in life."""
    first_day, second_day = dice.sample(_DAYS, 2)
    return {
        **links,
        "Class_Name": f"{unit_name} {when.name} {when.start.year}",
        "Class_Short_Name": f"C{number:04d}-{when.name}-{when.start.year % 100}",
        "Year": str(when.start.year),
        "Term": when.name,
        "Class_Status": when.status,
        "Start_Date": when.start.isoformat(),
        "End_Date": when.end.isoformat(),
        "English_Teaching": dice.random() < 0.6,
        "Class_Study_Mode": dice.choice(("Online", "Onsite", "Blended")),
        "Start_Hour": first_day,  # labelled "Day (1)" and "Day (2)"
        "End_Hour": second_day,
        "Hours_1": "10:00 - 12:00",
        "Hours_2": "18:00 - 20:00",
        "Classroom": f"Room {dice.randint(1, 12)}",
    }


def enrollment_values(
    dice: random.Random, student: dict[str, Any], class_: dict[str, Any], ids: tuple[str, str], today: date
) -> dict[str, Any]:
    """Give an enrolment's values; a few were withdrawn (an End_Date in the past)."""
    end = class_["End_Date"]
    start = date.fromisoformat(class_["Start_Date"])
    if dice.random() < WITHDRAWN and start + timedelta(days=3) < today:
        end = (start + timedelta(days=2)).isoformat()
    return {
        "Enrolled_Students": ids[0],
        "Classes": ids[1],
        "Start_Date": class_["Start_Date"],
        "End_Date": end,
        "Student_Name": student.get("Display_Name"),
        "Class_Name": class_["Class_Name"],
        "Enrollment_Type": dice.choices(_TYPES, (91, 4, 3, 2))[0],
        "Synced_to_Moodle": False,
    }


def grade_values(
    dice: random.Random,
    student: dict[str, Any],
    class_: dict[str, Any],
    unit: dict[str, Any],
    ids: tuple[str, str],
    number: int,
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Give an old result as typed into Zoho, and its outcome rows; some have the key of an earlier system."""
    letter = dice.choices(_LETTERS, _LETTER_WEIGHTS)[0]
    second = letter == "RR" or dice.random() < 0.08
    values = {
        "Student": ids[0],
        "Class": ids[1],
        "Student_Name": student.get("Display_Name"),
        "Class_Name": class_["Class_Name"],
        "BTEC_Unit": unit["Name"],
        "BTEC_Grade_Name": f"{unit['Name']} assignment",
        "Grade": letter,
        "Grade_Status": "Released" if class_["Class_Status"] == "End" else "In review",
        "Attempt_Number": 2 if second else 1,
        "Attempt_Date": class_["End_Date"],
        "Grader_Name": "College Assessor",
        "IV_Name": "Internal Verifier" if number % 4 == 0 else None,
        "Moodle_Grade_Composite_Key": f"SRM-{number:06d}" if number % 20 == 0 else None,
        "Feedback": dice.choice(
            ("Well argued. 👏", "Cite your sources.", "Meets the criteria; see the notes.")
        ),
    }
    achieved = {"D": 3, "M": 2, "P": 1}.get(letter, 0)
    rows = [
        {
            "LO_Code": code,
            "LO_Title": f"Criterion {code}",
            "LO_Outcome_Identification": code[0],
            "LO_Definition": unit[f"{code}_description"][:255],
            "LO_Score": "Achieved" if achieved >= position else "Not achieved",
        }
        for position, code in ((1, "P1"), (1, "P2"), (2, "M1"), (3, "D1"))
    ]
    return values, rows
