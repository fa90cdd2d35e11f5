"""Probes and metrics."""

import asyncio
from collections.abc import Awaitable
from typing import Literal

from attrs import evolve, field, frozen
from litestar import Response, get
from litestar.di import NamedDependency

from application.ports.agent import AgentFailedError
from application.ports.backlog import Backlog, ChannelBacklog
from application.ports.breaker_store import State
from application.ports.proposals import ProposalCounts
from application.ports.store import StoreUnavailableError, UnsafeStoreError
from entrypoints.http.errors import NotReadyError
from entrypoints.http.problems import problem_specs
from entrypoints.http.services import Services

PROBE_SECONDS = 2.0
PROMETHEUS_TEXT = "text/plain; version=0.0.4"


@frozen(kw_only=True)
class Alive:
    status: Literal["alive"] = "alive"


@frozen(kw_only=True)
class Ready:
    """`fetching`: how it goes for each channel whose updates are fetched: "ok", or what the problem is."""

    status: Literal["ready"] = "ready"
    fetching: dict[str, str] = field(factory=dict)


@get("/livez", tags=["operations"], summary="Whether the process answers")
async def livez() -> Alive:
    return Alive()


@get(
    "/readyz",
    tags=["operations"],
    summary="Whether messages can be stored and answered",
    description="503 names the state of each part. `fetching` says how it goes for channels whose updates are fetched. "
    "It is no reason for 503: what other channels deliver can be stored all the same.",
    responses=problem_specs(503),
)
async def readyz(services: NamedDependency[Services]) -> Ready:
    names = ["agents" + (f".{name}" if name else "") for name, _ in services.runtimes]
    store, *agents = await asyncio.gather(
        _state(_safe_store(services)), *(_state(runtime.agents()) for _, runtime in services.runtimes)
    )
    service = "stopping" if services.stopping.is_set() else "ok"
    parts = {"store": store, **dict(zip(names, agents, strict=True)), "service": service}
    if set(parts.values()) != {"ok"}:
        raise NotReadyError(parts)
    return Ready(fetching=dict(services.fetching()))


async def _safe_store(services: Services) -> None:
    """Make sure that the store takes messages and keeps them."""
    _, defects = await asyncio.gather(services.store_ping(), services.store_defects())
    if fatal := [defect for defect in defects if defect.loses_messages]:
        raise UnsafeStoreError(fatal)


async def _state(probe: Awaitable[object]) -> str:
    try:
        await asyncio.wait_for(probe, PROBE_SECONDS)
    except TimeoutError:
        return "no answer"
    except StoreUnavailableError:
        return "unreachable"
    except UnsafeStoreError as error:
        return "loses messages: " + ", ".join(defect.name for defect in error.defects)
    except AgentFailedError as error:
        return error.failure.value
    return "ok"


@get(
    "/metrics",
    media_type=PROMETHEUS_TEXT,
    tags=["operations"],
    summary="Counters and gauges, in Prometheus' text format",
)
async def metrics(services: NamedDependency[Services]) -> Response[str]:
    gauges = services.metrics.store
    gauges.open_breakers, gauges.backlog, gauges.proposals = await asyncio.gather(
        _open_breakers(services), _backlog(services), _proposals(services)
    )
    return Response(services.metrics.render().decode(), media_type=PROMETHEUS_TEXT)


async def _backlog(services: Services) -> Backlog | None:
    """What waits on each channel, for every process alike. None while the store is away."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            backlog = await services.backlog.read()
    except (TimeoutError, StoreUnavailableError):
        return None
    idle = {channel.name: ChannelBacklog(conversations=0) for channel in services.channels}
    return evolve(backlog, channels={**idle, **backlog.channels})


async def _proposals(services: Services) -> ProposalCounts | None:
    """None while the store is away."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            return await services.proposals.counts()
    except (TimeoutError, StoreUnavailableError):
        return None


async def _open_breakers(services: Services) -> dict[str, bool] | None:
    """Whether the breaker of each channel is open. It is asked of the store, because any process may have opened it.

    None while the store is away.
    """
    names = [channel.name for channel in services.channels]
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            breakers = await asyncio.gather(*(services.breaker.status(channel=name) for name in names))
    except (TimeoutError, StoreUnavailableError):
        return None
    return {name: breaker.state is not State.CLOSED for name, breaker in zip(names, breakers, strict=True)}
