"""A proposal is decided, delivered if it was approved, and both the agent and the person learn what became of it."""

import json
from typing import Any

import pytest
from attrs import evolve

from adapters.memory.agent import ScriptedAgent
from application.ports.proposals import AlreadyDecidedError
from application.ports.store import StoreUnavailableError
from domain.conversations.activity import ActivityKind
from domain.conversations.proposals import Proposal, ProposalState
from domain.policies.proposals import ProposalPolicy
from domain.policies.redelivery import Redelivery
from support.answering import Answering
from support.messages import CONVERSATION
from support.polling import eventually
from support.proposals import proposing
from support.receiver import FakeReceiver
from support.turns import answer_once, answer_texts, notes_of

SUMMARY = '[your proposal shop_create_order {"boxes":2,"note":"caf\u00e9"}'
QUICK = ProposalPolicy(redelivery=Redelivery(first_seconds=0.0, give_up_seconds=60))


async def asked(**parts: Any) -> tuple[Answering, Proposal]:
    """A conversation in which the agent has proposed an order."""
    receiver = parts.pop("receiver", FakeReceiver())
    answering = Answering(
        agent=ScriptedAgent(script=lambda _: proposing("Asked.")),
        receiver=receiver,
        **{"proposal_policy": QUICK, **parts},
    )
    await answer_texts(answering, "two boxes")
    (proposal,) = (await answering.use_cases.proposals.page(limit=9)).items
    return answering, proposal


async def approve(answering: Answering, proposal: Proposal, *, reason: str = "") -> Proposal:
    return await answering.use_cases.decide_proposal.approve(proposal_id=proposal.id, by="olga", reason=reason)


async def reject(answering: Answering, proposal: Proposal, *, reason: str = "") -> Proposal:
    return await answering.use_cases.decide_proposal.reject(proposal_id=proposal.id, by="olga", reason=reason)


async def follow_up(answering: Answering) -> None:
    await answering.use_cases.follow_up_decisions()


async def shown(answering: Answering, proposal: Proposal) -> Proposal:
    return await answering.use_cases.proposals.show(proposal_id=proposal.id)


def states_published(answering: Answering) -> list[str]:
    return [detail["state"] for detail in answering.happened.get(ActivityKind.PROPOSAL, [])]


async def test_an_approved_one_is_delivered() -> None:
    """Once, with what its receiver needs. It is done then."""
    answering, proposal = await asked()
    await follow_up(answering)
    assert answering.receiver.messages == []  # type: ignore[union-attr]

    approved = await approve(answering, proposal)
    await follow_up(answering)
    await follow_up(answering)

    ((message_id, body),) = answering.receiver.messages  # type: ignore[union-attr]
    assert message_id == proposal.id
    message = json.loads(body)
    assert message["type"] == "proposal.approved"
    assert message["data"] | {"approved_at": "", "proposed_at": ""} == {
        "id": proposal.id,
        "channel": "whatsapp",
        "user": "15550002222",
        "agent": "assistant",
        "turn_id": proposal.turn_id,
        "tool": "shop_create_order",
        "type": "api",
        "destination": "shop",
        "operation": "create_order",
        "arguments": {"boxes": 2, "note": "caf\u00e9"},
        "via": None,
        "proposed_at": "",
        "approved_at": "",
        "approved_by": "olga",
    }
    assert (await shown(answering, proposal)) == evolve(approved, state=ProposalState.DONE)
    assert states_published(answering) == ["delivering", "done"]


async def test_the_agent_and_the_person_learn_the_result() -> None:
    """The receiver says what came of it, in words for each of them."""
    answer = {"status": "done", "result": "order 17", "message": "We have ordered *two boxes*."}
    answering, proposal = await asked(receiver=FakeReceiver(answer=json.dumps(answer).encode()))
    await approve(answering, proposal)

    await follow_up(answering)

    assert await notes_of(answering) == (f"{SUMMARY} was approved and carried out: order 17]",)
    assert (await shown(answering, proposal)).result == "order 17"
    await answer_once(answering)
    assert answering.messenger.sent_texts == ["Asked.", "We have ordered *two boxes*."]


@pytest.mark.parametrize("answer", [b"", b"ok", b"[1]", b'{"status": 7, "message": ["x"]}', b"{" * 10_000, b"\xff"])
async def test_a_receiver_need_not_say_anything(answer: bytes) -> None:
    """Then the person gets a text of ours."""
    answering, proposal = await asked(receiver=FakeReceiver(answer=answer))
    await approve(answering, proposal)

    await follow_up(answering)
    await answer_once(answering)

    assert (await shown(answering, proposal)).state is ProposalState.DONE
    assert answering.messenger.sent_texts == ["Asked.", "It is done."]


async def test_what_could_not_be_carried_out() -> None:
    """The receiver took it, and says that it failed. It is not delivered again."""
    answering, proposal = await asked(receiver=FakeReceiver(answer=b'{"status": "failed", "result": "out of stock"}'))
    await approve(answering, proposal)

    await follow_up(answering)
    await follow_up(answering)
    await answer_once(answering)

    assert (await shown(answering, proposal)).state is ProposalState.FAILED
    assert len(answering.receiver.messages) == 1  # type: ignore[union-attr]
    assert answering.messenger.sent_texts[-1] == "It failed."
    assert (await notes_of(answering))[0] == (f"{SUMMARY} was approved, but it could not be carried out: out of stock]")


async def test_a_delivery_is_tried_again() -> None:
    """Under the same id, until it is taken."""
    answering, proposal = await asked(receiver=(receiver := FakeReceiver(fails="HTTP 503")))
    await approve(answering, proposal)
    await follow_up(answering)
    failed = await shown(answering, proposal)
    receiver.fails = ""

    await eventually(lambda: _is(answering, proposal, ProposalState.DONE))

    assert (failed.state, failed.attempts, failed.error) == (ProposalState.DELIVERING, 1, "HTTP 503")
    assert [message_id for message_id, _ in receiver.messages] == [proposal.id] * 2
    assert receiver.messages[0] == receiver.messages[1]
    assert len(await notes_of(answering)) == 1


async def _is(answering: Answering, proposal: Proposal, state: ProposalState) -> bool:
    await follow_up(answering)
    return (await shown(answering, proposal)).state is state


async def test_what_nobody_takes_waits_for_an_operator() -> None:
    """Who approves it again, or rejects it. The person is told when it is certain."""
    answering, proposal = await asked(receiver=(receiver := FakeReceiver(fails="HTTP 500")))
    await approve(answering, proposal)
    answering.clock.advance(61)

    await follow_up(answering)

    undelivered = await shown(answering, proposal)
    assert (undelivered.state, undelivered.error) == (ProposalState.UNDELIVERED, "HTTP 500")
    assert answering.happened[ActivityKind.PROPOSAL][-1] == {
        "proposal": proposal.id,
        "state": "undelivered",
        "tool": "shop_create_order",
        "by": "olga",
        "error": "HTTP 500",
    }
    assert answering.mailbox.mailbox.queues == {}
    receiver.fails = ""
    await approve(answering, proposal)
    await follow_up(answering)
    assert (await shown(answering, proposal)).state is ProposalState.DONE


async def test_an_approval_twice_is_one_delivery() -> None:
    """Also when the second one comes after the delivery."""
    answering, proposal = await asked()
    first = await approve(answering, proposal)
    assert await approve(answering, proposal, reason="again") == first
    await follow_up(answering)
    again = await approve(answering, proposal)
    await follow_up(answering)

    assert again.state is ProposalState.DONE
    assert len(answering.receiver.messages) == 1  # type: ignore[union-attr]
    assert states_published(answering) == ["delivering", "done"]


async def test_a_rejected_one_goes_nowhere() -> None:
    """The agent learns why, the person that."""
    answering, proposal = await asked()
    rejected = await reject(answering, proposal, reason="too expensive")
    assert await reject(answering, proposal) == rejected
    with pytest.raises(AlreadyDecidedError):
        await approve(answering, proposal)

    await follow_up(answering)
    await answer_once(answering)

    assert answering.receiver.messages == []  # type: ignore[union-attr]
    assert answering.messenger.sent_texts == ["Asked.", "It was rejected."]
    assert (await notes_of(answering))[0] == f"{SUMMARY} was rejected: too expensive]"
    assert states_published(answering) == ["rejected"]
    metrics = answering.metrics.render().decode()
    assert 'trunkline_proposals_total{channel="whatsapp",outcome="rejected"} 1.0' in metrics


async def test_an_approved_one_is_not_rejected() -> None:
    answering, proposal = await asked()
    await approve(answering, proposal)

    with pytest.raises(AlreadyDecidedError):
        await reject(answering, proposal)


async def test_without_an_address_an_approval_is_only_kept() -> None:
    """Nobody says that it was carried out."""
    answering, proposal = await asked(receiver=None)

    approved = await approve(answering, proposal)
    await follow_up(answering)

    assert approved.state is ProposalState.DELIVERING
    assert states_published(answering) == ["delivering", "approved"]
    assert (await shown(answering, proposal)).state is ProposalState.APPROVED
    assert await notes_of(answering) == (f"{SUMMARY} was approved; nobody has said yet that it is carried out]",)
    assert answering.mailbox.mailbox.queues == {}


async def test_nobody_is_written_to_after_the_window() -> None:
    """The agent still learns it."""
    answering, proposal = await asked(window_seconds=3600.0)
    await reject(answering, proposal)

    await follow_up(answering)

    assert answering.mailbox.mailbox.queues == {}
    assert len(await notes_of(answering)) == 1


async def test_people_are_not_told_where_that_is_off() -> None:
    answering, proposal = await asked(proposal_policy=evolve(QUICK, notifies_people=False))
    await reject(answering, proposal)

    await follow_up(answering)

    assert answering.mailbox.mailbox.queues == {}
    assert len(await notes_of(answering)) == 1


async def test_who_cannot_be_reached_is_not_written_to() -> None:
    answering, proposal = await asked()
    await answering.states.change(conversation=CONVERSATION, unreachable_at=answering.clock.now())
    await reject(answering, proposal)

    await follow_up(answering)

    assert answering.mailbox.mailbox.queues == {}


async def test_a_worker_that_dies_after_the_delivery_leaves_it_to_the_next() -> None:
    """Who delivers it once more under the same id. The person is told once."""
    answering, proposal = await asked()
    await approve(answering, proposal)
    mailbox, proposals = answering.mailbox, answering.mailbox.mailbox.proposals
    mailbox.away = True  # after the delivery, nothing can be stored
    await follow_up(answering)
    assert (await shown(answering, proposal)).state is ProposalState.DELIVERING
    mailbox.away = False
    for id_ in proposals.due:
        proposals.due[id_] = 0.0  # its claim ran out

    await follow_up(answering)
    await answer_once(answering)

    assert len(answering.receiver.messages) == 2  # type: ignore[union-attr]
    assert (await shown(answering, proposal)).state is ProposalState.DONE
    assert answering.messenger.sent_texts == ["Asked.", "It is done."]
    assert len([note for note in await notes_of(answering) if note.startswith(SUMMARY)]) == 1


async def test_two_workers_end_it_once() -> None:
    """The slower one publishes nothing."""
    answering, proposal = await asked()
    await approve(answering, proposal)
    proposals = answering.mailbox.mailbox.proposals

    async def second_worker() -> None:
        answering.receiver.before = None  # type: ignore[union-attr]
        proposals.due[proposal.id] = 0.0
        await follow_up(answering)

    answering.receiver.before = second_worker  # type: ignore[union-attr]
    await follow_up(answering)

    assert states_published(answering) == ["delivering", "done"]


async def test_an_error_inside_holds_nothing_else_up(caplog: pytest.LogCaptureFixture) -> None:
    """It is logged, and the proposal is due again later."""
    answering, proposal = await asked()
    await approve(answering, proposal)

    async def fails() -> None:
        raise ZeroDivisionError

    answering.receiver.before = fails  # type: ignore[union-attr]
    await follow_up(answering)

    assert "failed with an internal error" in caplog.text
    assert (await shown(answering, proposal)).state is ProposalState.DELIVERING


async def test_without_the_store_nothing_is_taken() -> None:
    answering, _ = await asked()

    class Away:
        async def claim_due(self, **_: object) -> None:
            raise StoreUnavailableError

    with pytest.raises(StoreUnavailableError):
        await evolve(answering.use_cases.follow_up_decisions, proposals=Away())()  # type: ignore[arg-type]


async def test_nobody_decides_in_time() -> None:
    """It expires, and says so: an event, a note for the agent, a text for the person."""
    answering, proposal = await asked(proposal_policy=evolve(QUICK, expire_seconds=600))
    await answering.use_cases.expire_proposals()
    assert (await shown(answering, proposal)).state is ProposalState.OPEN
    answering.clock.advance(601)

    await answering.use_cases.expire_proposals()
    await follow_up(answering)
    await answer_once(answering)

    assert (await shown(answering, proposal)).state is ProposalState.EXPIRED
    assert answering.happened[ActivityKind.PROPOSAL] == [
        {
            "proposal": proposal.id,
            "state": "expired",
            "tool": "shop_create_order",
            "reason": "nobody decided in time",
        }
    ]
    assert answering.messenger.sent_texts[-1] == "It was rejected."
    assert (await notes_of(answering))[0] == f"{SUMMARY} was not approved in time]"
    with pytest.raises(AlreadyDecidedError):
        await approve(answering, proposal)


async def test_only_so_many_are_open() -> None:
    """The oldest makes room."""
    answering, first = await asked(proposal_policy=evolve(QUICK, max_open=2))
    for text in ("two", "three"):
        answering.clock.advance(1)
        await answer_texts(answering, text)

    await answering.use_cases.expire_proposals()

    page = await answering.use_cases.proposals.page(limit=9)
    assert [one.state for one in page.items] == [ProposalState.EXPIRED, ProposalState.OPEN, ProposalState.OPEN]
    assert answering.happened[ActivityKind.PROPOSAL][0]["reason"] == "too many were open"
    assert page.items[0].id == first.id


async def test_what_is_over_is_deleted_after_some_weeks() -> None:
    answering, proposal = await asked(proposal_policy=evolve(QUICK, expire_seconds=600))
    await reject(answering, proposal)
    await follow_up(answering)
    answering.clock.advance(31 * 24 * 3600)

    await answering.use_cases.expire_proposals()

    assert (await answering.use_cases.proposals.page(limit=9)).items == ()
