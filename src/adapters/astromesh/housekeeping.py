"""Cleans up after Astromesh 0.74 where it runs as we start it: its log, traces, images, memory and connections."""

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable, Iterator
from functools import partial
from typing import Any

import httpx
import redis.asyncio
from attrs import frozen


def prepare() -> None:
    """Reduce the runtime's log and drop its traces. Safe to repeat."""
    logging.getLogger("astromesh").setLevel(logging.WARNING)
    logging.getLogger("astromesh.runtime.engine").addFilter(_shorten_record)
    traces = importlib.import_module("astromesh.api.routes.traces")
    collector = importlib.import_module("astromesh.observability.collector")
    # Astromesh's own collector keeps the trace of every run, with all texts, until the process ends.
    if type(traces.get_collector()) is collector.InternalCollector:
        traces.set_collector(_NoTraces())
    # The route that clears a session asks an agent for its `memory_manager`, which no agent has (0.74.1).
    engine = importlib.import_module("astromesh.runtime.engine")
    if not hasattr(engine.Agent, "memory_manager"):
        engine.Agent.memory_manager = property(_ClearableMemory)


async def clear_session(runtime: Any, *, agent: str, session_id: str) -> bool:
    """Let an agent forget a session. Returns whether there is such an agent."""
    found = runtime._agents.get(agent)  # noqa: SLF001 - Astromesh has no public attribute for them
    if found is not None:
        await _ClearableMemory(found).clear_history(session_id)
    return found is not None


@frozen
class _ClearableMemory:
    """The memory of an agent, as the route that clears a session uses it."""

    agent: Any

    async def clear_history(self, session_id: str) -> None:
        """Clear the messages, and the summary of earlier ones, which the runtime's own method leaves."""
        await self.agent._memory.clear_history(session_id)  # noqa: SLF001
        if (client := _memory_client(self.agent)) is not None:
            await client.delete(f"conv_summary:{session_id}")


def forget_images(runtime: Any) -> None:
    """Let the agents remember only the text of a message.

    Astromesh stores the images of each message too, in base64, and never reads them again. Ten of them take 67 MB in
    the store that also holds the mailbox.
    """
    for agent in _agents(runtime):
        if (memory := getattr(agent, "_memory", None)) is not None:
            memory.persist_turn = partial(_persist_text, memory.persist_turn)


async def close(runtime: Any) -> None:
    """Close the runtime, and the connections that it does not close: to the models and to the memory."""
    await runtime.aclose()
    await asyncio.gather(*(client.aclose() for agent in _agents(runtime) for client in _clients(agent)))


async def _persist_text(persist_turn: Callable[[str, Any], Awaitable[None]], session_id: str, turn: Any) -> None:
    turn.metadata.pop("multimodal_content", None)
    await persist_turn(session_id, turn)


class _NoTraces:
    async def emit_trace(self, ctx: object) -> None: ...


def _shorten_record(record: logging.LogRecord) -> bool:
    """Make the record one line without a traceback. Drop records of runs: we get their failures as exceptions."""
    if str(record.msg).startswith("agent.run"):
        return False
    if record.exc_info and record.exc_info[1]:
        record.msg, record.args = f"{record.getMessage()}: {record.exc_info[1]}", ()
        record.exc_info = None
    return True


def _agents(runtime: Any) -> tuple[Any, ...]:
    return tuple(runtime._agents.values())  # noqa: SLF001 - Astromesh has no public attribute for them


def _clients(agent: Any) -> Iterator[httpx.AsyncClient | redis.asyncio.Redis]:
    for router in getattr(agent, "_routers", {}).values():
        for provider in getattr(router, "_providers", {}).values():
            if isinstance(client := getattr(provider, "_client", None), httpx.AsyncClient):
                yield client
    if (memory := _memory_client(agent)) is not None:
        yield memory


def _memory_client(agent: Any) -> redis.asyncio.Redis | None:
    conversations = getattr(getattr(agent, "_memory", None), "_conversation", None)
    client = getattr(conversations, "_redis", None)
    return client if isinstance(client, redis.asyncio.Redis) else None
