"""Astromesh as a server for Trunkline: its agents have a memory, it keeps no traces, and only our calls are answered.

Started by `uvicorn --factory adapters.astromesh.server:create_app`, with the configuration in `ASTROMESH_CONFIG_DIR`
and the address of the memory in `TRUNKLINE_STORE`.
"""

import os
import re
import tempfile
from collections.abc import Awaitable, Callable, MutableMapping
from pathlib import Path
from typing import Any

from attrs import frozen

from adapters.astromesh import housekeeping
from adapters.astromesh.agent_files import prepare_agents

type Message = MutableMapping[str, Any]
type Receive = Callable[[], Awaitable[Message]]
type Send = Callable[[Message], Awaitable[None]]
type App = Callable[[Message, Receive, Send], Awaitable[None]]

# Astromesh itself also lets everybody read what people wrote, change agents, and run tools and workflows.
ALLOWED = re.compile(r"GET /v1/(?:health|agents)|POST /v1/agents/[^/]+/run|DELETE /v1/memory/[^/]+/history/[^/]+")


@frozen
class OnlyOurCalls:
    """Answers 404 to every request that Trunkline never makes."""

    app: App

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await send({"type": "websocket.close"})
        elif scope["type"] == "http" and not ALLOWED.fullmatch(f"{scope['method']} {scope['path']}"):
            await send({"type": "http.response.start", "status": 404, "headers": [(b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self.app(scope, receive, send)


def create_app() -> OnlyOurCalls:
    """Prepare the agents' files, and return the application.

    Raises:
        AgentFileError: a file is not an agent.
    """
    source = Path(os.environ.get("ASTROMESH_CONFIG_DIR", "config"))
    prepared = Path(tempfile.mkdtemp(prefix="trunkline-agents-"))
    prepare_agents(config_dir=source, target=prepared, memory_url=os.environ.get("TRUNKLINE_STORE"))
    # Astromesh reads these when it is imported and when it starts.
    os.environ["ASTROMESH_CONFIG_DIR"] = str(prepared)
    os.environ.setdefault("ASTROMESH_CORS_ORIGINS", "")
    os.environ.setdefault("ASTROMESH_PERSIST_AGENTS", "0")
    os.environ.setdefault("ASTROMESH_LOG_LEVEL", "WARNING")
    from astromesh.api.main import app  # noqa: PLC0415

    housekeeping.prepare()
    return OnlyOurCalls(app)
