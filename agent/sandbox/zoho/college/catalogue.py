"""What the college teaches: programmes and units, in the stored forms of the CRM's picklists."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Programme:
    """A programme: `level` as students and units name it, `kind` as Products stores it."""

    name: str
    level: str
    kind: str
    major: str
    product_major: str
    unit_major: str
    price: int


PROGRAMMES = (
    Programme("BTEC Level 3 Business", "Level 3", "fds", "Business", "Business", "BUS", 2400),
    Programme("BTEC Level 3 Computing", "Level 3", "fds", "Computing", "IT", "IT", 2600),
    Programme(
        "BTEC Level 3 Applied Science", "Level 3", "fds", "Applied Science", "Applied Science", "L3", 2600
    ),
    Programme("BTEC Level 5 HND Business", "Level 5", "Option 2", "Business", "Business", "BUS", 4800),
    Programme("BTEC Level 5 HND Computing", "Level 5", "Option 2", "Computing", "IT", "IT", 5200),
    Programme(
        "BTEC Level 5 HND Art & Design", "Level 5", "Option 2", "Art & Design", "Art & Design", "AD", 5000
    ),
    Programme(
        "Level 7 Strategic Management and Leadership",
        "Level 7",
        "Level 7",
        "Strategic Management and Leadership",
        "Business",
        "Strategic Management and Leadership",
        6500,
    ),
)

UNITS: dict[str, tuple[str, ...]] = {
    "BUS": (
        "Exploring Business",
        "Marketing Processes and Planning",
        "Human Resource Management",
        "Accounting Principles",
        "Managing a Successful Business Project",
        "Business Law",
        "Entrepreneurship and Small Business",
        "Operations Management",
    ),
    "IT": (
        "Programming",
        "Networking",
        "Professional Practice",
        "Database Design & Development",
        "Security",
        "Website Design & Development",
        "Software Development Lifecycles",
        "Data Structures & Algorithms",
    ),
    "AD": ("Professional Development", "Contextual Studies", "Typography", "Interior Spaces"),
    "L3": ("Principles of Science", "Laboratory Techniques", "Human Physiology", "Chemistry in Practice"),
    "Strategic Management and Leadership": (
        "Strategic Direction",
        "Leading Change",
        "Finance for Managers",
        "Research for Strategy",
    ),
}
PASS_VERBS = ("Explain", "Describe", "Identify", "Outline", "Discuss", "Illustrate")
MERIT_VERBS = ("Analyse", "Compare", "Assess", "Examine")
DISTINCTION_VERBS = ("Evaluate", "Justify", "Critically assess")
TOPICS = (
    "the purpose and scope of the subject in a named organisation",
    "the main methods used, with an example of each",
    "the roles and responsibilities of those involved",
    "how results are measured and reported",
    "the risks that arise and how they are kept small",
    "the ethical and legal duties that apply",
)
