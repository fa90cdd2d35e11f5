"""Tools of a run send messages: on its channel, while it is under way, each text once."""

import asyncio
from collections.abc import Callable

import pytest
from attrs import define, evolve

from adapters.memory.agent import ScriptedAgent
from adapters.memory.clock import FakeClock
from adapters.memory.inbound import MemoryInbound
from application.answering.tool_access import GRACE_SECONDS, RUN_TOKEN, ToolAccess
from application.channels import Channels
from application.operating.initiate_message import (
    HumanAnswersError,
    Initiated,
    PersonUnreachableError,
    WindowClosedError,
)
from application.operating.send_for_run import (
    MAX_RUN_MESSAGES,
    ForeignChannelError,
    RunMessage,
    SendForRun,
    TooManyRunMessagesError,
    UnknownRecipientError,
)
from application.signed_tokens import ExpiredTokenError, ForgedTokenError, TokenSigner
from domain.conversations.outcome import Outcome
from domain.people.person import Conversation, Person
from support.answering import Answering
from support.messages import ANA, BOB, CONVERSATION, enqueued
from support.turns import answer_once, notes_of

SIGNER = TokenSigner(secrets=(b"s" * 32,))
RUN_SECONDS = 25.0
DAY = 24 * 3600.0
BOBS = Conversation(channel="whatsapp", user=BOB.key)
TO_BOB = RunMessage(channel="whatsapp", recipient="+1 555 000-3333", text="Ana is **here**.")


class NumbersInbound(MemoryInbound):
    """Digits are a phone number, a name after "@" is a username, anything else is the channel's own id."""

    def person(self, *, text: str) -> Person:
        digits = text.removeprefix("+").translate(str.maketrans("", "", " -"))
        if digits.isdigit():
            return Person(phone=digits)
        return Person(username=text[1:]) if text.startswith("@") else Person(user_id=text)


@define
class Tool:
    """An agent whose tool asks for messages while the agent runs, with the token of its run."""

    answering: Answering
    sends: SendForRun

    async def run(self, *messages: RunMessage) -> list[Initiated | Exception]:
        """What the tool got for each message."""
        token = await self.begin()
        return [await self.ask(token, message) for message in messages]

    async def begin(self) -> str:
        """Begin a turn, and return the token of its run."""
        await self.answering.accept(enqueued())
        begun = await self.answering.mailbox.begin(claim=await self.answering.claim())
        assert begun is not None
        assert self.answering.tools is not None
        return str(self.answering.tools.context_of(begun.turn, self.answering.channel)[RUN_TOKEN])

    async def ask(self, token: str, message: RunMessage) -> Initiated | Exception:
        try:
            return await self.sends(token=token, message=message)
        except Exception as error:  # noqa: BLE001
            return error


def tool(*, window_seconds: float | None = None) -> Tool:
    clock = FakeClock()
    tools = ToolAccess(signer=SIGNER, clock=clock, run_seconds=RUN_SECONDS)
    answering = Answering(clock=clock, tools=tools, window_seconds=window_seconds)
    use_cases = answering.use_cases
    channel = evolve(answering.channel, inbound=NumbersInbound(channel="whatsapp", token="not-a-real-token"))
    channels = Channels.of([channel, evolve(channel, name="sales")])
    sends = use_cases.send_for_run
    assert sends is not None
    sends = evolve(
        sends,
        channels=channels,
        find=evolve(use_cases.find, channels=channels),
        initiate=evolve(use_cases.initiate, channels=channels),
    )
    return Tool(answering, sends)


async def test_a_message_goes_to_somebody_else() -> None:
    """With the formatting of an answer. Their agent reads afterwards what was written."""
    acting = tool()

    (queued,) = await acting.run(TO_BOB)
    await answer_once(acting.answering)

    assert isinstance(queued, Initiated)
    assert queued.conversation == BOBS
    assert acting.answering.messenger.sent_texts_to(BOB) == ["Ana is **here**."]
    assert await notes_of(acting.answering, BOBS) == ("[we wrote: Ana is **here**.]",)


async def test_a_message_to_the_runs_own_person_comes_after_the_answer() -> None:
    """The turn under way goes first, and before what they write meanwhile."""
    asked = list[Initiated]()
    clock = FakeClock()
    tools = ToolAccess(signer=SIGNER, clock=clock, run_seconds=RUN_SECONDS)
    answering = Answering(clock=clock, tools=tools, agent=ScriptedAgent(script={"hello": "The answer."}))
    answering.agent.hold()
    await answering.accept(enqueued("hello"))
    lease = answering.lease(await answering.claim())

    async def tool_call() -> None:
        await answering.agent.called(1)
        token = str(answering.agent.calls[0].context[RUN_TOKEN])
        sends = answering.use_cases.send_for_run
        assert sends is not None
        message = RunMessage(channel="whatsapp", recipient=ANA.key, text="One more thing.")
        asked.append(await sends(token=token, message=message))
        await answering.accept(enqueued("and now?"))
        answering.agent.release()

    await asyncio.gather(answering.answer(lease=lease), tool_call())
    outcomes = [await answer_once(answering), await answer_once(answering)]

    assert asked[0].new
    assert outcomes == [Outcome.INITIATED, Outcome.ANSWERED]
    assert answering.messenger.sent_texts[:2] == ["The answer.", "One more thing."]


async def test_the_same_message_is_sent_once() -> None:
    """The tool repeats its call, or the run is repeated. Another text is another message."""
    acting = tool()

    first, again, other = await acting.run(TO_BOB, TO_BOB, evolve(TO_BOB, text="And Ben."))

    assert isinstance(first, Initiated)
    assert isinstance(again, Initiated)
    assert isinstance(other, Initiated)
    assert (first.new, again.new, other.new) == (True, False, True)
    assert first.turn_id == again.turn_id != other.turn_id


async def test_a_run_sends_a_limited_number_of_messages() -> None:
    """Those that were asked for before can still be asked for again."""
    acting = tool()
    texts = [evolve(TO_BOB, text=f"number {number}") for number in range(MAX_RUN_MESSAGES)]

    *_, last, too_many, again = await acting.run(*texts, evolve(TO_BOB, text="one more"), texts[0])

    assert isinstance(last, Initiated)
    assert isinstance(too_many, TooManyRunMessagesError)
    assert isinstance(again, Initiated)


@pytest.mark.parametrize(
    ("message", "error"),
    [
        (evolve(TO_BOB, channel="sales"), ForeignChannelError),
        (evolve(TO_BOB, channel="telegram"), ForeignChannelError),
        (evolve(TO_BOB, conversation_ref=f"sales:{BOB.key}"), ForeignChannelError),
        (evolve(TO_BOB, conversation_ref=f"whatsapp:{ANA.key}"), UnknownRecipientError),
        (evolve(TO_BOB, recipient="12345"), UnknownRecipientError),
        (evolve(TO_BOB, recipient=" "), UnknownRecipientError),
        (evolve(TO_BOB, recipient="@bob"), UnknownRecipientError),
    ],
)
async def test_only_people_of_the_runs_own_channel_are_written_to(message: RunMessage, error: type[Exception]) -> None:
    """By a number or an id."""
    (refused,) = await tool().run(message)

    assert isinstance(refused, error)


@pytest.mark.parametrize(
    "message",
    [
        evolve(TO_BOB, channel="memory"),
        evolve(TO_BOB, conversation_ref=str(BOBS)),
        evolve(TO_BOB, recipient="US.33", conversation_ref="whatsapp:US.33"),
    ],
)
async def test_the_recipient_may_be_named_in_other_ways(message: RunMessage) -> None:
    """The channel by its type, the conversation beside the person, the person by an id."""
    acting = tool()
    kind = acting.answering.messenger.capabilities.type

    (queued,) = await acting.run(evolve(message, channel=kind if message.channel == "memory" else message.channel))

    assert isinstance(queued, Initiated)


async def test_a_token_ends_with_its_run() -> None:
    """Once the reply is stored, long before the token expires by itself."""
    acting = tool()
    await acting.answering.accept(enqueued())
    await answer_once(acting.answering)
    token = str(acting.answering.agent.calls[0].context[RUN_TOKEN])

    assert isinstance(await acting.ask(token, TO_BOB), ExpiredTokenError)


@pytest.mark.parametrize(("seconds", "kind"), [(0.0, Initiated), (RUN_SECONDS + GRACE_SECONDS, ExpiredTokenError)])
async def test_a_token_expires_after_the_longest_run(seconds: float, kind: type) -> None:
    """A turn that never ends keeps no token alive."""
    acting = tool()
    token = await acting.begin()

    acting.answering.clock.advance(seconds)

    assert isinstance(await acting.ask(token, TO_BOB), kind)


async def test_a_token_of_somebody_else_is_none() -> None:
    acting = tool()
    await acting.begin()
    other = TokenSigner(secrets=(b"x" * 32,))
    forged = other.sign({"conversation": str(CONVERSATION), "turn_id": "1"}, purpose="run", expires_at=9e9)

    assert isinstance(await acting.ask(forged, TO_BOB), ForgedTokenError)


def in_takeover(acting: Tool) -> dict[str, object]:
    return {"human_until": acting.answering.clock.now() + DAY}


def left(acting: Tool) -> dict[str, object]:
    return {"heard_at": 1.0, "unreachable_at": acting.answering.clock.now()}


def silent_for_a_day(acting: Tool) -> dict[str, object]:
    return {"heard_at": acting.answering.clock.now() - DAY}


@pytest.mark.parametrize(
    ("state", "error"),
    [(in_takeover, HumanAnswersError), (left, PersonUnreachableError), (silent_for_a_day, WindowClosedError)],
)
async def test_what_the_state_of_the_other_conversation_forbids(
    state: Callable[[Tool], dict[str, object]], error: type[Exception]
) -> None:
    """A human answers there, nobody reads it, or only a template may be sent."""
    acting = tool(window_seconds=DAY)
    await acting.answering.states.change(conversation=BOBS, **state(acting))  # type: ignore[arg-type]

    (refused,) = await acting.run(TO_BOB)

    assert isinstance(refused, error)


async def test_without_the_setting_a_run_has_no_token() -> None:
    answering = Answering()
    await answering.accept(enqueued())
    await answer_once(answering)

    assert RUN_TOKEN not in answering.agent.calls[0].context
    assert answering.use_cases.send_for_run is None
