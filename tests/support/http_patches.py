"""`aioresponses` for the aiohttp of today: 0.7.9 does not know ClientResponse's `stream_writer` (its issue 289)."""

from __future__ import annotations

import inspect
from typing import Any

import aioresponses.core as patched
from aiohttp import ClientResponse
from aioresponses import aioresponses


class _Writer:
    """The only thing that ClientResponse reads off its stream writer."""

    output_size = 0


class _Response(ClientResponse):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("stream_writer", _Writer())
        super().__init__(*args, **kwargs)


if "stream_writer" in inspect.signature(ClientResponse.__init__).parameters:
    patched.ClientResponse = _Response

__all__ = ["aioresponses"]
