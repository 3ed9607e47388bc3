"""What students and teachers share: the rules for the account that a person gets in Moodle. Pure."""

from __future__ import annotations

import re

from agent.entities.base import RecordFaultError

MOODLE_NAME_LENGTH = 100  # user.firstname, user.lastname
MOODLE_USERNAME = re.compile(r"[a-z0-9@._-]{1,100}")  # core_user: PARAM_USERNAME with stock settings


def username(*candidates: str | None) -> str:
    """Choose the name a new account signs in with: the first candidate that Moodle takes.

    Raises:
        RecordFaultError: none does.
    """
    for candidate in candidates:
        name = (candidate or "").lower()
        if MOODLE_USERNAME.fullmatch(name):
            return name
    raise RecordFaultError(
        "USERNAME_MISSING", "none of the record's e-mail addresses and numbers makes a Moodle user name"
    )


def address(academic: str | None, private: str | None) -> str:
    """Choose the e-mail address of the account: the college's, else the private one.

    Raises:
        RecordFaultError: there is none, and Moodle needs one.
    """
    email = academic or private
    if email is None:
        raise RecordFaultError("EMAIL_MISSING", "Zoho has no e-mail address, Moodle needs one")
    return email


def name_part(name: str) -> str:
    """Cut a first or last name at Moodle's limit."""
    return name[:MOODLE_NAME_LENGTH].strip()
