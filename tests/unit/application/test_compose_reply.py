"""What a turn is answered: the agent's words, or a word on why there are none."""

import asyncio

import pytest
from attrs import define, evolve, field

from adapters.memory.agent import ScriptedAgent
from adapters.memory.media import MemoryMedia
from application.ports.agent import AgentAnswer, AgentFailedError
from application.ports.media import FetchedMedia
from domain.contents import Choice, MediaKind
from domain.conversations import Person
from domain.failures import AgentFailure, SendFailure
from domain.messages import InboundMessage, Media, Reaction, Tap, Unsupported
from domain.parts import TextPart
from domain.rate_limit import RateLimitPolicy
from domain.replies import Reply, ReplyKind
from support.answering import Answering
from support.messages import ANA, message
from support.polling import eventually
from support.turns import turn_of
from support.watched_ports import WatchedMessenger

MARIA = Person(phone="34600123456")
HIDDEN = Person(user_id="US.13491208655302741918")
ONE = RateLimitPolicy(window_seconds=60, max_messages=1)


def poll(*, person: Person = ANA) -> InboundMessage:
    return evolve(message(person=person), content=Unsupported(kind="poll_creation"))


async def compose(answering: Answering, *messages: InboundMessage) -> Reply:
    return await answering.compose(turn=turn_of(*messages), channel=answering.channel)


async def test_the_agents_words_are_the_reply() -> None:
    """In the channel's form."""
    answering = Answering(messenger=WatchedMessenger(limit=10))

    reply = await compose(answering, message("hello"))

    assert reply == Reply(kind=ReplyKind.ANSWER, parts=(TextPart(body="You said:"), TextPart(body="hello")))


async def test_the_messages_of_a_turn_are_one_query() -> None:
    """A line each, in their order; what cannot be shown is named."""
    answering = Answering()

    await compose(answering, message("I want"), poll(), message("two tickets"))

    assert [call.query for call in answering.agent.calls] == [
        "I want\n[sent something that cannot be shown here: poll_creation]\ntwo tickets"
    ]


async def test_the_agent_is_told_where_it_speaks() -> None:
    """Channel, user, contact name, message ids and the turn's id."""
    answering = Answering()

    await compose(answering, message(message_id="m1"), message(message_id="m2"))

    (call,) = answering.agent.calls
    assert call.agent == "assistant"
    assert call.context == {
        "channel": "whatsapp",
        "user": "15550002222",
        "contact_name": "Ana",
        "message_ids": ["m1", "m2"],
        "turn_id": "7-0",
    }


async def test_an_unknown_name_is_left_out() -> None:
    """An agent should not greet nobody."""
    answering = Answering()

    await compose(answering, message(person=MARIA))

    assert "contact_name" not in answering.agent.calls[0].context


@pytest.mark.parametrize(
    ("template", "session"), [("{user}", "15550002222"), ("{channel}-{user}", "whatsapp-15550002222")]
)
async def test_the_session_follows_the_channels_template(template: str, session: str) -> None:
    """So that the agent remembers the conversation."""
    answering = Answering(session_id=template)

    await compose(answering, message())

    assert answering.agent.calls[0].session_id == session


@pytest.mark.parametrize(
    ("person", "text"), [(ANA, "I can only read text."), (MARIA, "Solo leo texto."), (HIDDEN, "I can only read text.")]
)
async def test_what_cannot_be_read_is_answered_with_a_word_on_it(person: Person, text: str) -> None:
    """In the person's language, without troubling the agent."""
    answering = Answering()

    reply = await compose(answering, poll(person=person), poll(person=person))

    assert (reply.kind, reply.parts) == (ReplyKind.UNREADABLE, (TextPart(body=text),))
    assert answering.agent.calls == []


async def test_a_refusal_of_a_guardrail_is_an_answer() -> None:
    """Its text goes to the person."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentAnswer(text="I may not.", blocked=True)))

    reply = await compose(answering, message())

    assert reply == Reply(kind=ReplyKind.ANSWER, parts=(TextPart(body="I may not."),))


@pytest.mark.parametrize("blank", ["", " \n"])
async def test_a_wordless_refusal_becomes_the_apology(blank: str) -> None:
    """Nobody is left without a word, and the agent is not asked again."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentAnswer(text=blank, blocked=True)))

    reply = await compose(answering, message(person=MARIA))

    assert reply == Reply(kind=ReplyKind.ANSWER, parts=(TextPart(body="Lo siento."),))


async def test_a_failure_of_the_agent_is_the_callers_to_judge() -> None:
    """As it was classified."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentFailure.TIMEOUT))

    with pytest.raises(AgentFailedError) as failed:
        await compose(answering, message())

    assert failed.value.failure is AgentFailure.TIMEOUT


@pytest.mark.parametrize(("person", "text"), [(ANA, "Sorry."), (MARIA, "Lo siento.")])
def test_the_apology_is_in_the_persons_language(person: Person, text: str) -> None:
    """From the channel's texts; the reason is for the operator."""
    answering = Answering()

    apology = answering.compose.apology(turn=turn_of(message(person=person)), channel=answering.channel, reason="why")

    assert apology == Reply(kind=ReplyKind.APOLOGY, parts=(TextPart(body=text),), reason="why")


async def test_messages_over_the_limit_do_not_reach_the_agent() -> None:
    """The notice comes after the answer to those within it."""
    answering = Answering(rate_limit=ONE)

    reply = await compose(answering, message("first"), message("second"), message("third"))

    assert [part.body for part in reply.parts] == ["You said: first", "Please wait."]
    assert (reply.kind, reply.reason) == (ReplyKind.ANSWER, "2 over the rate limit")


async def test_a_turn_over_the_limit_is_only_told_to_wait() -> None:
    """Once; later ones in the same window settle silently."""
    answering = Answering(rate_limit=ONE)
    first, second, third = (turn_of(message(), turn_id=turn_id) for turn_id in ("1-0", "2-0", "3-0"))

    replies = [await answering.compose(turn=turn, channel=answering.channel) for turn in (first, second, third)]

    assert [[part.body for part in reply.parts] for reply in replies] == [["You said: hello"], ["Please wait."], []]
    assert [reply.kind for reply in replies] == [ReplyKind.ANSWER, ReplyKind.LIMITED, ReplyKind.LIMITED]
    assert len(answering.agent.calls) == 1


async def test_what_cannot_be_read_counts_towards_the_limit() -> None:
    """Both words are said then."""
    answering = Answering(rate_limit=ONE)

    reply = await compose(answering, poll(), poll())

    assert [part.body for part in reply.parts] == ["I can only read text.", "Please wait."]


async def test_an_answer_is_seen_coming() -> None:
    """While the agent runs, the latest message shows as read and an answer as being written, again and again."""
    answering = Answering(messenger=WatchedMessenger(acknowledged_seconds=0.01))
    answering.agent.hold()
    first, latest = message(), message()

    composing = asyncio.create_task(compose(answering, first, latest))
    await eventually(lambda: len(answering.messenger.acknowledged) >= 3)
    answering.agent.release()
    await composing

    assert set(answering.messenger.acknowledged) == {latest}


async def test_the_acknowledgement_ends_before_the_reply() -> None:
    """Nothing is shown as being written once the answer is there."""
    answering = Answering(messenger=WatchedMessenger(acknowledged_seconds=0.01))
    tasks = asyncio.all_tasks()

    await compose(answering, message())

    assert asyncio.all_tasks() == tasks


async def test_the_acknowledgement_ends_with_a_failure_too() -> None:
    """And when we are told to stop."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: AgentFailure.CRASHED))
    tasks = asyncio.all_tasks()

    with pytest.raises(AgentFailedError):
        await compose(answering, message())
    answering.agent.hold()
    composing = asyncio.create_task(compose(answering, message()))
    await answering.agent.called(2)
    composing.cancel()

    with pytest.raises(asyncio.CancelledError):
        await composing
    assert asyncio.all_tasks() == tasks


async def test_a_refused_acknowledgement_harms_nothing() -> None:
    """It is tried again when the next one is due."""
    answering = Answering(messenger=WatchedMessenger(acknowledged_seconds=0.01))
    answering.messenger.fail_next(SendFailure.THROTTLED, SendFailure.FINAL)
    answering.agent.hold()

    composing = asyncio.create_task(compose(answering, message()))
    await eventually(lambda: answering.messenger.acknowledged)
    answering.agent.release()

    assert (await composing).kind is ReplyKind.ANSWER


class FaultyMessenger(WatchedMessenger):
    """Breaks the port's promise about which errors there are."""

    async def acknowledge(self, *, message: InboundMessage) -> None:
        self.steps.append("acknowledge")
        raise RuntimeError("a fault of the adapter")


async def test_a_faulty_acknowledgement_harms_nothing() -> None:
    """The answer is worth more than the ticks."""
    answering = Answering(messenger=FaultyMessenger())
    answering.agent.hold()

    composing = asyncio.create_task(compose(answering, message()))
    await eventually(lambda: answering.messenger.steps)
    answering.agent.release()

    assert (await composing).kind is ReplyKind.ANSWER


@pytest.mark.parametrize("over_the_limit", [False, True])
async def test_who_is_told_something_else_is_acknowledged_too(*, over_the_limit: bool) -> None:
    """They were read all the same: a command, what nobody can read, what is too much."""
    answering = Answering(rate_limit=RateLimitPolicy(window_seconds=60, max_messages=2))
    if over_the_limit:
        await compose(answering, message(), message())
        answering.messenger.acknowledged.clear()
    asked = [message("/new"), poll()]

    for each in asked:
        await compose(answering, each)

    assert answering.messenger.acknowledged == asked


async def test_nothing_is_shown_as_being_written_when_nothing_is() -> None:
    """A reaction gets no answer; what a human will answer they see themselves."""
    answering = Answering()
    thumb = evolve(message(), content=Reaction(message_id="sent-1", emoji="👍"))
    await compose(answering, thumb)
    await answering.take_over.begin(conversation=thumb.conversation, seconds=None, why="an operator took over")

    await compose(answering, message())

    assert answering.messenger.acknowledged == []


@define(kw_only=True)
class SlowMedia(MemoryMedia):
    """Hands out files when `goes_on` is set."""

    goes_on: asyncio.Event = field(factory=asyncio.Event)

    async def fetch(self, *, media: Media, largest: int) -> FetchedMedia:
        await self.goes_on.wait()
        return await super().fetch(media=media, largest=largest)


async def test_an_answer_is_seen_coming_while_its_files_are() -> None:
    """They may take long."""
    media = SlowMedia()
    answering = Answering(media=media, agent=ScriptedAgent(sees=True))
    picture = evolve(message(), content=Media(kind=MediaKind.IMAGE, id="photo", mime_type="image/jpeg"))

    composing = asyncio.create_task(compose(answering, picture))
    await eventually(lambda: answering.messenger.acknowledged)
    media.goes_on.set()

    assert (await composing).kind is ReplyKind.ANSWER
    assert answering.messenger.acknowledged == [picture]


@define(kw_only=True)
class SlowMessenger(WatchedMessenger):
    """Acknowledges some steps of the loop later, or never."""

    hangs: bool = False

    async def acknowledge(self, *, message: InboundMessage) -> None:
        self.steps.append("acknowledge")
        if self.hangs:
            await asyncio.Event().wait()
        for _ in range(10):
            await asyncio.sleep(0)
        self.steps.append("acknowledged")


async def test_a_quick_answer_waits_for_the_acknowledgement() -> None:
    """Or it would be lost, or show that something is written when all is."""
    slow = SlowMessenger()

    await compose(Answering(messenger=slow), message())

    assert slow.steps == ["acknowledge", "acknowledged"]


async def test_an_acknowledgement_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The answer is worth more."""
    monkeypatch.setattr("application.acknowledge.PATIENCE_SECONDS", 0.01)
    hanging = SlowMessenger(hangs=True)

    assert (await compose(Answering(messenger=hanging), message())).kind is ReplyKind.ANSWER
    assert hanging.steps == ["acknowledge"]


async def test_the_agent_gets_the_ids_of_what_was_chosen() -> None:
    """They are its own, and say more than a title."""
    answering = Answering()

    await compose(answering, evolve(message(), content=Tap(choice=Choice(id="order-2", title="No"))))

    assert answering.agent.calls[0].context["choice_ids"] == ["order-2"]


@pytest.mark.parametrize("said", ['{"messages": [{"picture": "x"}]}', "not JSON"])
async def test_an_answer_of_which_nothing_can_be_said_is_none(said: str) -> None:
    """So the agent may be asked again."""
    answering = Answering(agent=ScriptedAgent(script=lambda _: f"```trunkline\n{said}\n```"))

    with pytest.raises(AgentFailedError) as failed:
        await compose(answering, message())

    assert failed.value.failure is AgentFailure.EMPTY_ANSWER
    assert failed.value.detail


async def test_fresh_starts_count_towards_the_limit() -> None:
    """Each is answered, and what is sent may cost; it is forgotten all the same."""
    answering = Answering(rate_limit=ONE)

    first, second = [await compose(answering, message("/new")) for _ in range(2)]

    assert (first.kind, second.kind) == (ReplyKind.COMMAND, ReplyKind.LIMITED)
    standing = await answering.standings.of(conversation=message().conversation)
    assert standing.session == 2
