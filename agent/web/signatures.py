"""Who sent this? Signatures over raw bytes, shared secrets, echoed tokens. Pure: the clock is passed in.

Standard Webhooks 1.0 (https://www.standardwebhooks.com) and the forms that Zoho can produce. Every comparison takes
constant time; every configured secret is tried, so that a secret can be changed with no gap.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

WINDOW_SECONDS = 300  # both ways
PREFIX = "whsec_"
VERSION = "v1"

ID_HEADER = "webhook-id"
TIME_HEADER = "webhook-timestamp"
SIGNATURE_HEADER = "webhook-signature"

_MESSAGE_ID = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_UNIX_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)
_HEX = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


class SignatureRefusedError(Exception):
    """The sender did not prove who it is; the text says what is wrong with the proof, never what it should be."""


def key_of(secret: str) -> bytes:
    """Return the HMAC key of a configured secret: `whsec_` + base64 is bytes, anything else is UTF-8 text.

    Text is Deluge's way: its hmacsha256 takes the key as text.

    Raises:
        ValueError: what follows `whsec_` is no base64, or nothing.
    """
    if not secret.startswith(PREFIX):
        return secret.encode()
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a secret that starts with whsec_ must go on with base64") from error
    if not key:
        raise ValueError("a secret that starts with whsec_ must go on with base64")
    return key


def sign(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the value of `webhook-signature` for one key."""
    digest = _digest(key, f"{message_id}.{timestamp}.".encode() + body)
    return f"{VERSION},{base64.b64encode(digest).decode()}"


def verify(keys: Sequence[bytes], headers: Mapping[str, str], body: bytes, now: float) -> str:
    """Check a Standard Webhooks delivery and return its message id.

    Args:
        keys: every key that is valid now.
        headers: of the request; names in lower case or a case-insensitive mapping.
        body: exactly the bytes received.
        now: unix seconds.

    Raises:
        SignatureRefusedError: a header is missing or malformed, the time is outside the window, or no key fits.
    """
    message_id = message_id_of(headers)
    timestamp = headers.get(TIME_HEADER, "")
    if message_id is None:
        raise SignatureRefusedError(f"header {ID_HEADER} is missing or malformed")
    if not _UNIX_SECONDS.fullmatch(timestamp):
        raise SignatureRefusedError(f"header {TIME_HEADER} is missing or no unix time")
    _check_time(int(timestamp), now)
    given = []
    for part in headers.get(SIGNATURE_HEADER, "").split():
        version, _, text = part.partition(",")
        if version == VERSION:
            given.append(text)
    _check_digest(keys, f"{message_id}.{timestamp}.".encode() + body, given)
    return message_id


def message_id_of(headers: Mapping[str, str]) -> str | None:
    """Return the `webhook-id` of a request if it is well formed."""
    value = headers.get(ID_HEADER, "")
    return value if _MESSAGE_ID.fullmatch(value) else None


def verify_body(keys: Sequence[bytes], signature: str, body: bytes) -> None:
    """Check `X-Zoho-Signature`: HMAC-SHA256 over the raw body alone, hex or base64.

    Nothing in it says when it was made, so the caller must also check the time inside the body (`check_age`).

    Raises:
        SignatureRefusedError: no key fits.
    """
    _check_digest(keys, body, [signature])


def check_age(timestamp: object, now: float) -> None:
    """Check a time written in a body: ISO 8601 with offset, or unix seconds.

    Raises:
        SignatureRefusedError: missing, unreadable or outside the window.
    """
    if type(timestamp) is int and 0 <= timestamp < 10**12:  # a larger one would not fit a float
        moment: float = timestamp
    elif isinstance(timestamp, str) and _UNIX_SECONDS.fullmatch(timestamp):
        moment = int(timestamp)
    else:
        moment = _iso_seconds(timestamp)
    _check_time(moment, now)


def matches(secrets: Iterable[str], given: str) -> bool:
    """Tell whether a shared secret or token is one of ours."""
    offered = given.encode("utf-8", "surrogateescape")
    found = False
    for secret in secrets:  # all of them, so that the time does not tell which one
        found |= hmac.compare_digest(secret.encode(), offered)
    return found


def _iso_seconds(value: object) -> float:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is not None and moment.tzinfo is not None:
            return moment.timestamp()
    except (ValueError, OverflowError):
        pass
    raise SignatureRefusedError("the body carries no timestamp with an offset")


def _check_time(moment: float, now: float) -> None:
    if abs(now - moment) > WINDOW_SECONDS:
        raise SignatureRefusedError(f"the time is more than {WINDOW_SECONDS} s away from ours")


def _digest(key: bytes, content: bytes) -> bytes:
    return hmac.new(key, content, hashlib.sha256).digest()


def _check_digest(keys: Sequence[bytes], content: bytes, given: Iterable[str]) -> None:
    offered = [digest for text in given if (digest := _decode(text)) is not None]
    found = False
    for key in keys:
        expected = _digest(key, content)
        for digest in offered:
            found |= hmac.compare_digest(expected, digest)
    if not found:
        raise SignatureRefusedError("the signature is missing or wrong")


def _decode(text: str) -> bytes | None:
    """Read a digest in hex or base64; 64 hex digits cannot be the base64 of 32 bytes."""
    if _HEX.fullmatch(text):
        return bytes.fromhex(text)
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:  # no base64, or no ASCII
        return None
