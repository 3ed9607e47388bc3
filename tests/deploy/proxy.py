"""A small HTTP proxy (GET of http, CONNECT) on a socket that it is given: the clean machine's way to the registries.

Usage: python -m tests.deploy.proxy FD. The socket belongs to another network namespace than this process.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from urllib.parse import urlsplit


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError):
        writer.write_eof()


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carry one connection; a plain request asks for it to be closed, so that each has its own."""
    with contextlib.suppress(OSError, asyncio.IncompleteReadError):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, target, _ = head.split(" ", 2)
        if method == "CONNECT":
            host, port, first = target.rpartition(":")[0], int(target.rpartition(":")[2]), b""
            writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
        else:
            parts = urlsplit(target)
            host, port = parts.hostname or "", parts.port or 80
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            kept = [line for line in head.split("\r\n")[1:] if not line.lower().startswith("connection:")]
            first = "\r\n".join([f"{method} {path} HTTP/1.1", "Connection: close", *kept]).encode("latin-1")
        there, back = await asyncio.open_connection(host, port)
        back.write(first)
        await asyncio.gather(_pump(reader, back), _pump(there, writer))
        back.close()
    writer.close()


async def main() -> None:
    """Serve until killed."""
    server = await asyncio.start_server(_serve, sock=socket.socket(fileno=int(sys.argv[1])))
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
