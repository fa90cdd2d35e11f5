"""An operators' route: every channel, what it can do, and how it does."""

import asyncio
from typing import Self

from attrs import frozen
from litestar import get
from litestar.di import NamedDependency

from application.channels import Channel
from application.ports.backlog import ChannelBacklog
from application.ports.breaker_store import Breaker
from domain.messages.outbound import TemplatePart
from domain.operators.operator import Operator
from entrypoints.http.operator_access import SECURITY, operators_only
from entrypoints.http.problems import problem_specs
from entrypoints.http.routes.channels import CircuitBreakerView
from entrypoints.http.services import Services


@frozen(kw_only=True)
class TemplateView:
    """A template of the channel that the configuration names."""

    name: str
    language: str

    @classmethod
    def of(cls, template: TemplatePart | None) -> Self | None:
        return cls(name=template.name, language=template.language) if template else None


@frozen(kw_only=True)
class ChannelView:
    """One channel. Times are in seconds.

    `agent`: the agent that answers. `window_seconds`: how long after a person's message free texts may be sent; None:
    without end. `templates`: whether it can send templates. `late_template`: the one for answers that come too late.
    `media`: the kinds of files that it can send. `waiting`: conversations that wait for an answer, the oldest message
    for `oldest_seconds`. `fetching`: how it goes where messages are fetched; empty where a webhook brings them.
    """

    name: str
    type: str
    agent: str
    window_seconds: float | None
    templates: bool
    late_template: TemplateView | None
    media: list[str]
    waiting: int
    oldest_seconds: float | None
    fetching: str
    circuit_breaker: CircuitBreakerView

    @classmethod
    def of(cls, channel: Channel, *, breaker: Breaker, backlog: ChannelBacklog, fetching: str, now: float) -> Self:
        can = channel.messenger.capabilities
        return cls(
            name=channel.name,
            type=can.type,
            agent=channel.agent,
            window_seconds=channel.window_seconds,
            templates=can.templates,
            late_template=TemplateView.of(channel.late_template),
            media=sorted(kind.value for kind in can.files),
            waiting=backlog.conversations,
            oldest_seconds=backlog.oldest_seconds,
            fetching=fetching,
            circuit_breaker=CircuitBreakerView.of(breaker, channel=channel.name, now=now),
        )


@get(
    "/v1/channels",
    tags=["channels"],
    guards=[operators_only],
    security=[SECURITY],
    summary="List the channels, what they can do, and whether messages wait",
    responses=problem_specs(401, 403, 404, 429, 503),
)
async def list_channels(services: NamedDependency[Services], operator: NamedDependency[Operator]) -> list[ChannelView]:
    channels = [channel for channel in services.channels if operator.sees(channel.name)]
    backlog, breakers = await asyncio.gather(
        services.backlog.read(),
        asyncio.gather(*(services.breaker.status(channel=channel.name) for channel in channels)),
    )
    fetching, now = services.fetching(), services.clock.now()
    return [
        ChannelView.of(
            channel,
            breaker=breaker,
            backlog=backlog.channels.get(channel.name, ChannelBacklog(conversations=0)),
            fetching=fetching.get(channel.name, ""),
            now=now,
        )
        for channel, breaker in zip(channels, breakers, strict=True)
    ]
