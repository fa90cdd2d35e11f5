"""Operators look at a conversation, take it over, give it back, write first, and let a stopped number go on."""

from typing import Annotated, Any

from attrs import field, frozen
from litestar import Controller, delete, get, post
from litestar.di import NamedDependency
from litestar.params import FromPath, HeaderParameter, JSONBody, QueryParameter

from application.channels import UnknownChannelError
from domain.conversations import Conversation, Person
from domain.spoken import read_answer
from entrypoints.http.operators import SECURITY, operators_only
from entrypoints.http.problems import MisspokenMessagesError, NoAddresseeError, NoKeyError, problem_specs
from entrypoints.http.services import Services

PROBLEMS = problem_specs(400, 401, 404, 503)


@frozen(kw_only=True)
class ConversationView:
    """What stands between a person and us. Times are unix seconds; without `human_until` the agent answers.

    `window_open`: whether the channel takes free texts from us now.
    """

    channel: str
    user: str
    heard_at: float | None
    window_open: bool
    human: bool
    human_until: float | None
    session: int


@frozen(kw_only=True)
class Outgoing:
    """Whom to write to, by phone number or by the channel's user id, and what: objects as agents say them."""

    to: str | None = None
    user_id: str | None = None
    messages: list[dict[str, Any]] = field(factory=list)


@frozen(kw_only=True)
class Queued:
    """The message waits for its turn; not `new`: the key was used before, and nothing more was queued."""

    conversation: str
    turn_id: str
    new: bool


class ConversationController(Controller):
    """Operators only. A conversation is named `channel:user`."""

    path = "/v1/conversations/{conversation:str}"
    tags = ("conversations",)
    guards = (operators_only,)
    security = (SECURITY,)

    @get(summary="What stands between a person and us", responses=PROBLEMS)
    async def show_conversation(
        self, services: NamedDependency[Services], conversation: FromPath[str]
    ) -> ConversationView:
        found = _conversation(conversation, services)
        standing = await services.standings.of(conversation=found)
        channel, now = services.channels[found.channel], services.clock.now()
        until = standing.human_until
        return ConversationView(
            channel=found.channel,
            user=found.user,
            heard_at=standing.heard_at,
            window_open=channel.window_open(heard_at=standing.heard_at, now=now),
            human=standing.with_human(now=now),
            human_until=until if until is not None and until < float("inf") else None,
            session=standing.session,
        )

    @post("/human", status_code=204, summary="Take it over: the agent says nothing", responses=PROBLEMS)
    async def take_over(
        self,
        services: NamedDependency[Services],
        conversation: FromPath[str],
        seconds: Annotated[float | None, QueryParameter(ge=1, description="For how long; else until told.")] = None,
    ) -> None:
        found = _conversation(conversation, services)
        await services.take_over.begin(conversation=found, seconds=seconds, why="an operator took over")

    @delete("/human", summary="Give it back to the agent", responses=PROBLEMS)
    async def give_back(self, services: NamedDependency[Services], conversation: FromPath[str]) -> None:
        await services.take_over.end(conversation=_conversation(conversation, services))


class ChannelController(Controller):
    """Operators only."""

    path = "/v1/channels/{channel:str}"
    tags = ("channels",)
    guards = (operators_only,)
    security = (SECURITY,)

    @post(
        "/messages",
        status_code=202,
        summary="Write to a person: templates at any time, anything else while the channel allows it",
        responses=PROBLEMS | problem_specs(409),
    )
    async def write(
        self,
        services: NamedDependency[Services],
        channel: FromPath[str],
        data: JSONBody[Outgoing],
        idempotency_key: Annotated[str | None, HeaderParameter(name="Idempotency-Key", max_length=255)] = None,
    ) -> Queued:
        if not idempotency_key:
            raise NoKeyError
        spoken = read_answer("", data={"messages": data.messages})
        if spoken.problems:
            raise MisspokenMessagesError(spoken.problems)
        initiated = await services.initiate(
            channel=channel, to=_addressee(data), parts=spoken.parts, key=idempotency_key
        )
        return Queued(conversation=str(initiated.conversation), turn_id=initiated.turn_id, new=initiated.new)

    @delete("/stop", summary="Let a stopped number try again now", responses=PROBLEMS)
    async def resume(self, services: NamedDependency[Services], channel: FromPath[str]) -> None:
        await services.stops.resume(channel=services.channels[channel].name)


def _conversation(text: str, services: Services) -> Conversation:
    try:
        conversation = Conversation.parse(text)
    except ValueError as error:
        raise UnknownChannelError(text) from error
    return Conversation(channel=services.channels[conversation.channel].name, user=conversation.user)


def _addressee(outgoing: Outgoing) -> Person:
    phone = (outgoing.to or "").removeprefix("+")
    if bool(phone) == bool(outgoing.user_id) or (phone and not (phone.isascii() and phone.isdigit())):
        raise NoAddresseeError
    return Person(phone=phone or None, user_id=outgoing.user_id)
