"""Operators' routes for one conversation: show it, take it over, and give it back."""

from typing import Annotated

from attrs import frozen
from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import QueryParameter

from entrypoints.http.operator_access import SECURITY, operators_only
from entrypoints.http.parameters import ConversationName
from entrypoints.http.problems import problem_specs
from entrypoints.http.services import Services

# A year. For longer, leave it out: then the takeover has no end.
MAX_HUMAN_SECONDS = 366 * 24 * 3600

PROBLEMS = problem_specs(400, 401, 404, 429, 503)


@frozen(kw_only=True)
class ConversationView:
    """The state of a conversation. Times are in unix seconds.

    `heard_at`: when the person last wrote.
    `window_open`: whether the channel now accepts free texts, and not only templates.
    `human`: whether a human has taken over. `human_until`: until when; None if the takeover has no end.
    `session`: how often the person started a new session.
    `takes_marketing`: false after the person refused marketing messages.
    `reachable`: false after the person blocked the account or left, until they write again.
    `loop_until`: until when the person gets no answer because they seem to be a program; otherwise None.
    """

    channel: str
    user: str
    heard_at: float | None
    window_open: bool
    human: bool
    human_until: float | None
    session: int
    takes_marketing: bool
    reachable: bool
    loop_until: float | None


class ConversationController(Controller):
    """For operators. The path names a conversation as `channel:user`, by any phone number or id of the person."""

    path = "/v1/conversations/{conversation:str}"
    tags = ("conversations",)
    guards = (operators_only,)
    security = (SECURITY,)

    @get(summary="Show the state of a conversation", responses=PROBLEMS)
    async def show_conversation(
        self, services: NamedDependency[Services], conversation: ConversationName
    ) -> ConversationView:
        found = await services.find(conversation)
        state = await services.states.of(conversation=found)
        channel, now = services.channels[found.channel], services.clock.now()
        until = state.human_until
        return ConversationView(
            channel=found.channel,
            user=found.user,
            heard_at=state.heard_at,
            window_open=channel.window_open(heard_at=state.heard_at, now=now),
            human=state.with_human(now=now),
            human_until=until if until is not None and until < float("inf") else None,
            session=state.session,
            takes_marketing=state.takes_marketing,
            reachable=state.is_reachable,
            loop_until=state.loop_until if state.in_loop(now=now) else None,
        )

    @post("/human", status_code=204, summary="Take the conversation over from the agent", responses=PROBLEMS)
    async def take_over(
        self,
        services: NamedDependency[Services],
        conversation: ConversationName,
        seconds: Annotated[
            float | None,
            QueryParameter(
                ge=1,
                le=MAX_HUMAN_SECONDS,
                description="How long; else without end.",
            ),
        ] = None,
    ) -> None:
        found = await services.find(conversation)
        await services.take_over.begin(conversation=found, seconds=seconds, why="an operator took over")

    @delete("/human", summary="Give the conversation back to the agent", responses=PROBLEMS)
    async def give_back(self, services: NamedDependency[Services], conversation: ConversationName) -> None:
        await services.take_over.end(conversation=await services.find(conversation))
