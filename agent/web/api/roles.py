"""Who may call the interfaces: bearer tokens, of which the agent knows only the SHA-256, each with a role."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from agent.config import Settings

SCHEME = "bearer"


class Role(IntEnum):
    """What a token allows; each role may do what those below it may."""

    OPERATOR = 1  # see how everything stands, try again, start passes
    ADMINISTRATOR = 2  # and change settings


@dataclass(frozen=True)
class ApiTokens:
    """The digests of the tokens that are valid; several at once, so that one is replaced without a gap."""

    digests: tuple[tuple[bytes, Role], ...] = ()

    @classmethod
    def of(cls, settings: Settings) -> ApiTokens:
        """Take them from the environment."""
        return cls(
            (
                *_read(settings.api_operator_tokens, Role.OPERATOR),
                *_read(settings.api_administrator_tokens, Role.ADMINISTRATOR),
            )
        )

    def role_of(self, authorization: str | None) -> Role | None:
        """Tell what an `Authorization` header allows, None when nothing. Compares every token in constant time."""
        scheme, _, token = (authorization or "").partition(" ")
        given = digest(token.strip()).encode() if scheme.lower() == SCHEME else b""
        found: Role | None = None
        for known, role in self.digests:
            if hmac.compare_digest(known, given):
                found = role
        return found


def digest(token: str) -> str:
    """Return a token's SHA-256 as hex; tokens are 32 random bytes, so that no salt or slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_token() -> str:
    """Make a token."""
    return secrets.token_urlsafe(32)


def _read(digests: Sequence[str], role: Role) -> list[tuple[bytes, Role]]:
    return [(text.encode(), role) for text in digests]
