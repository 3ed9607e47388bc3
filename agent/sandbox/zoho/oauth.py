"""The token endpoint's rules: refresh only, ten tokens in ten minutes, fifteen alive, an hour each."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from agent.sandbox.zoho.clock import SandboxClock
from agent.sandbox.zoho.options import SandboxOptions

LIFETIME_SECONDS = 3600
MINTS_PER_WINDOW = 10
WINDOW = timedelta(minutes=10)
MAX_ACTIVE = 15
SCOPE = (
    "ZohoCRM.modules.ALL ZohoCRM.settings.ALL ZohoCRM.coql.READ ZohoCRM.notifications.ALL ZohoCRM.org.READ"
)


class TokenIssuer:
    """Grants and checks access tokens. Tokens follow from the seed; time comes from the sandbox's clock."""

    def __init__(self, options: SandboxOptions, clock: SandboxClock) -> None:
        self._options = options
        self._clock = clock
        self._active: dict[str, datetime] = {}  # token -> end of its life, oldest first
        self._minted: deque[datetime] = deque()
        self.granted = 0

    def grant(self, form: Mapping[str, str], api_domain: str) -> tuple[int, dict[str, Any]]:
        """Answer a token request: HTTP status and body. Most refusals come with status 200, as Zoho does."""
        refusal = self._refusal(form)
        if refusal is not None:
            return 200, {"error": refusal}
        now = self._clock.now()
        while self._minted and now - self._minted[0] >= WINDOW:
            self._minted.popleft()
        if len(self._minted) >= MINTS_PER_WINDOW:
            return self._options.throttle_status, {
                "error_description": "You have made too many requests continuously. "
                "Please try again after some time.",
                "error": "Access Denied",
                "status": "failure",
            }
        self._minted.append(now)
        answer = {
            "access_token": self._mint(now),
            "scope": SCOPE,
            "api_domain": api_domain,
            "token_type": "Bearer",
            "expires_in": LIFETIME_SECONDS,
        }
        if self._options.omit_expires_in:
            del answer["expires_in"]
        return 200, answer

    def accepts(self, token: str) -> bool:
        """Tell whether an access token is alive."""
        ends = self._active.get(token)
        return ends is not None and self._clock.now() < ends

    def revoke_all(self) -> None:
        """Kill every access token."""
        self._active.clear()

    def _refusal(self, form: Mapping[str, str]) -> str | None:
        options = self._options
        if form.get("grant_type") != "refresh_token":
            return "invalid_request"
        if form.get("client_id") != options.client_id:
            return "invalid_client"
        if form.get("client_secret") != options.client_secret:
            return "invalid_client_secret"
        return None if form.get("refresh_token") == options.refresh_token else "invalid_code"

    def _mint(self, now: datetime) -> str:
        self.granted += 1
        digest = hashlib.sha256(f"{self._options.seed}/token/{self.granted}".encode()).hexdigest()
        token = f"1000.{digest[:32]}.{digest[32:]}"
        self._active = {key: ends for key, ends in self._active.items() if now < ends}
        while len(self._active) >= MAX_ACTIVE:
            del self._active[next(iter(self._active))]
        self._active[token] = now + timedelta(seconds=LIFETIME_SECONDS)
        return token
