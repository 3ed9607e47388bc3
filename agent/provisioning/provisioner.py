"""Everything that Zoho needs, for one way of being told: by rules, by channels, or by functions that a person makes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import structlog
from pydantic import SecretStr

from agent.config import Settings
from agent.entities.mapping import overlay, overlay_grade
from agent.entities.registry import FROM_ZOHO, SLUGS
from agent.errors import SyncError, misconfigured
from agent.provisioning.channels import LONGEST_TOKEN, Channels
from agent.provisioning.functions import instructions
from agent.provisioning.own_fields import OwnFields
from agent.provisioning.rules import Rules
from agent.provisioning.steps import Step, carry_out
from agent.store.options import ZohoPush
from agent.sync.modules import Modules
from agent.zoho.administration import Administration

Way = Literal["rules", "channels", "functions"]
NO_SECRET = "PUSH_SECRET_MISSING"  # noqa: S105 - an error's code

log = structlog.get_logger(__name__)


class Provisioner:
    """Plans what Zoho needs.

    Args:
        settings: the environment, with the secrets that Zoho sends.
        administration: Zoho.
        modules: the college's names.
    """

    def __init__(self, settings: Settings, administration: Administration, modules: Modules) -> None:
        self._settings = settings
        self._zoho = administration
        self._modules = modules

    async def steps(self, way: Way, url: str) -> list[Step]:
        """Plan everything for one way: fields, then rules or channels.

        Raises:
            SyncError: Zoho cannot be asked, or `PUSH_SECRET_MISSING`.
        """
        pushes = await self._pushes(way, url)
        return await OwnFields(self._zoho, self._modules).steps() + (await pushes.steps() if pushes else [])

    async def removal(self, url: str) -> list[Step]:
        """Plan to take away all rules, webhooks and channels that are ours; fields stay, for they hold values.

        Raises:
            SyncError: Zoho cannot be asked.
        """
        modules = await self._names()
        rules = Rules(self._zoho, modules, url, "")
        return await rules.removal() + await Channels(self._zoho, modules, url, "").removal()

    async def instructions(self, url: str) -> str:
        """Write what a person does for signed functions."""
        return instructions(await self._names(), url)

    async def pushes(self, way: Way, url: str) -> list[Step]:
        """Plan rules or channels alone; see `steps`."""
        pushes = await self._pushes(way, url)
        return await pushes.steps() if pushes else []

    async def _pushes(self, way: Way, url: str) -> Rules | Channels | None:
        modules = await self._names()
        if way == "rules":
            secret = _first(self._settings.zoho_header_secrets, "ZOHOSYNC_ZOHO_HEADER_SECRETS")
            return Rules(self._zoho, modules, url, secret)
        if way == "channels":
            token = _first(self._settings.zoho_notification_tokens, "ZOHOSYNC_ZOHO_NOTIFICATION_TOKENS")
            if len(token) > LONGEST_TOKEN:
                text = (
                    f"The first of ZOHOSYNC_ZOHO_NOTIFICATION_TOKENS has more than {LONGEST_TOKEN} characters"
                )
                raise misconfigured(NO_SECRET, text, target="zoho")
            return Channels(self._zoho, modules, url, token)
        return None

    async def _names(self) -> dict[str, str]:
        """Map the slugs to the modules as the college calls them."""
        named = {}
        for slug in SLUGS:
            rows = await self._modules.rows(slug)
            named[slug] = (
                overlay(FROM_ZOHO[slug], rows).module if slug in FROM_ZOHO else overlay_grade(rows).module
            )
        return named

    async def keep_channels(self) -> None:
        """Open and renew the channels, where the setting `zoho.push` says so. Nothing is raised: it is logged."""
        url = self._settings.public_url
        if url is None or (await self._modules.settings.get(ZohoPush)).by != "channels":
            return
        try:
            steps: Sequence[Step] = await self.pushes("channels", url)
        except SyncError as error:
            log.warning("zoho_channels_not_seen", code=error.code)
            return
        async for step, failed in carry_out(steps):
            if failed:
                log.warning("zoho_channel_not_renewed", subject=step.subject, code=failed.code)
            else:
                log.info("zoho_channel_renewed", subject=step.subject)


def _first(secrets: Sequence[SecretStr], name: str) -> str:
    if not secrets:
        text = f"{name} is empty: Zoho would send nothing that the agent takes"
        raise misconfigured(NO_SECRET, text, target="zoho")
    return secrets[0].get_secret_value()
