"""Logs: one JSON object (or one readable line) an event, for our own and every library's messages.

Nothing personal or secret gets in: values under telling names are blanked, e-mail addresses are masked wherever they
stand, and of an exception only the kind and the places are written (its text may quote a record).
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Literal, TextIO

import psycopg
import structlog
from structlog.typing import EventDict, Processor

BLANK = "[redacted]"
_TELLING = re.compile(
    r"token|secret|passw|passphrase|authorization|cookie|signature|api_?key|credential|dsn|database_url"
    r"|e_?mail|phone|birth|address|first_?name|last_?name|full_?name|display_?name|student_?name|payload|^body$",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^\s@\"'<>:;,()]+@[^\s@\"'<>:;,()]+\.[^\s@\"'<>:;,()]+")
_URL_PASSWORD = re.compile(r"(?<=://)[^\s/@]+(?=@)")
_DEEPEST = 6
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str)  # once, and not for each line


def configure(
    form: Literal["json", "console"], *, level: int = logging.INFO, stream: TextIO | None = None
) -> None:
    """Set up logging for the process; call once at start.

    Args:
        form: `json` for machines, `console` for people.
        level: the lowest level that is written.
        stream: where to; standard error unless given, so that standard output stays a command's own.
    """
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        exceptions_without_text,
        redact,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(lambda event, **_: _ENCODER.encode(event))
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=False)
    )
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    # Found out for each record otherwise, and written nowhere (logging's own documentation names these switches).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    logging._srcfile = None
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def redact(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Blank values under telling names and mask e-mail addresses and passwords in URLs, at any depth."""
    return {name: _clean(name, value, 0) for name, value in event.items()}


def _clean(name: str, value: Any, depth: int) -> Any:
    if name.startswith("_"):  # structlog's own
        return value
    if value is None or isinstance(value, bool):
        return value
    if _tells(name):
        return BLANK
    if type(value) is str and "@" not in value:  # nearly all of them
        return value
    if depth >= _DEEPEST:
        return BLANK
    if isinstance(value, Mapping):
        return {str(key): _clean(str(key), item, depth + 1) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_clean("", item, depth + 1) for item in value]
    if isinstance(value, int | float):
        return value
    text = str(value)
    return _URL_PASSWORD.sub(BLANK, _EMAIL.sub(BLANK, text)) if "@" in text else text


@lru_cache(maxsize=1024)  # there are few names, and each line has ten of them
def _tells(name: str) -> bool:
    return _TELLING.search(name) is not None


def exceptions_without_text(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace `exc_info` by the kinds and the places of the exception and of those behind it."""
    given = event.pop("exc_info", None)
    if not given:
        return event
    if isinstance(given, BaseException):
        error: BaseException | None = given
    else:
        error = given[1] if isinstance(given, tuple) else sys.exc_info()[1]
    lines: list[str] = []
    while error is not None and len(lines) < 200:
        lines.append(_kind(error))
        lines += [
            f"  {frame.filename}:{frame.lineno} in {frame.name}"
            for frame in traceback.extract_tb(error.__traceback__)
        ]
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if lines:
        event["exception"] = "\n".join(lines)
    return event


def _kind(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    # What the network or the server said about a connection holds no records, and one needs it to act.
    return f"{name}: {error}" if isinstance(error, OSError | psycopg.OperationalError) else name
