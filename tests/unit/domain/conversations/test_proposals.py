"""Proposals as values."""

import re

from attrs import evolve

from domain.conversations.proposals import ID_PATTERN, Proposal, ids_before, in_excess
from domain.people.person import Conversation
from support.messages import ANA, CONVERSATION
from support.proposals import PROPOSED_AT, action


def made(count: int, *, conversation: Conversation = CONVERSATION, at: float = PROPOSED_AT) -> tuple[Proposal, ...]:
    return Proposal.of_turn(
        [action()] * count, turn_id="1-0", conversation=conversation, person=ANA, agent="assistant", at=at
    )


def test_ids_sort_by_time_and_order() -> None:
    """The same turn gives the same ids at the same time."""
    ids = [one.id for one in (*made(20), *made(2, at=PROPOSED_AT + 0.001), *made(1, at=PROPOSED_AT + 1))]

    assert ids == sorted(ids)
    assert len(set(ids)) == 23
    assert all(re.fullmatch(ID_PATTERN, id_) for id_ in ids)
    assert made(3) == made(3)


def test_other_conversations_and_turns_have_other_ids() -> None:
    (one,), (other,) = made(1), made(1, conversation=Conversation(channel="other", user="1"))

    assert one.id != other.id


def test_a_moment_divides_the_ids() -> None:
    (one,) = made(1)

    assert ids_before(PROPOSED_AT) < one.id < ids_before(PROPOSED_AT + 0.001)
    assert ids_before(-1) == "0000000000000"


def test_a_summary_is_short() -> None:
    (one,) = made(1)
    long = evolve(one, action=evolve(action(), arguments=f'{{"a":"{"x" * 1000}"}}'))

    assert one.summary == 'shop_create_order {"boxes":2,"note":"caf\u00e9"}'
    assert len(long.summary) < 310


def test_the_conversation_with_most_gives_up_its_oldest() -> None:
    """One person cannot push out the proposals of others."""
    bob = Conversation(channel="whatsapp", user="2")
    (of_bob,) = made(1, conversation=bob)
    of_ana = made(4)

    assert in_excess([of_bob, *of_ana], most=3) == of_ana[:2]
    assert in_excess([of_bob, *of_ana], most=5) == ()
    assert (
        in_excess([of_bob, *of_ana], most=1) == (*of_ana[:3], of_bob) or len(in_excess([of_bob, *of_ana], most=1)) == 4
    )
