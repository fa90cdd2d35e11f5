"""How a turn with messages over the rate limit is answered."""

from domain.conversations.outcome import Outcome
from domain.policies.rate_limit import RateLimitPolicy
from support.answering import Answering
from support.messages import message, poll
from support.turns import compose, compose_turn, turn_of

ONE = RateLimitPolicy(window_seconds=60, max_messages=1)


async def test_messages_over_the_limit_do_not_reach_the_agent() -> None:
    """The notice comes after the answer to the other messages."""
    answering = Answering(rate_limit=ONE)

    reply = await compose(answering, message("first"), message("second"), message("third"))

    assert [part.body.text for part in reply.parts] == ["You said: first", "Please wait."]
    assert (reply.outcome, reply.reason) == (Outcome.ANSWERED, "2 over the rate limit")


async def test_a_turn_over_the_limit_gets_only_the_notice() -> None:
    """Once. Later turns of the same window get no answer."""
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


async def test_unreadable_messages_count_towards_the_limit() -> None:
    """The person gets both texts."""
    answering = Answering(rate_limit=ONE)

    reply = await compose(answering, poll(), poll())

    assert [part.body.text for part in reply.parts] == ["I can only read text.", "Please wait."]


async def test_fresh_starts_count_towards_the_limit() -> None:
    """Each answer to one may cost money. The session is reset all the same."""
    answering = Answering(rate_limit=ONE)

    first, second = [await compose(answering, message("/new")) for _ in range(2)]

    assert (first.outcome, second.outcome) == (Outcome.COMMAND, Outcome.LIMITED)
    state = await answering.states.of(conversation=message().conversation)
    assert state.session == 2
