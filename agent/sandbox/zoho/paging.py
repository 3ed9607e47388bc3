"""Pages of a list: page and per_page for the first 2,000 records, page_token beyond."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from agent.sandbox.zoho.clock import SandboxClock
from agent.sandbox.zoho.errors import CallRefused, invalid_parameter

MAX_PER_PAGE = 200
DISCRETE_LIMIT = 2000
TOKEN_LIMIT = 100_000
TOKEN_LIFE = timedelta(hours=24)
_BOUND = ("fields", "ids", "cvid", "per_page", "sort_by", "sort_order", "converted", "territory_id")
SortKey = tuple[str, str]  # (value sorted by, record id)


@dataclass(frozen=True)
class Place:
    """Where a page starts: its number, and the last record of the page before it."""

    page: int
    after: SortKey | None = None
    token: str | None = None
    previous: str | None = None


@dataclass(frozen=True)
class _Issued:
    place: Place
    bound_to: tuple[str, ...]
    expires: datetime


def read_per_page(query: Mapping[str, str]) -> int:
    """Read `per_page` (default and most: 200)."""
    value = read_number(query, "per_page", MAX_PER_PAGE)
    if value > MAX_PER_PAGE:
        raise CallRefused(
            400, "LIMIT_EXCEEDED", "limit exceeded", {"limit": MAX_PER_PAGE, "param_name": "per_page"}
        )
    return value


def read_number(query: Mapping[str, str], name: str, default: int) -> int:
    """Read a positive whole number from the query."""
    text = query.get(name)
    if text is None:
        return default
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise invalid_parameter(name, expected_data_type="integer")
    return int(text)


class Pager:
    """Issues page tokens and reads them back. Tokens follow from the seed and die after 24 hours."""

    def __init__(self, clock: SandboxClock, seed: int) -> None:
        self._clock = clock
        self._seed = seed
        self._issued: dict[str, _Issued] = {}

    def read(self, module: str, query: Mapping[str, str]) -> Place:
        """Find where the asked page starts.

        Raises:
            CallRefused: both page and page_token, too far, unknown, expired, or other parameters than before.
        """
        token = query.get("page_token")
        if token is None:
            page = read_number(query, "page", 1)
            if page * read_per_page(query) > DISCRETE_LIMIT:
                raise CallRefused(
                    400,
                    "DISCRETE_PAGINATION_LIMIT_EXCEEDED",
                    "You can only get the first 2000 records without using page_token param",
                    {"limit": DISCRETE_LIMIT},
                )
            return Place(page)
        if "page" in query:
            raise CallRefused(
                400,
                "AMBIGUITY_DURING_PROCESSING",
                "Ambiguity while processing the request",
                {"ambiguity_due_to": [{"param_name": "page"}, {"param_name": "page_token"}]},
            )
        return self._resume(module, token, query)

    def _resume(self, module: str, token: str, query: Mapping[str, str]) -> Place:
        issued = self._issued.get(token)
        if issued is None:
            raise invalid_parameter("page_token")
        where = {"api_name": "page_token", "json_path": "$.query.page_token"}
        if self._clock.now() >= issued.expires:
            raise CallRefused(400, "EXPIRED_VALUE", "the page_token given has expired", where)
        if issued.bound_to != _bound(module, query):
            raise CallRefused(
                400,
                "TOKEN_BOUND_DATA_MISMATCH",
                "the parameters differ from those that the page_token was given for",
                where,
            )
        if issued.place.page * read_per_page(query) > TOKEN_LIMIT:
            raise CallRefused(
                400, "PAGINATION_LIMIT_EXCEEDED", "pagination limit exceeded", {"limit": TOKEN_LIMIT}
            )
        return issued.place

    def next_token(self, module: str, query: Mapping[str, str], place: Place, after: SortKey) -> str:
        """Issue the token of the page that follows `place` and starts after a record."""
        current = place.token or self._issue(module, query, place)
        return self._issue(module, query, Place(place.page + 1, after, previous=current))

    def expiry(self, token: str) -> datetime:
        """Give the end of a token's life."""
        return self._issued[token].expires

    def _issue(self, module: str, query: Mapping[str, str], place: Place) -> str:
        seed = f"{self._seed}/page/{len(self._issued)}".encode()
        token = hashlib.sha256(seed).hexdigest() * 2
        placed = Place(place.page, place.after, token, place.previous)
        self._issued[token] = _Issued(placed, _bound(module, query), self._clock.now() + TOKEN_LIFE)
        return token


def _bound(module: str, query: Mapping[str, str]) -> tuple[str, ...]:
    return (module, *(query.get(name, "") for name in _BOUND))
