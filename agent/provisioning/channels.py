"""Notification channels: Zoho tells of changes without any rule, for a week at most; then they have to be renewed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from agent.provisioning.rules import address
from agent.provisioning.steps import Step
from agent.zoho.administration import Administration
from agent.zoho.models import Record

LONGEST_TOKEN = 50
# Zoho gives a channel that asks for more than a week one hour instead.
LIFE = timedelta(days=7) - timedelta(hours=1)
RENEW_BELOW = LIFE / 2


def channel_id(slug: str) -> str:
    """Give the number of a module's channel: always the same, so that none is opened twice."""
    digest = hashlib.sha256(f"zohosync:{slug}".encode()).digest()
    return str(10**16 + int.from_bytes(digest[:6], "big"))


class Channels:
    """The notification channels of all modules. Arguments: see `Rules`; `token` comes back in each notification."""

    def __init__(
        self, administration: Administration, modules: Mapping[str, str], url: str, token: str
    ) -> None:
        self._zoho = administration
        self._modules = modules
        self._url = url
        self._token = token

    async def steps(self, now: datetime | None = None) -> list[Step]:
        """Compare what is open with what should be; one that has lived half its life is renewed.

        Raises:
            SyncError: Zoho cannot be asked, or does not let the agent see its channels.
        """
        moment = now or datetime.now(UTC)
        opened = await self._ours()
        return [
            self._step(slug, module, opened.get(channel_id(slug)), moment)
            for slug, module in self._modules.items()
        ]

    async def removal(self) -> list[Step]:
        """Plan to close all of ours.

        Raises:
            SyncError: see `steps`.
        """
        opened = await self._ours()
        known = {channel_id(slug): slug for slug in self._modules}
        return [self._close(known[number], number) for number in opened]

    async def _ours(self) -> dict[str, Record]:
        known = {channel_id(slug) for slug in self._modules}
        opened = await self._zoho.channels()
        return {str(one["channel_id"]): one for one in opened if str(one["channel_id"]) in known}

    def _step(self, slug: str, module: str, found: Record | None, now: datetime) -> Step:
        subject, url = f"notification channel of {module}", address(self._url, slug)

        async def open_channel() -> None:
            expires = (now + LIFE).astimezone(UTC).replace(microsecond=0)
            await self._zoho.open_channel(
                {
                    "channel_id": channel_id(slug),
                    "events": [f"{module}.all"],
                    "channel_expiry": expires.isoformat(),
                    "token": self._token,
                    "notify_url": url,
                    "return_affected_field_values": False,
                    "notify_on_related_action": False,
                }
            )

        if found is None:
            return Step("create", subject, f"POST {url}", open_channel)
        left = datetime.fromisoformat(str(found["channel_expiry"])) - now
        pairs: dict[str, tuple[object, object]] = {
            "address": (found.get("notify_url"), url),
            "token": (found.get("token"), self._token),
            "events": (found.get("events"), [f"{module}.all"]),
        }
        different = [name for name, (one, other) in pairs.items() if one != other]
        if left < RENEW_BELOW:
            different.append(f"lapses in {left.total_seconds() / 3600:.0f} hours")
        if different:
            return Step("change", subject, ", ".join(different), open_channel)
        return Step("keep", subject, f"until {found['channel_expiry']}")

    def _close(self, slug: str, number: str) -> Step:
        async def close() -> None:
            await self._zoho.close_channels([number])

        return Step("remove", f"notification channel of {self._modules[slug]}", "", close)
