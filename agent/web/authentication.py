"""Which proof a delivery brings, and whether it holds. What is not configured is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import SecretStr

from agent.config import Settings
from agent.web import signatures
from agent.web.bodies import Rejection, decode
from agent.web.signatures import SignatureRefusedError

BODY_SIGNATURE_HEADER = "X-Zoho-Signature"
SECRET_HEADER = "X-Webhook-Secret"  # noqa: S105 - a header's name


@dataclass(frozen=True)
class Senders:
    """What the senders share with us, ready to compare."""

    moodle_keys: tuple[bytes, ...]
    zoho_keys: tuple[bytes, ...]
    zoho_header_secrets: tuple[str, ...]
    zoho_tokens: tuple[str, ...]

    @classmethod
    def of(cls, settings: Settings) -> Senders:
        """Take them from the settings.

        Raises:
            ValueError: a `whsec_` secret is no base64.
        """
        return cls(
            moodle_keys=tuple(signatures.key_of(text) for text in _texts(settings.moodle_webhook_secrets)),
            zoho_keys=tuple(signatures.key_of(text) for text in _texts(settings.zoho_webhook_secrets)),
            zoho_header_secrets=_texts(settings.zoho_header_secrets),
            zoho_tokens=_texts(settings.zoho_notification_tokens),
        )


def _texts(secrets: Sequence[SecretStr]) -> tuple[str, ...]:
    return tuple(secret.get_secret_value() for secret in secrets)


def check_moodle(senders: Senders, headers: Mapping[str, str], body: bytes, now: float) -> str:
    """Check a delivery of Moodle's and return its event id.

    Raises:
        SignatureRefusedError: it is not Moodle's, or too old.
    """
    return signatures.verify(senders.moodle_keys, headers, body, now)


def check_zoho(senders: Senders, headers: Mapping[str, str], body: bytes, now: float) -> str | None:
    """Check a delivery of Zoho's by the strongest proof that it brings; returns its message id if it has one.

    Raises:
        SignatureRefusedError: no proof, one that does not hold, or a form that is not configured.
    """
    if signatures.SIGNATURE_HEADER in headers:
        return signatures.verify(senders.zoho_keys, headers, body, now)
    if BODY_SIGNATURE_HEADER in headers:
        signatures.verify_body(senders.zoho_keys, headers[BODY_SIGNATURE_HEADER], body)
        signatures.check_age(_field(body, "timestamp"), now)
    elif SECRET_HEADER in headers:
        if not signatures.matches(senders.zoho_header_secrets, headers[SECRET_HEADER]):
            raise SignatureRefusedError(f"header {SECRET_HEADER} is wrong")
    else:
        token = _field(body, "token")
        if not isinstance(token, str) or not signatures.matches(senders.zoho_tokens, token):
            raise SignatureRefusedError("there is no signature, secret or token that is known here")
    return signatures.message_id_of(headers)


def _field(body: bytes, name: str) -> object:
    fields = decode(body)
    return None if isinstance(fields, Rejection) else fields.values.get(name)
