"""A step of a turn stores its changes beside the turn together with the step. `begin` returns all of them."""

import asyncio
import datetime as dt
import math
from typing import Any

import pytest

from application.ports.breaker_store import State
from application.ports.dead_letters import DeadLetters
from application.ports.leases import Claim, LeaseLostError
from application.ports.message_log import Remembered
from application.ports.turn_changes import TurnChanges
from application.ports.turns import BegunTurn
from application.ports.usage import CountedUsage
from contracts.mailbox_steps import ANSWER, begin_one, claim_one, take_over
from domain.conversations.activity import Activity, ActivityKind
from domain.conversations.agent_notes import AgentNote, NoteKind
from domain.conversations.state import ConversationState
from domain.conversations.usage import ModelUsage, Usage
from domain.messages.shared_values import Choice
from domain.policies.budget import BudgetScope
from domain.policies.rate_limit import Arrival, RateLog
from support.begin import begin_turn
from support.messages import BOB, CONVERSATION, enqueued

NOTES = tuple(AgentNote(kind=NoteKind.OPERATOR_WROTE, text=text) for text in ("one", 'two "\u00e9"'))
CHOICES = (Choice(id="s", title="Small"),)
SENT = {0: "wamid.out.1"}


def arrivals(*times: float) -> tuple[Arrival, ...]:
    return tuple(Arrival(id=f"wamid.{at}", at=at) for at in times)


def changes(*times: float, keep_seconds: float = 60, **more: Any) -> TurnChanges:
    """Messages that were admitted at these times, and more."""
    return TurnChanges(rate_log=RateLog(messages=arrivals(*times)), keep_seconds=keep_seconds, **more)


async def step(mailbox: Any, name: str, claim: Claim, changed: TurnChanges) -> object:
    more: dict[str, dict[str, object]] = {
        "save_reply": {"reply": ANSWER},
        "retry_later": {"after_seconds": 0, "error": "why"},
        "defer": {"after_seconds": 0},
        "dead_letter": {"reason": "why"},
    }
    result: object = await getattr(mailbox, name)(claim=claim, changes=changed, **more.get(name, {}))
    return result


STEPS = ("save_reply", "record_sent", "complete", "retry_later", "defer", "dead_letter", "release")
PUBLISHING = ("save_reply", "complete", "retry_later", "dead_letter")
SETTLING = frozenset(STEPS) - {"save_reply", "record_sent"}


def activities(*reasons: str) -> tuple[Activity, ...]:
    return tuple(Activity.within(CONVERSATION, kind=ActivityKind.HUMAN, at=1.0, reason=reason) for reason in reasons)


async def published(mailbox: Any) -> list[str]:
    """The reasons of all activities in the feed of the mailbox."""
    await mailbox.feed.publish(activities=activities("the end"))
    reasons: list[str] = []
    async with asyncio.timeout(10):
        async for _, activity in mailbox.feed.follow(after="0"):
            if activity.detail["reason"] == "the end":
                break
            reasons.append(activity.detail["reason"])
    return reasons


class TurnChangesContract:
    """Part of the mailbox contract; provide its fixtures. The mailbox has `states`, `breakers` and `log` of its own."""

    async def test_a_new_conversation_has_no_past(self, mailbox: Any) -> None:
        """Nothing is known of it."""
        await mailbox.accept(messages=[enqueued()])
        begun = await mailbox.begin(claim=await claim_one(mailbox))

        assert (begun.state, begun.rate_log, begun.breaker.state) == (ConversationState(), RateLog(), State.CLOSED)

    @pytest.mark.parametrize("name", PUBLISHING)
    async def test_a_step_publishes_in_order(self, mailbox: Any, name: str) -> None:
        """Together with what it does, so that a worker that dies afterwards takes nothing along."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)

        await step(mailbox, name, claim, TurnChanges(activities=activities("one", "two \u00e9")))

        assert await published(mailbox) == ["one", "two \u00e9"]

    async def test_a_lost_lease_publishes_nothing(self, mailbox: Any) -> None:
        """The worker that took over does."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)
        await take_over(mailbox, worker="b")

        for name in PUBLISHING:
            with pytest.raises(LeaseLostError):
                await step(mailbox, name, claim, TurnChanges(activities=activities(name)))

        assert await published(mailbox) == []

    async def test_a_budget_is_warned_about_with_the_reply(self, mailbox: Any) -> None:
        """Only that which is nearly used up, and once."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)
        used = Usage(agent="a", models=(ModelUsage(model="m", tokens_in=1, tokens_out=1, cost=0.5),))
        warn_from = {BudgetScope.PERSON: 0.4, BudgetScope.CHANNEL: 4.0}
        counted = CountedUsage(usage=used, day=dt.date(2026, 7, 1), warn_from=warn_from)
        warnings = {scope: activities(scope.value)[0] for scope in BudgetScope}

        for _ in range(2):
            await step(mailbox, "save_reply", claim, TurnChanges(usage=counted, warnings=warnings))

        assert await published(mailbox) == ["person"]

    @pytest.mark.parametrize("name", STEPS)
    async def test_a_step_stores_what_it_changes(self, mailbox: Any, name: str) -> None:
        """All of it. The next turn of the conversation begins with it."""
        await mailbox.accept(messages=[enqueued("first", message_id="m1")])
        await mailbox.states.note(conversation=CONVERSATION, agent_notes=NOTES[:1])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(messages=[enqueued("second", message_id="m2")])
        rate_log = RateLog(messages=arrivals(1001.5, 1003.0000001), notices=arrivals(1002))
        first = Remembered(channel="whatsapp", message_id="m1", text="first")
        changed = TurnChanges(
            sent=SENT,
            state={"choices": CHOICES, "answered_at": 5.25, "human_until": math.inf},
            heard=NOTES[:1],
            agent_notes=NOTES[1:],
            rate_log=rate_log,
            keep_seconds=60,
            words=(first,),
        )

        await step(mailbox, name, claim, changed)

        begun = await mailbox.begin(claim=await claim_one(mailbox) if name in SETTLING else claim)
        assert begun.state == ConversationState(
            choices=CHOICES, answered_at=5.25, human_until=math.inf, agent_notes=NOTES[1:]
        )
        assert begun.rate_log == rate_log
        assert await mailbox.log.recall(channel="whatsapp", message_ids=["m1"]) == {"m1": first}
        assert begun.turn.sent == (() if name in {"complete", "dead_letter"} else ("wamid.out.1",))

    @pytest.mark.parametrize("name", ["save_reply", "retry_later", "defer", "release"])
    async def test_the_agent_that_began_a_turn(self, mailbox: Any, name: str) -> None:
        """The next attempt knows it. Another turn of the conversation does not."""
        await mailbox.accept(messages=[enqueued("first")])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(messages=[enqueued("second")])
        await step(mailbox, name, claim, TurnChanges(agent="sales/billing"))

        again = await claim_one(mailbox) if name in SETTLING else claim
        begun = await mailbox.begin(claim=again)
        await mailbox.complete(claim=again)
        _, next_turn = await begin_one(mailbox)

        assert (begun.turn.agent, next_turn.agent) == ("sales/billing", "")

    @pytest.mark.parametrize("name", ["save_reply", "record_sent"])
    async def test_a_step_returns_the_present_state(self, mailbox: Any, name: str) -> None:
        """With its own changes, and with what others changed since the turn began: a human may have taken over."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)
        await mailbox.states.change(conversation=CONVERSATION, human_until=60.0)
        answer = await step(mailbox, name, claim, TurnChanges(state={"session": 1}))

        assert getattr(answer, "state", answer) == ConversationState(human_until=60.0, session=1)

    @pytest.mark.parametrize("name", STEPS)
    async def test_a_stale_worker_changes_nothing(self, mailbox: Any, name: str) -> None:
        """The next worker makes these changes itself."""
        await mailbox.accept(messages=[enqueued()])
        stale, _ = await begin_one(mailbox)
        claim = await take_over(mailbox, worker="b")

        with pytest.raises(LeaseLostError):
            await step(mailbox, name, stale, changes(1001, sent=SENT, state={"session": 1}, agent_notes=NOTES))

        begun = await mailbox.begin(claim=claim)
        assert (begun.state, begun.rate_log, begun.turn.sent) == (ConversationState(), RateLog(), ())

    async def test_the_last_part_is_known_to_a_dead_letter(self, mailbox: Any, dead_letters: DeadLetters) -> None:
        """It is recorded with the step that sets the turn aside."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)

        await mailbox.dead_letter(claim=claim, reason="why", changes=TurnChanges(sent=SENT))

        (letter,) = await dead_letters.page(limit=10)
        assert letter.turn.sent == ("wamid.out.1",)

    async def test_a_part_that_is_recorded_while_the_turn_is_handed_back_is_not_sent_again(self, mailbox: Any) -> None:
        """The next worker goes on with the part after it."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=ANSWER)

        await mailbox.release(claim=claim, changes=TurnChanges(sent=SENT))

        turn = await begin_turn(mailbox, await claim_one(mailbox, worker="b"))
        assert turn is not None
        assert turn.next_part == ANSWER.parts[1]

    async def test_admitted_messages_come_back_oldest_first(self, mailbox: Any) -> None:
        """Each message once, also when the turn is tried again."""
        claim = await self._claimed(mailbox)
        for times in ((1003.25, 1001.5), (1002.125, 1003.25)):
            await mailbox.record_sent(claim=claim, changes=changes(*times))

        assert (await self._begun(mailbox, claim)).rate_log.messages == arrivals(1001.5, 1002.125, 1003.25)

    async def test_the_rate_log_forgets_what_is_too_old_to_matter(self, mailbox: Any) -> None:
        """A log does not grow with its conversation. A message that is exactly as old as that still counts."""
        claim = await self._claimed(mailbox)
        for at in (1000.0, 1000.5, 1060.5):
            await mailbox.record_sent(claim=claim, changes=changes(at))

        assert (await self._begun(mailbox, claim)).rate_log.messages == arrivals(1000.5, 1060.5)

    async def test_people_do_not_share_a_rate_log(self, mailbox: Any) -> None:
        """Each conversation has its own."""
        await mailbox.record_sent(claim=await self._claimed(mailbox), changes=changes(1001))
        await mailbox.accept(messages=[enqueued(person=BOB)])

        assert (await self._begun(mailbox, await claim_one(mailbox))).rate_log == RateLog()

    async def test_begin_looks_at_the_circuit_breaker(self, mailbox: Any) -> None:
        """This takes no trial send, because the turn may have nothing to send."""
        claim = await self._claimed(mailbox)
        await mailbox.breakers.open(channel="whatsapp", reason="a word", seconds=60)
        is_open = (await self._begun(mailbox, claim)).breaker
        await mailbox.breakers.close(channel="whatsapp")
        await mailbox.breakers.open(channel="whatsapp", reason="a word", seconds=0)
        half_open = [(await self._begun(mailbox, claim)).breaker.state for _ in range(2)]

        assert (is_open.state, is_open.reason) == (State.OPEN, "a word")
        assert half_open == [State.HALF_OPEN] * 2
        assert (await mailbox.breakers.try_acquire(channel="whatsapp")).state is State.HALF_OPEN

    async def _claimed(self, mailbox: Any) -> Claim:
        await mailbox.accept(messages=[enqueued()])
        return (await begin_one(mailbox))[0]

    async def _begun(self, mailbox: Any, claim: Claim) -> BegunTurn:
        begun: BegunTurn | None = await mailbox.begin(claim=claim)
        assert begun is not None
        return begun
