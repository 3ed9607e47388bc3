"""Signatures against the shared vectors, against an independent implementation, and tables of forgeries."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import standardwebhooks
from hypothesis import given
from hypothesis import strategies as st

from agent.web.signatures import SignatureRefusedError, check_age, key_of, matches, sign, verify, verify_body

VECTORS = json.loads((Path(__file__).parents[2] / "contract/vectors/signatures.json").read_text())
NOW = 1795374000
BODY = b'{"timestamp":"2026-11-22T19:00:00+00:00"}'
SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef0123456789abcdef").decode()


def named(cases: list[dict[str, Any]]) -> Any:
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


@named(VECTORS["sign"])
def test_signs_as_the_vectors_say(case: dict[str, Any]) -> None:
    made = sign(key_of(case["secret"]), case["id"], case["timestamp"], case["body"].encode())
    assert made == case["signature"]


@named(VECTORS["verify"])
def test_verifies_as_the_vectors_say(case: dict[str, Any]) -> None:
    headers = {
        f"webhook-{name}": case[name] for name in ("id", "timestamp", "signature") if case[name] is not None
    }
    keys = [key_of(secret) for secret in case["secrets"]]
    if case["valid"]:
        assert verify(keys, headers, case["body"].encode(), case["now"]) == case["id"]
    else:
        with pytest.raises(SignatureRefusedError):
            verify(keys, headers, case["body"].encode(), case["now"])


@given(key=st.binary(min_size=1, max_size=64), text=st.text(max_size=200))
def test_what_we_sign_the_reference_accepts(key: bytes, text: str) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    now = int(datetime.now(UTC).timestamp())
    body = json.dumps({"data": text}).encode()
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(now),
        "webhook-signature": sign(key_of(secret), "msg_1", now, body),
    }
    assert standardwebhooks.Webhook(secret).verify(body, headers) == {"data": text}


@given(key=st.binary(min_size=1, max_size=64), text=st.text(max_size=200))
def test_what_the_reference_signs_we_accept(key: bytes, text: str) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    moment = datetime.fromtimestamp(NOW, UTC)
    body = json.dumps({"data": text})
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(NOW),
        "webhook-signature": standardwebhooks.Webhook(secret).sign("msg_1", moment, body),
    }
    assert verify([key_of(secret)], headers, body.encode(), NOW) == "msg_1"
    with pytest.raises(SignatureRefusedError):
        verify([key_of(secret)], headers, body.encode() + b" ", NOW)


@given(
    headers=st.dictionaries(
        st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text(max_size=60)
    ),
    body=st.binary(max_size=60),
)
def test_no_invented_header_passes_or_breaks(headers: dict[str, str], body: bytes) -> None:
    with pytest.raises(SignatureRefusedError):
        verify([key_of(SECRET)], headers, body, NOW)


@pytest.mark.parametrize("secret", ["whsec_", "whsec_***", "whsec_abc"])
def test_a_secret_that_is_no_base64_is_a_fault_of_the_settings(secret: str) -> None:
    with pytest.raises(ValueError, match="base64"):
        key_of(secret)


def _mac(secret: str) -> bytes:
    return hmac.new(secret.encode(), BODY, hashlib.sha256).digest()


@pytest.mark.parametrize(
    "written",
    [lambda mac: mac.hex(), lambda mac: mac.hex().upper(), lambda mac: base64.b64encode(mac).decode()],
)
def test_a_signature_over_the_body_alone_may_be_hex_or_base64(written: Any) -> None:
    keys = [b"another", b"the-text-key"]
    verify_body(keys, written(_mac("the-text-key")), BODY)
    with pytest.raises(SignatureRefusedError):
        verify_body(keys, written(_mac("wrong")), BODY)
    with pytest.raises(SignatureRefusedError):
        verify_body(keys, written(_mac("the-text-key")), BODY + b" ")


@pytest.mark.parametrize(
    ("timestamp", "fresh"),
    [
        ("2026-11-22T19:00:00+00:00", True),
        ("2026-11-22T22:04:59+03:00", True),
        ("2026-11-22T22:05:01+03:00", False),
        ("2026-11-22T18:54:59Z", False),
        ("2026-11-22T19:00:00", False),  # whose clock?
        (1795374000, True),
        ("1795374299", True),
        (1795374301, False),
        (None, False),
        ("", False),
        ("yesterday", False),
        (True, False),
        (["2026-11-22T19:00:00+00:00"], False),
        ("0001-01-01T00:00:00+23:59", False),
        (10**400, False),
    ],
)
def test_the_time_inside_a_body_must_be_near_ours(timestamp: object, fresh: bool) -> None:
    assert datetime.fromtimestamp(NOW, UTC).isoformat() == "2026-11-22T19:00:00+00:00"
    if fresh:
        check_age(timestamp, float(NOW))
    else:
        with pytest.raises(SignatureRefusedError):
            check_age(timestamp, float(NOW))


@pytest.mark.parametrize(
    ("secrets", "given_text", "known"),
    [
        (["a" * 16, "b" * 16], "b" * 16, True),
        (["a" * 16], "a" * 15, False),
        (["a" * 16], "", False),
        ([], "", False),
        ([], "a", False),
        (["a" * 16], "\udcff\u0661", False),
    ],
)
def test_shared_secrets(secrets: list[str], given_text: str, known: bool) -> None:
    assert matches(secrets, given_text) is known
