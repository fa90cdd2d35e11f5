"""The services that Trunkline calls, as one small HTTP server that answers at once: Meta's Graph API and an agent.

The bench runs one process for each of the two. Prints its port first. `GET /sent` returns how many messages were sent.
At the end, prints JSON: when each message was sent, in ns.
"""

import asyncio
import itertools
import json
import signal
import time

import httptools
import uvloop
from attrs import define, field

from bench.ready import say_port

AGENTS = json.dumps({"agents": [{"name": "bench", "status": "deployed"}]})
# As Astromesh 0.74 answers, with the fields that nobody reads.
RUN = json.dumps({"answer": "Yes, and by Thursday.", "steps": [], "usage": None, "trace": None, "data": None})
ACCEPTED = json.dumps(
    {
        "messaging_product": "whatsapp",
        "contacts": [{"input": "+15550002222", "wa_id": "15550002222"}],
        "messages": [{"id": "wamid.bench.%d"}],
    }
)


@define
class Service:
    """Answers requests, and records when it was given each message to send."""

    sent_at: list[int] = field(factory=list)
    _numbers: "itertools.count[int]" = field(factory=itertools.count)

    def answer(self, path: bytes, body: bytes) -> str:
        if path.startswith(b"/v1/agents"):
            return RUN if body else AGENTS
        if path == b"/sent":
            return str(len(self.sent_at))
        if b'"read"' in body:
            return '{"success": true}'
        self.sent_at.append(time.monotonic_ns())
        return ACCEPTED % next(self._numbers)


class Connection(asyncio.Protocol):
    """One kept-alive connection. It also has the callbacks of httptools."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._parser = httptools.HttpRequestParser(self)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_message_begin(self) -> None:
        self._path, self._body = b"", b""

    def on_url(self, url: bytes) -> None:
        self._path += url

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        body = self._service.answer(self._path, self._body).encode()
        head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n" % len(body)
        self._transport.write(head + body)


async def serve() -> None:
    service, stopping, loop = Service(), asyncio.Event(), asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    server = await loop.create_server(lambda: Connection(service), "127.0.0.1", 0)
    say_port("", server.sockets[0].getsockname()[1])
    await stopping.wait()
    server.close()
    print(json.dumps({"sent_at": service.sent_at}))


def main() -> None:
    asyncio.run(serve(), loop_factory=uvloop.new_event_loop)
