"""Dead letters are listed, replayed, or discarded."""

import pytest

from application.ports.dead_letters import DeadLetters, UnknownDeadLetterError
from application.ports.inbox import EnqueuedMessage
from application.ports.mailbox import Mailbox
from application.ports.turn_changes import TurnChanges
from contracts.mailbox_steps import ANSWER, APOLOGY, begin_one, bodies, nothing_ready
from domain.conversations.reply import Reply
from domain.policies.debounce import Debounce
from support.messages import enqueued


class ReplayContract:
    """Part of the mailbox contract; provide its fixtures."""

    async def test_a_replay_goes_first_and_sends_what_is_missing(
        self, mailbox: Mailbox, dead_letters: DeadLetters
    ) -> None:
        """The turn continues where it stopped, before anything that waits."""
        letter_id = await self._dead_letter(mailbox, dead_letters, ANSWER, enqueued("poison"))
        await mailbox.accept(messages=[enqueued("waiting", debounce=Debounce(quiet_seconds=60, cap_seconds=60))])
        await dead_letters.replay(letter_id=letter_id)

        claim, turn = await begin_one(mailbox)

        assert bodies(turn) == ["poison"]
        assert (turn.reply, turn.sent) == (ANSWER, ("wamid.out.1",))
        assert (turn.attempts, turn.confirmation_waits, turn.error) == (0, 0, "")
        assert await dead_letters.page(limit=10) == ()
        await mailbox.complete(claim=claim)
        assert await nothing_ready(mailbox)

    async def test_replaying_an_apology_runs_the_agent_again(self, mailbox: Mailbox, dead_letters: DeadLetters) -> None:
        """Under another turn id, so that statuses of the apology do not confirm parts of the answer."""
        letter_id = await self._dead_letter(mailbox, dead_letters, APOLOGY, enqueued("question"))
        (letter,) = await dead_letters.page(limit=10)
        await dead_letters.replay(letter_id=letter_id)

        _, turn = await begin_one(mailbox)

        assert letter.turn.agent == "billing"
        assert bodies(turn) == ["question"]
        assert (turn.reply, turn.sent, turn.agent) == (None, (), "")
        assert turn.id != letter.turn.id

    async def test_a_replay_waits_for_the_turn_under_way(self, mailbox: Mailbox, dead_letters: DeadLetters) -> None:
        """Order within a conversation holds for operators too."""
        letter_id = await self._dead_letter(mailbox, dead_letters, ANSWER, enqueued("poison"))
        await mailbox.accept(messages=[enqueued("under way")])
        claim, _ = await begin_one(mailbox)
        await dead_letters.replay(letter_id=letter_id)
        await mailbox.accept(messages=[enqueued("later")])

        assert await nothing_ready(mailbox)
        await mailbox.complete(claim=claim)
        claim, second = await begin_one(mailbox)
        await mailbox.complete(claim=claim)
        _, third = await begin_one(mailbox)

        assert [bodies(second), bodies(third)] == [["poison"], ["later"]]

    async def test_replays_keep_their_order(self, mailbox: Mailbox, dead_letters: DeadLetters) -> None:
        """Of several in one conversation, the first to be replayed goes first."""
        letters = [
            await self._dead_letter(mailbox, dead_letters, ANSWER, enqueued(body)) for body in ("first", "second")
        ]
        for letter_id in letters:
            await dead_letters.replay(letter_id=letter_id)

        claim, first = await begin_one(mailbox)
        await mailbox.complete(claim=claim)
        _, second = await begin_one(mailbox)

        assert [bodies(first), bodies(second)] == [["first"], ["second"]]

    async def test_a_replay_is_next_when_nothing_else_waits(self, mailbox: Mailbox, dead_letters: DeadLetters) -> None:
        """The end of the turn under way makes it ready."""
        letter_id = await self._dead_letter(mailbox, dead_letters, ANSWER, enqueued("poison"))
        await mailbox.accept(messages=[enqueued("under way")])
        claim, _ = await begin_one(mailbox)
        await dead_letters.replay(letter_id=letter_id)
        await mailbox.complete(claim=claim)

        _, turn = await begin_one(mailbox)

        assert bodies(turn) == ["poison"]

    async def test_a_dead_letter_is_replayed_or_discarded_once(
        self, mailbox: Mailbox, dead_letters: DeadLetters
    ) -> None:
        """Afterwards its id is unknown, like an id that never existed."""
        gone = await self._dead_letter(mailbox, dead_letters, ANSWER, enqueued())
        await dead_letters.discard(letter_id=gone)

        for letter_id in (gone, "nonsense", "0.1-1", ""):
            for act in (dead_letters.show, dead_letters.replay, dead_letters.discard):
                with pytest.raises(UnknownDeadLetterError):
                    await act(letter_id=letter_id)
        assert await nothing_ready(mailbox)

    async def test_dead_letters_are_paged(self, mailbox: Mailbox, dead_letters: DeadLetters) -> None:
        """Oldest first. Each page continues where the last one ended."""
        ids = [await self._dead_letter(mailbox, dead_letters, ANSWER, enqueued(str(number))) for number in range(3)]

        first = await dead_letters.page(limit=2)
        second = await dead_letters.page(limit=2, after=first[-1].id)

        assert [letter.id for letter in (*first, *second)] == ids

    async def test_old_dead_letters_are_trimmed(self, mailbox: Mailbox, dead_letters: DeadLetters) -> None:
        """Those that are older than the given time, and no others."""
        ids = [await self._dead_letter(mailbox, dead_letters, ANSWER, enqueued(str(number))) for number in range(2)]
        times = [letter.at for letter in await dead_letters.page(limit=10)]

        assert await dead_letters.trim(before=times[0]) == 0
        assert [letter.id for letter in await dead_letters.page(limit=10)] == ids
        assert await dead_letters.trim(before=times[-1] + 1) == 2
        assert await dead_letters.page(limit=10) == ()

    async def _dead_letter(
        self, mailbox: Mailbox, dead_letters: DeadLetters, reply: Reply, poison: EnqueuedMessage
    ) -> str:
        """Make a dead letter of a turn whose first part was sent. Returns its id."""
        await mailbox.accept(messages=[poison])
        claim, _ = await begin_one(mailbox)
        await mailbox.save_reply(claim=claim, reply=reply, changes=TurnChanges(agent="billing"))
        await mailbox.record_sent(claim=claim, changes=TurnChanges(sent={0: "wamid.out.1"}))
        await mailbox.dead_letter(claim=claim, reason="send: final")
        return (await dead_letters.page(limit=100))[-1].id
