"""No secret and no personal value reaches the log, by whatever road."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from agent import log


@pytest.fixture
def stream() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    written = io.StringIO()
    log.configure("json", stream=written)
    yield written
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


def last(stream: io.StringIO) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(stream.getvalue().splitlines()[-1])
    return found


@pytest.mark.parametrize(
    "name",
    [
        "token",
        "refresh_token",
        "client_secret",
        "password",
        "Authorization",
        "webhook-signature",
        "X-Webhook-Secret",
        "wstoken",
        "email",
        "Academic_Email",
        "phone",
        "firstname",
        "payload",
        "api_key",
    ],
)
def test_values_under_telling_names_are_blanked_at_any_depth(stream: io.StringIO, name: str) -> None:
    structlog.get_logger("t").info("x", **{name: "hidden"}, nested={"list": [{name: ["hidden"]}]})
    assert "hidden" not in stream.getvalue()
    assert last(stream)["event"] == "x"


def test_addresses_and_passwords_are_masked_wherever_they_stand(stream: io.StringIO) -> None:
    structlog.get_logger("t").info(
        "mail to lina@example.org", url="postgresql://me:hidden@db/x", note=["a@b.example"]
    )
    text = stream.getvalue()
    assert "lina" not in text
    assert "hidden" not in text
    assert "a@b" not in text
    assert "@db/x" in text


def test_libraries_write_the_same_way(stream: io.StringIO) -> None:
    logging.getLogger("library").warning("mail %s", "lina@example.org")
    found = last(stream)
    assert (found["logger"], found["level"], found["event"]) == ("library", "warning", "mail [redacted]")


@pytest.mark.parametrize("logger", ["ours", "library"])
def test_of_an_exception_kind_and_place_are_written_but_not_its_text(
    stream: io.StringIO, logger: str
) -> None:
    try:
        try:
            raise KeyError("Lina Haddad")
        except KeyError as error:
            raise ValueError("record of Lina Haddad") from error
    except ValueError:
        if logger == "ours":
            structlog.get_logger("t").exception("failed")
        else:
            logging.getLogger("library").exception("failed")
    assert "Lina" not in stream.getvalue()
    exception = last(stream)["exception"]
    assert exception.startswith("builtins.ValueError\n")
    assert "builtins.KeyError" in exception
    assert "test_log.py:" in exception


def test_what_the_network_said_is_written(stream: io.StringIO) -> None:
    try:
        raise ConnectionRefusedError(111, "Connection refused")
    except ConnectionRefusedError:
        structlog.get_logger("t").exception("failed")
    assert "Connection refused" in last(stream)["exception"]


def test_the_correlation_id_goes_along(stream: io.StringIO) -> None:
    with structlog.contextvars.bound_contextvars(correlation_id="c-1"):
        structlog.get_logger("t").info("x", status=202, ok=True, nothing=None)
    found = last(stream)
    assert found["correlation_id"] == "c-1"
    assert (found["status"], found["ok"], found["nothing"]) == (202, True, None)
    assert found["timestamp"].endswith("Z")


def test_people_get_a_line(stream: io.StringIO) -> None:
    log.configure("console", stream=stream)
    structlog.get_logger("t").info("ready", port=8420)
    assert "port=8420" in stream.getvalue()
