"""A trip with nothing in it: the same requests over HTTP, and as many steps in the store, with trivial scripts.

It keeps no promise: it knows no duplicates, order, leases, limits or failures. What it costs more than the baseline is
the price of the waits that a trip has. What the service costs more is the price of its promises. Prints its port first.
"""

import asyncio
import json

import click
from attrs import frozen

from adapters.http_client.service import HttpService
from adapters.redis.connection import StoreConnections
from bench.baseline import Baseline, script
from bench.ready import say_port
from bench.webhooks import NUMBER
from entrypoints.bootstrap.http_client import make_http_client
from entrypoints.bootstrap.signals import stopped_by_signals
from entrypoints.cli.common import run
from entrypoints.http.server.serving import run_web

READY, TURN = "bare:ready", "bare:turn"
ACCEPT = script(
    "redis.call('ZADD', KEYS[1], ARGV[1], ARGV[3]) redis.call('SADD', KEYS[2], ARGV[2])"
    " return redis.call('RPUSH', KEYS[3], ARGV[2])"
)
SET = script("return redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])")
END = script("return redis.call('HDEL', KEYS[1], ARGV[1])")
MAX_BYTES = 1024 * 1024
MESSAGES = f"/{NUMBER}/messages"
# The bodies have the fields of the real ones.
TEXT = {"preview_url": False, "body": ""}
MESSAGE = {"messaging_product": "whatsapp", "recipient_type": "individual", "to": "15550002222", "type": "text"}
RECEIPT = {"messaging_product": "whatsapp", "status": "read", "typing_indicator": {"type": "text"}}


@frozen(kw_only=True)
class BareTrip:
    """Answers each message for which the baseline has stored a webhook."""

    store: StoreConnections
    agents: HttpService
    graph: HttpService

    async def work(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                found = await self.store.read(READY, "BLPOP", READY, 1)
                if found:
                    group.create_task(self._answer(found[1]))

    async def _answer(self, message_id: str) -> None:
        await self.store.run(SET, [TURN], [message_id, "begun"])
        receipt = asyncio.create_task(
            self._post(self.graph, f"/{NUMBER}/messages", {**RECEIPT, "message_id": message_id})
        )
        answer = await self._post(self.agents, "/v1/agents/bench/run", {"query": message_id, "session_id": "bare"})
        await self.store.run(SET, [TURN], [message_id, answer["answer"]])
        message = {**MESSAGE, "text": {**TEXT, "body": answer["answer"]}, "biz_opaque_callback_data": message_id}
        await self._post(self.graph, MESSAGES, message)
        await self.store.run(END, [TURN], [message_id])
        await receipt

    async def _post(self, service: HttpService, path: str, body: object) -> dict[str, str]:
        response = await service.request("POST", path, json.dumps(body).encode())
        answer: dict[str, str] = json.loads(response.content)
        return answer


async def serve(*, store: str, graph_url: str, agents_url: str) -> None:
    stopping, connections, client = asyncio.Event(), StoreConnections.to(store), make_http_client()
    json_headers = [(b"Content-Type", b"application/json")]
    trip = BareTrip(
        store=connections,
        agents=HttpService(client, agents_url, headers=json_headers, max_bytes=MAX_BYTES),
        graph=HttpService(client, f"{graph_url}/v24.0", headers=json_headers, max_bytes=MAX_BYTES),
    )
    baseline = Baseline(connections, ACCEPT, [READY])
    working = asyncio.create_task(trip.work())
    with stopped_by_signals(stopping):
        await run_web(baseline, host="127.0.0.1", port=0, stopping=stopping, ready=say_port)
    working.cancel()
    await asyncio.wait([working])
    await client.aclose()
    await connections.aclose()
    print("{}")


@click.command()
@click.option("--store", required=True, help="Its address.")
@click.option("--graph-url", required=True, help="Send through this Graph API.")
@click.option("--agents-url", required=True, help="Run agents of this server.")
def main(store: str, graph_url: str, agents_url: str) -> None:
    run(serve(store=store, graph_url=graph_url, agents_url=agents_url))
