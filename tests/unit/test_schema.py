"""db/schema.sql tells the truth."""

from ops import schema


def test_the_reference_is_up_to_date() -> None:
    assert schema.TARGET.read_text() == schema.render(), "run: python -m ops.schema"
