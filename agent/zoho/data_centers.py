"""Zoho's data centres and which hosts may be given an access token. Pure.

Hosts as Zoho's SDK and its multi-DC page list them. Traps: Canada's accounts host is not on zoho.ca; China
and Australia carry `.com.`; refresh tokens work in their own data centre only.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from agent.errors import misconfigured


@dataclass(frozen=True)
class DataCenter:
    """Where one data centre signs in and where its API is."""

    accounts_url: str
    api_url: str


DATA_CENTERS: dict[str, DataCenter] = {
    "us": DataCenter("https://accounts.zoho.com", "https://www.zohoapis.com"),
    "eu": DataCenter("https://accounts.zoho.eu", "https://www.zohoapis.eu"),
    "in": DataCenter("https://accounts.zoho.in", "https://www.zohoapis.in"),
    "au": DataCenter("https://accounts.zoho.com.au", "https://www.zohoapis.com.au"),
    "jp": DataCenter("https://accounts.zoho.jp", "https://www.zohoapis.jp"),
    "cn": DataCenter("https://accounts.zoho.com.cn", "https://www.zohoapis.com.cn"),
    "ca": DataCenter("https://accounts.zohocloud.ca", "https://www.zohoapis.ca"),
    "sa": DataCenter("https://accounts.zoho.sa", "https://www.zohoapis.sa"),
    "uk": DataCenter("https://accounts.zoho.uk", "https://www.zohoapis.uk"),
}
# Every data centre serves production, sandboxes and developer editions under three names.
API_ORIGINS = frozenset(
    center.api_url.replace("www.", f"{name}.", 1)
    for center in DATA_CENTERS.values()
    for name in ("www", "sandbox", "developer")
)


@dataclass(frozen=True)
class Endpoints:
    """The addresses of one organisation.

    Attributes:
        accounts_url: where tokens are minted; no slash at the end.
        default_api_url: the API, should a token come without `api_domain`.
        api_override: the configured API address, which then is the only one used.
    """

    accounts_url: str
    default_api_url: str
    api_override: str | None = None

    def api_url(self, api_domain: str) -> str:
        """Turn a token's `api_domain` into the address to send that token to.

        Raises:
            SyncError: the domain is neither Zoho's nor the configured one; no token may be sent there.
        """
        origin = _origin(api_domain)
        if self.api_override is not None and origin in {_origin(self.api_override), *API_ORIGINS}:
            return self.api_override
        if self.api_override is None and origin in API_ORIGINS:
            return origin
        raise misconfigured(
            "UNKNOWN_API_DOMAIN",
            f"Zoho's token names the API host {origin}, which is not a known one; no token was sent there",
            target="zoho",
        )


def endpoints(data_center: str, accounts_override: str | None, api_override: str | None) -> Endpoints:
    """Resolve a data centre's key (`eu`) and the configured exceptions to addresses."""
    center = DATA_CENTERS[data_center]
    return Endpoints(
        accounts_url=(accounts_override or center.accounts_url).rstrip("/"),
        default_api_url=(api_override or center.api_url).rstrip("/"),
        api_override=api_override.rstrip("/") if api_override else None,
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()
