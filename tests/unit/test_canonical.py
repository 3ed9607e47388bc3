"""Canonical form and change hash."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent import canonical as c


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("", None),
        ("   ", None),
        (" Ada ", "Ada"),
        ("e\u0301", "\u00e9"),  # NFC
        ("\u0639\u0644\u064a", "\u0639\u0644\u064a"),
        ("a\x00b", "ab"),  # PostgreSQL and Moodle refuse NUL
        ("cut \ud83d", "cut \ufffd"),  # half an emoji can be neither hashed nor sent
        ("\ude00\ud83d\ude00", "\ufffd\U0001f600"),
        ("\ufeffwhole \U0001f600", "\ufeffwhole \U0001f600"),
        (5, "5"),
    ],
)
def test_text(value: object, expected: str | None) -> None:
    assert c.text(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1200.00", "1200"),
        ("12.50", "12.5"),
        (0, "0"),
        ("-0.0", "0"),
        ("1E+3", "1000"),
        ("", None),
        (None, None),
    ],
)
def test_decimal(value: object, expected: str | None) -> None:
    assert c.decimal(value, "f") == expected


@pytest.mark.parametrize("value", ["twelve", "1,200", "NaN", "Infinity", "12 USD", "1_0", "1e101"])
def test_an_unreadable_number_is_an_error_never_zero(value: str) -> None:
    with pytest.raises(c.UnreadableValueError, match="Program_Price"):
        c.decimal(value, "Program_Price")


def test_times_of_any_zone_meet_in_utc() -> None:
    assert c.instant("2025-01-10T13:09:14+03:00", "f") == c.instant("2025-01-10T10:09:14+00:00", "f")


@pytest.mark.parametrize("value", ["2025-01-10T13:09:14", "yesterday"])
def test_a_time_without_offset_is_no_time(value: str) -> None:
    with pytest.raises(c.UnreadableValueError):
        c.instant(value, "f")


@pytest.mark.parametrize("value", ["31.12.2025", "2025-02-30"])
def test_a_date_that_is_none(value: str) -> None:
    with pytest.raises(c.UnreadableValueError):
        c.calendar_date(value, "f")


forms = st.dictionaries(st.text(min_size=1, max_size=8), st.none() | st.text(max_size=12) | st.integers())


@given(forms)
def test_the_order_of_keys_does_not_matter(form: dict[str, object]) -> None:
    assert c.change_hash(form, 1) == c.change_hash(dict(reversed(list(form.items()))), 1)


@given(forms, forms)
def test_equal_hash_means_no_differences(one: dict[str, object], two: dict[str, object]) -> None:
    assert (c.change_hash(one, 1) == c.change_hash(two, 1)) == (
        c.canonical_json(one) == c.canonical_json(two)
    )


def test_a_new_mapping_version_changes_every_hash() -> None:
    assert c.change_hash({"a": "1"}, 1) != c.change_hash({"a": "1"}, 2)


@given(st.decimals(allow_nan=False, allow_infinity=False, places=2))
def test_decimals_keep_their_value(number: Decimal) -> None:
    assert Decimal(c.decimal(str(number), "f") or "") == number


def test_differences_are_named() -> None:
    assert c.differences({"a": 1, "b": 2}, {"a": 1, "b": 3, "c": 4}) == ["b", "c"]
    assert c.differences(None, {"a": 1}) == ["a"]
