"""`python -m attack.outside`: Meta, the agent and the transcriber in one process.

Prints its address first. `/attack/...` shows what it recorded.
"""

import asyncio
import re
import socket
import time
from collections import Counter
from collections.abc import Mapping
from typing import Any

import click
import uvicorn
from attrs import define, field
from litestar import Litestar, Request, Response, get, post
from litestar.params import FromPath
from litestar.types import ASGIApp, Receive, Scope, Send

from attack.agent import ScriptedAgent
from attack.hostile_files import PREFIX, describe, download
from attack.inputs.answers import OFFER
from attack.people import honest_person
from attack.plan import ACCESS_TOKEN, APP_SECRET, SECRETS, VERIFY_TOKEN
from chaos.agent import ANSWERED
from simulator.graph_api.requests import ReadRequest
from simulator.http.app import create_simulator_app
from simulator.simulator import Simulator
from simulator.state.business import BusinessNumber
from simulator.state.control import Control

OURS = re.compile(rf"/(attack|audio|files|v1)/|/v[0-9.]+/{PREFIX}")
FILES = re.compile(rf"/(audio|files)/|/v[0-9.]+/{PREFIX}")
MAX_RECORDING = 32 * 1024 * 1024


class TrustingMeta(Simulator):
    """Accepts a read receipt for any message, because the messages of an attack go directly to the webhook."""

    def acknowledge(self, request: ReadRequest) -> None:
        pass


@define
class Outside:
    """What the service reaches.

    `under_way`: how many files are being given out or taken; `last_call`: when the service last called for anybody but
    the people who write all the time, in monotonic seconds.
    """

    seed: int
    agent: ScriptedAgent = field()
    meta: Simulator = field()
    calls: Counter[str] = field(factory=Counter)
    under_way: int = 0
    last_call: float = field(factory=time.monotonic)

    @agent.default
    def _agent(self) -> ScriptedAgent:
        return ScriptedAgent(seed=self.seed)

    @meta.default
    def _meta(self) -> Simulator:
        business = BusinessNumber(
            access_token=ACCESS_TOKEN, app_secret=APP_SECRET, verify_token=VERIFY_TOKEN, webhook_url=""
        )
        meta = TrustingMeta(business=business, people=[])
        # No statuses: what Meta calls back is thrown as hostile webhooks. Links are not followed into the world.
        meta.control = Control(statuses=False, fetch_links=False, seed=self.seed)
        return meta

    def app(self) -> ASGIApp:
        ours, metas = self._own_routes(), create_simulator_app(self.meta)

        async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] == "lifespan" or not FILES.match(scope["path"]):
                mine = scope["type"] == "lifespan" or OURS.match(scope["path"])
                await (ours if mine else metas)(scope, receive, send)
                return
            self.under_way += 1
            try:
                await ours(scope, receive, send)
            finally:
                self.under_way -= 1
                self.last_call = time.monotonic()

        return dispatch

    def _own_routes(self) -> Litestar:
        @post("/v1/agents/{name:str}/run", status_code=200)
        async def run(name: FromPath[str], data: dict[str, Any]) -> Response[Any]:  # noqa: ARG001
            self.calls["agent"] += 1
            if not data["context"]["user"].startswith(honest_person(0)[:5]):
                self.last_call = time.monotonic()
            answer = self.agent.answer(turn=data["context"]["turn_id"], query=data["query"])
            body = {"answer": answer} if isinstance(answer, str) else answer
            return Response(body, media_type="application/json")

        @get("/v1/agents")
        async def agents() -> dict[str, Any]:
            return {"agents": [{"name": "scripted", "status": "deployed"}]}

        @post("/audio/transcriptions", status_code=200, request_max_body_size=MAX_RECORDING)
        async def transcribe(request: Request[Any, Any, Any]) -> dict[str, str]:
            async for _ in request.stream():
                pass
            self.calls["transcriber"] += 1
            return {"text": "a voice"}

        @get("/attack/progress")
        async def progress() -> dict[str, Any]:
            """How many hostile answers were requested, and for how many seconds the service has been quiet."""
            quiet = 0.0 if self.under_way else time.monotonic() - self.last_call
            return {"heard": len(self.agent.heard), "quiet": quiet}

        @get("/attack/report")
        async def report() -> dict[str, Any]:
            return self.report()

        handlers = [run, agents, transcribe, progress, report, describe, download]
        return Litestar(route_handlers=handlers, openapi_config=None, logging_config=None)

    def report(self) -> Mapping[str, Any]:
        """What was sent to whom. Of plain answers: recipient, number and time. Of others: whether they were allowed."""
        sent = self.meta.sent
        heard = [(record.to, int(number), record.at) for record in sent for number, _ in ANSWERED.findall(record.body)]
        leaks = [record.to for record in sent if any(secret in f"{record.body}{record.content}" for secret in SECRETS)]
        offers = [record.to for record in sent if record.type == "template" and OFFER in str(record.content)]
        return {"heard": heard, "sent": len(sent), "leaks": leaks, "offers": offers, "calls": self.calls}


async def serve(seed: int) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=1_024) as listener:
        config = uvicorn.Config(Outside(seed).app(), log_config=None, access_log=False, timeout_graceful_shutdown=1)
        click.echo(f"http://127.0.0.1:{listener.getsockname()[1]}")
        await uvicorn.Server(config).serve(sockets=[listener])


@click.command()
@click.option("--seed", type=int, required=True)
def main(seed: int) -> None:
    asyncio.run(serve(seed))


main()
