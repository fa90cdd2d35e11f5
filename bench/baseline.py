"""The least that such a service can do, on the same server and store: check, decode, store once, answer 200.

It knows no channels, duplicates, conversations or order. What the real service costs more is the price of those.
"""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Sequence

import click
from attrs import frozen
from litestar.types import Receive, Scope, Send

from adapters.redis.connection import StoreConnections
from adapters.redis.scripts import Script
from bench.ready import say_port
from bench.webhooks import SIGNATURE_HEADER, signature
from entrypoints.bootstrap.signals import stopped_by_signals
from entrypoints.cli.common import run
from entrypoints.http.server.serving import run_web


def script(source: str) -> Script:
    return Script(source, hashlib.sha1(source.encode(), usedforsecurity=False).hexdigest())


STORE = script("redis.call('ZADD', KEYS[1], ARGV[1], ARGV[3]) return redis.call('SADD', KEYS[2], ARGV[2])")


@frozen
class Baseline:
    """A bare ASGI application. `ready` is what a worker waits for, where there is one."""

    store: StoreConnections
    script: Script = STORE
    ready: Sequence[str] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _live(receive, send)
            return
        body = await _body(receive)
        if not hmac.compare_digest(_header(scope["headers"]), signature(body)):
            await _answer(send, 403)
            return
        first = json.loads(body)["entry"][0]["changes"][0]["value"]["messages"][0]
        keys = ["baseline:mail", "baseline:seen", *self.ready]
        await self.store.run(self.script, keys, [time.time(), first["id"], body])
        await _answer(send, 200)


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        assert message["type"] == "http.request"
        body += message["body"]
        more = message.get("more_body", False)
    return body


def _header(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    return next((value for name, value in headers if name == SIGNATURE_HEADER.encode()), b"")


async def _answer(send: Send, status: int) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}", "more_body": False})


async def _live(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await send({"type": "lifespan.shutdown.complete"})


async def serve(store: str) -> None:
    stopping, connections = asyncio.Event(), StoreConnections.to(store)
    with stopped_by_signals(stopping):
        await run_web(Baseline(connections), host="127.0.0.1", port=0, stopping=stopping, ready=say_port)
    await connections.aclose()
    print("{}")


@click.command()
@click.option("--store", required=True, help="Its address.")
def main(store: str) -> None:
    run(serve(store))
