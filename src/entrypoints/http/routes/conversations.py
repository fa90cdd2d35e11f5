"""Operators' routes for one conversation: show it, take it over, and give it back."""

from typing import Annotated

import msgspec
from attrs import frozen
from litestar import Controller, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from application.channels import UnknownChannelError
from domain.operators.operator import Operator
from entrypoints.http.operator_access import SECURITY, operators_only
from entrypoints.http.parameters import MAX_NAME, NAME, ConversationName
from entrypoints.http.problems import problem_specs
from entrypoints.http.services import Services

# A year. For longer, leave it out: then the takeover has no end.
MAX_HUMAN_SECONDS = 366 * 24 * 3600

PROBLEMS = problem_specs(400, 401, 403, 404, 429, 503)
JOIN_PROBLEMS = (400, 401, 403, 404, 409, 429, 503)
CHOICE_PROBLEMS = (400, 401, 403, 404, 422, 429, 503)
# One line, with no blank at its ends.
AGENT_NAME = r"^[^\s\x00-\x1f\x7f-\x9f]([^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f])?$"


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
    `agent`: the agent that answers the next message, unless a rule of the channel names another one.
    `joined_session`: the session that several conversations of the person share; empty when there is one only.
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
    agent: str
    joined_session: str


class AgentChoice(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The agent that answers from the next message on, as channels.yaml would name it."""

    agent: Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=AGENT_NAME)]


class JoinTarget(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """`to` names the conversation, as `channel:user`, whose session the agent goes on in."""

    to: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_NAME, pattern=NAME)]


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
            agent=state.agent or channel.agent,
            joined_session=state.joined_session,
        )

    @put("/agent", status_code=204, summary="Choose the agent that answers", responses=problem_specs(*CHOICE_PROBLEMS))
    async def choose_agent(
        self,
        services: NamedDependency[Services],
        conversation: ConversationName,
        data: JSONBody[AgentChoice],
    ) -> None:
        await services.choose_agent(conversation=await services.find(conversation), agent=data.agent)

    @delete("/agent", summary="Let the channel's own agent answer", responses=PROBLEMS)
    async def reset_agent(self, services: NamedDependency[Services], conversation: ConversationName) -> None:
        await services.choose_agent(conversation=await services.find(conversation), agent=None)

    @put(
        "/joined",
        status_code=204,
        summary="Join the person to their conversation on another channel",
        responses=problem_specs(*JOIN_PROBLEMS),
    )
    async def join(
        self,
        services: NamedDependency[Services],
        operator: NamedDependency[Operator],
        conversation: ConversationName,
        data: JSONBody[JoinTarget],
    ) -> None:
        found, to = await services.find(conversation), await services.find(data.to)
        if not operator.sees(to.channel):
            raise UnknownChannelError(to.channel)
        await services.join(conversation=found, to=to, why=f"{operator.name} joined them")

    @delete("/joined", summary="Separate the conversation again", responses=problem_specs(*JOIN_PROBLEMS))
    async def separate(self, services: NamedDependency[Services], conversation: ConversationName) -> None:
        await services.join.separate(conversation=await services.find(conversation))

    @post("/human", status_code=204, summary="Take the conversation over from the agent", responses=PROBLEMS)
    async def take_over(
        self,
        services: NamedDependency[Services],
        operator: NamedDependency[Operator],
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
        await services.take_over.begin(conversation=found, seconds=seconds, why=f"{operator.name} took over")

    @delete("/human", summary="Give the conversation back to the agent", responses=PROBLEMS)
    async def give_back(
        self,
        services: NamedDependency[Services],
        operator: NamedDependency[Operator],
        conversation: ConversationName,
    ) -> None:
        found = await services.find(conversation)
        await services.take_over.end(conversation=found, by=operator.name)
