"""What Astromesh 0.74 leaves lying about when it runs inside somebody else's process."""

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import httpx
import redis.asyncio


def prepare() -> None:
    """Quieten the runtime's log and throw away its traces. Safe to repeat."""
    logging.getLogger("astromesh").setLevel(logging.WARNING)
    logging.getLogger("astromesh.runtime.engine").addFilter(_briefly)
    traces = importlib.import_module("astromesh.api.routes.traces")
    collector = importlib.import_module("astromesh.observability.collector")
    # Its own collector keeps the trace of every run, with everything that was said, for as long as the process lives.
    if type(traces.get_collector()) is collector.InternalCollector:
        traces.set_collector(_NoTraces())


def forget_images(runtime: Any) -> None:
    """Let its agents remember the words of a message alone.

    Astromesh stores the images of each message with it, in base 64, and never reads them again: ten of them are 67 MB
    in a store that holds the mailbox as well.
    """
    for agent in _agents(runtime):
        if (memory := getattr(agent, "_memory", None)) is not None:
            memory.persist_turn = partial(_persist_words, memory.persist_turn)


async def close(runtime: Any) -> None:
    """Close the runtime and the connections it forgets: those to the models and to the memory."""
    await runtime.aclose()
    await asyncio.gather(*(client.aclose() for agent in _agents(runtime) for client in _clients(agent)))


async def _persist_words(persist_turn: Callable[[str, Any], Awaitable[None]], session_id: str, turn: Any) -> None:
    turn.metadata.pop("multimodal_content", None)
    await persist_turn(session_id, turn)


class _NoTraces:
    async def emit_trace(self, ctx: object) -> None: ...


def _briefly(record: logging.LogRecord) -> bool:
    """One line, without a traceback, and nothing about single runs: their failures reach us as exceptions anyway."""
    if str(record.msg).startswith("agent.run"):
        return False
    if record.exc_info and record.exc_info[1]:
        record.msg, record.args = f"{record.getMessage()}: {record.exc_info[1]}", ()
        record.exc_info = None
    return True


def _agents(runtime: Any) -> tuple[Any, ...]:
    return tuple(runtime._agents.values())  # noqa: SLF001 - there is no public way to them


def _clients(agent: Any) -> Iterator[httpx.AsyncClient | redis.asyncio.Redis]:
    for router in getattr(agent, "_routers", {}).values():
        for provider in getattr(router, "_providers", {}).values():
            if isinstance(client := getattr(provider, "_client", None), httpx.AsyncClient):
                yield client
    conversations = getattr(getattr(agent, "_memory", None), "_conversation", None)
    if isinstance(client := getattr(conversations, "_redis", None), redis.asyncio.Redis):
        yield client
