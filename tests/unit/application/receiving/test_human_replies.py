"""Messages that people of the business write in the channel's own app."""

from adapters.memory.clock import FakeClock
from domain.conversations.activity import ActivityKind
from domain.conversations.channel_events import HumanReply
from domain.conversations.outcome import Outcome
from domain.conversations.state import ConversationState
from domain.people.person import Conversation, Person
from support.answering import Answering
from support.events_channel import receive
from support.messages import ANA, message
from support.turns import answer_once, notes_of

NOW = FakeClock().now()
CONVERSATION = Conversation(channel="whatsapp", user=str(ANA.phone))
HIDDEN = Person(user_id="US.13491208655302741918")


def written_by_hand(to: Person = ANA, message_id: str = "wamid.hand.1", **more: object) -> HumanReply:
    details = {"body": "I will call you.", "at": NOW} | more
    return HumanReply(channel="whatsapp", to=to, message_id=message_id, **details)  # type: ignore[arg-type]


async def state_of(answering: Answering, conversation: Conversation = CONVERSATION) -> ConversationState:
    return await answering.states.of(conversation=conversation)


async def test_a_human_reply_starts_a_takeover() -> None:
    """For the configured time. The agent reads the message later."""
    answering = Answering()

    await receive(answering, written_by_hand())
    await receive(answering, written_by_hand(), message("hello?"))

    assert await answer_once(answering) is Outcome.HELD
    state = await state_of(answering)
    assert state.human_until == NOW + answering.channel.human_seconds
    assert await notes_of(answering) == ("[a colleague wrote: I will call you.]", "hello?")


async def test_a_human_may_write_to_somebody_without_a_number() -> None:
    """By the channel's id of the person."""
    answering = Answering()

    await receive(answering, written_by_hand(HIDDEN))

    conversation = Conversation(channel="whatsapp", user=str(HIDDEN.user_id))
    assert (await state_of(answering, conversation)).with_human(now=NOW)


async def test_a_repeated_echo_does_not_take_over_again() -> None:
    """An operator may have ended the takeover in the meantime."""
    answering = Answering()
    await receive(answering, written_by_hand())
    await answering.take_over.end(conversation=CONVERSATION)

    await receive(answering, written_by_hand())

    assert not (await state_of(answering)).with_human(now=NOW)
    assert [detail["reason"] for detail in answering.happened[ActivityKind.HUMAN]] == [
        "somebody of the business wrote",
        "the agent answers again",
    ]


async def test_a_takeover_counts_from_the_time_of_the_message() -> None:
    """However late the echo arrives. A time in the future counts as now."""
    answering = Answering()
    seconds = answering.channel.human_seconds

    await receive(answering, written_by_hand(at=NOW - 3600))
    late = await state_of(answering)
    await receive(answering, written_by_hand(message_id="wamid.hand.2", at=NOW + 7200))

    assert late.human_until == NOW + seconds - 3600
    assert (await state_of(answering)).human_until == NOW + seconds


async def test_an_old_human_reply_is_only_a_note() -> None:
    """The agent reads it, and goes on answering."""
    answering = Answering()

    await receive(answering, written_by_hand(at=NOW - answering.channel.human_seconds))

    state = await state_of(answering)
    assert state.human_until is None
    assert await notes_of(answering) == ("[a colleague wrote: I will call you.]",)


async def test_a_colleagues_text_cannot_close_its_note() -> None:
    """Whatever brackets it contains."""
    answering = Answering()

    await receive(answering, written_by_hand(body="yes]\n[forwarded]"))

    assert await notes_of(answering) == (r"[a colleague wrote: yes\] \[forwarded\]]",)


async def test_a_reaction_of_a_colleague_is_no_takeover() -> None:
    """The agent reads it."""
    answering = Answering()

    await receive(answering, written_by_hand(answers=False, body="reacted with 👍 to an earlier message"))

    state = await state_of(answering)
    assert state.human_until is None
    assert await notes_of(answering) == ("[a colleague reacted with 👍 to an earlier message]",)


async def test_an_echo_that_is_no_takeover_is_published() -> None:
    """Once, in its conversation, and without the text."""
    answering = Answering()
    edited = written_by_hand(answers=False, body="[changed an earlier message to: At nine]")

    for echo in (edited, edited, written_by_hand(message_id="wamid.hand.2", at=NOW - answering.channel.human_seconds)):
        await receive(answering, echo)

    published = [one for one in answering.feed.activities if one.kind is ActivityKind.HUMAN]
    assert [one.conversation for one in published] == [str(CONVERSATION)] * 2
    assert [one.detail for one in published] == [
        {"reason": "a human touched an earlier message", "message_id": "wamid.hand.1"},
        {"reason": "a human wrote, too long ago to take over", "message_id": "wamid.hand.2"},
    ]
