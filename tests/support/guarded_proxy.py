"""A proxy before a server, as operators put one before Astromesh: it takes only callers that it knows."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

from attrs import define, field

from support.canned_http import response
from support.certificates import Certificates
from support.loopback import listening


@define
class GuardedProxy:
    """Passes on to `target` what has the header `X-API-Key` with `key`. `runs` has the headers of each run."""

    target: str
    key: str
    url: str = ""
    runs: list[dict[str, str]] = field(factory=list)
    refused: int = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
        headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("x-api-key") != self.key:
            self.refused += 1
            writer.write(response(401))
            await writer.drain()
            return
        if "/run " in first:
            self.runs.append(headers)
        passed = "".join(f"{name}: {value}\r\n" for name, value in {**headers, "connection": "close"}.items())
        place = urlsplit(self.target)
        answers, asks = await asyncio.open_connection(place.hostname, place.port)
        try:
            asks.write(f"{first}\r\n{passed}\r\n".encode() + body)
            while chunk := await answers.read(65536):
                writer.write(chunk)
            await writer.drain()  # a caller that has the whole answer may be gone
        finally:
            asks.close()
            await asks.wait_closed()


@contextlib.asynccontextmanager
async def guarded_proxy(target: str, *, key: str, certificates: Certificates) -> AsyncIterator[GuardedProxy]:
    """Clients need a certificate of the same authority."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=certificates.authority)
    context.load_cert_chain(certificates.certificate, certificates.key)
    context.verify_mode = ssl.CERT_REQUIRED
    proxy = GuardedProxy(target, key)
    async with listening(proxy.serve, certificate=context) as proxy.url:
        yield proxy
