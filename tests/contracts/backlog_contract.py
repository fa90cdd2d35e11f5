"""What every BacklogReader promises."""

from application.ports.backlog import Backlog, BacklogReader, ChannelBacklog
from application.ports.mailbox import Mailbox
from contracts.initiated_turns_contract import initiated
from contracts.mailbox_steps import ANSWER, begin_one
from domain.people.person import Person
from domain.policies.debounce import Debounce
from support.messages import ANA, BOB, enqueued
from support.polling import eventually

SLOW = Debounce(quiet_seconds=60, cap_seconds=60)
# Long enough to be told apart from no time at all.
A_WHILE = 0.05


async def age(backlog: BacklogReader, channel: str = "whatsapp") -> float:
    return (await backlog.read()).channels[channel].oldest_seconds or 0.0


class BacklogContract:
    """Inherit, and provide the fixtures `mailbox` and `backlog`, which reads it."""

    async def test_nothing_waits(self, backlog: BacklogReader) -> None:
        assert await backlog.read() == Backlog()

    async def test_each_channel_has_its_own(self, mailbox: Mailbox, backlog: BacklogReader) -> None:
        """Its conversations and their messages. Debounced ones wait too."""
        await mailbox.accept(messages=[enqueued(channel="sales")])
        await eventually(lambda: _is_older(backlog, "sales"), seconds=5)
        await mailbox.accept(messages=[enqueued(person=ANA), enqueued(person=ANA), enqueued(person=BOB, debounce=SLOW)])

        channels = (await backlog.read()).channels

        counted = {name: (channel.conversations, channel.messages) for name, channel in channels.items()}
        assert counted == {"whatsapp": (2, 3), "sales": (1, 1)}
        assert await age(backlog, "whatsapp") < await age(backlog, "sales")

    async def test_a_turn_under_way_waits_since_its_first_message(
        self, mailbox: Mailbox, backlog: BacklogReader
    ) -> None:
        """Also when it is retried or deferred, and when newer messages came. It ends when the turn ends."""
        await mailbox.accept(messages=[enqueued()])
        await eventually(lambda: _is_older(backlog), seconds=5)
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(messages=[enqueued()])
        ages = [await age(backlog)]
        await mailbox.save_reply(claim=claim, reply=ANSWER)
        await mailbox.retry_later(claim=claim, after_seconds=0, error="away")
        ages.append(await age(backlog))
        claim, _ = await begin_one(mailbox)
        await mailbox.defer(claim=claim, after_seconds=0)
        ages.append(await age(backlog))
        claim, _ = await begin_one(mailbox)
        await mailbox.complete(claim=claim)
        claim, _ = await begin_one(mailbox)
        ages.append(await age(backlog))
        await mailbox.complete(claim=claim)

        *under_way, second = ages
        assert A_WHILE < under_way[0] <= under_way[1] <= under_way[2]
        assert second < under_way[2]
        assert await backlog.read() == Backlog()

    async def test_the_messages_of_a_turn_under_way_wait_too(self, mailbox: Mailbox, backlog: BacklogReader) -> None:
        """And those that came since. The words of a message are not counted for one."""
        await mailbox.accept(messages=[enqueued("one"), enqueued('"arrived_ms":1')])
        claim, _ = await begin_one(mailbox)
        await mailbox.accept(messages=[enqueued("three")])
        counts = [await _messages(backlog)]
        await mailbox.complete(claim=claim)
        counts.append(await _messages(backlog))

        assert counts == [3, 1]

    async def test_a_turn_without_messages_has_no_age(self, mailbox: Mailbox, backlog: BacklogReader) -> None:
        """An operator wrote: nobody waits for an answer."""
        await mailbox.initiate(turn=initiated())

        assert (await backlog.read()).channels == {"whatsapp": ChannelBacklog(conversations=1)}

    async def test_dead_letters_are_counted(self, mailbox: Mailbox, backlog: BacklogReader) -> None:
        """They do not wait."""
        await mailbox.accept(messages=[enqueued()])
        claim, _ = await begin_one(mailbox)
        await mailbox.dead_letter(claim=claim, reason="agent: timeout")

        assert await backlog.read() == Backlog(dead_letters=1)

    async def test_many_conversations_are_counted_exactly(self, mailbox: Mailbox, backlog: BacklogReader) -> None:
        """Those that are ready, and those that are not."""
        for debounce, first in ((Debounce(quiet_seconds=0, cap_seconds=0), 100), (SLOW, 200)):
            people = [Person(phone=f"15550{number}") for number in range(first, first + 30)]
            await mailbox.accept(messages=[enqueued(person=person, debounce=debounce) for person in people])

        assert (await backlog.read()).channels["whatsapp"].conversations == 60


async def _messages(backlog: BacklogReader) -> int:
    return (await backlog.read()).channels["whatsapp"].messages


async def _is_older(backlog: BacklogReader, channel: str = "whatsapp") -> bool:
    return await age(backlog, channel) > A_WHILE
