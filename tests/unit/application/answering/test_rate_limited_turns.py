"""What a turn is answered that brings more messages than the limit allows."""

from domain.conversations.outcome import Outcome
from domain.policies.rate_limit import RateLimitPolicy
from support.answering import Answering
from support.messages import message, poll
from support.turns import compose, compose_turn, turn_of

ONE = RateLimitPolicy(window_seconds=60, max_messages=1)


async def test_messages_over_the_limit_do_not_reach_the_agent() -> None:
    """The notice comes after the answer to those within it."""
    answering = Answering(rate_limit=ONE)

    reply = await compose(answering, message("first"), message("second"), message("third"))

    assert [part.body.text for part in reply.parts] == ["You said: first", "Please wait."]
    assert (reply.outcome, reply.reason) == (Outcome.ANSWERED, "2 over the rate limit")


async def test_a_turn_over_the_limit_is_only_told_to_wait() -> None:
    """Once; later ones in the same window settle silently."""
    answering = Answering(rate_limit=ONE)
    first, second, third = (turn_of(message(), turn_id=turn_id) for turn_id in ("1-0", "2-0", "3-0"))

    replies = [await compose_turn(answering, turn) for turn in (first, second, third)]

    assert [[part.body.text for part in reply.parts] for reply in replies] == [
        ["You said: hello"],
        ["Please wait."],
        [],
    ]
    assert [reply.outcome for reply in replies] == [Outcome.ANSWERED, Outcome.LIMITED, Outcome.LIMITED]
    assert len(answering.agent.calls) == 1


async def test_what_cannot_be_read_counts_towards_the_limit() -> None:
    """Both words are said then."""
    answering = Answering(rate_limit=ONE)

    reply = await compose(answering, poll(), poll())

    assert [part.body.text for part in reply.parts] == ["I can only read text.", "Please wait."]


async def test_fresh_starts_count_towards_the_limit() -> None:
    """Each is answered, and what is sent may cost; it is forgotten all the same."""
    answering = Answering(rate_limit=ONE)

    first, second = [await compose(answering, message("/new")) for _ in range(2)]

    assert (first.outcome, second.outcome) == (Outcome.COMMAND, Outcome.LIMITED)
    state = await answering.states.of(conversation=message().conversation)
    assert state.session == 2
