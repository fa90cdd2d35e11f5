"""Sessions whose memory is to be cleared come back until they are done. They travel with the steps of a turn."""

from typing import Any

import pytest
from attrs import evolve

from application.ports.forgetting import OldSession
from application.ports.turn_changes import TurnChanges
from contracts.mailbox_steps import ANSWER, begin_one
from contracts.usage_contract import counted
from support.messages import enqueued
from support.polling import eventually

SESSION = OldSession(agent="assistant", session_id='15550002222~new1 "\u00e9"', since=1_750_000_000.5)


class ForgettingContract:
    """Part of the mailbox contract; provide its fixtures. The mailbox has `forgetting`."""

    @pytest.mark.parametrize("usage", [False, True])
    async def test_a_turn_leaves_an_old_session(self, mailbox: Any, *, usage: bool) -> None:
        """However often the step is repeated, and whatever else it stores."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)
        changes = evolve(counted() if usage else TurnChanges(), forget=(SESSION,))
        for _ in range(2):
            await mailbox.save_reply(claim=claim, reply=ANSWER, changes=changes)

        assert await mailbox.forgetting.due(limit=10, retry_seconds=60) == (SESSION,)

    async def test_a_session_comes_back_until_it_is_done(self, mailbox: Any) -> None:
        """Who took it may be gone."""
        forgetting = mailbox.forgetting
        await forgetting.add(sessions=[SESSION])
        await forgetting.add(sessions=[SESSION])

        first = await forgetting.due(limit=10, retry_seconds=0.05)
        at_once = await forgetting.due(limit=10, retry_seconds=60)
        again = await eventually(lambda: forgetting.due(limit=10, retry_seconds=0))
        await forgetting.done(session=SESSION)

        assert (first, at_once, again) == ((SESSION,), (), (SESSION,))
        assert await forgetting.due(limit=10, retry_seconds=0) == ()

    async def test_only_so_many_are_due_at_once(self, mailbox: Any) -> None:
        """The others come next."""
        sessions = [evolve(SESSION, session_id=str(number)) for number in range(5)]
        await mailbox.forgetting.add(sessions=sessions)

        rounds = [await mailbox.forgetting.due(limit=3, retry_seconds=60) for _ in range(3)]

        assert [len(due) for due in rounds] == [3, 2, 0]
        assert {session for due in rounds for session in due} == set(sessions)
