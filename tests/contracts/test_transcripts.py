"""The stores of transcripts keep the contract; on Redis and Valkey they are bounded too."""

import asyncio
import time

import msgspec
import pytest
from attrs import evolve

from adapters.memory.activity_feed import MemoryActivityFeed
from adapters.memory.directory import MemoryDirectory
from adapters.memory.intake import MemoryIntake
from adapters.memory.mailbox import MemoryMailbox
from adapters.redis.activity_feed import RedisActivityFeed
from adapters.redis.connection import StoreConnections
from adapters.redis.directory import RedisDirectory
from adapters.redis.intake import RedisIntake
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.redis.message_log import RedisMessageLog
from adapters.redis.transcripts import MAX_CUT_TEXT, MAX_ENTRY_BYTES, RedisTranscripts
from adapters.system_clock import SystemClock
from application.operating.list_conversations import ConversationFilter, ListConversations
from application.ports.inbox import DeliveryConfirmation
from application.ports.transcripts import TranscriptsOffError
from application.ports.turn_changes import TurnChanges
from contracts.mailbox_steps import ANSWER, LEASE_SECONDS, begin_one
from contracts.transcripts_contract import EVENT, REPLY, Kept, TranscriptsContract, part
from domain.people.person import Person
from support.messages import ANA, CONVERSATION, message
from support.store import embedded_store

DAY_MS = 86_400_000


def kept_on(store: StoreConnections, keys: Keys, *, max_entries: int = 500) -> Kept:
    log = RedisMessageLog(store=store, keys=keys)
    transcripts = RedisTranscripts(store=store, keys=keys, log=log, max_entries=max_entries)
    mailbox = RedisMailbox(
        store=store, keys=keys, clock=SystemClock(), lease_seconds=LEASE_SECONDS, log=log, transcripts=transcripts
    )
    feed = RedisActivityFeed(store=store, keys=keys)
    directory = RedisDirectory(store=store, keys=keys)
    intake = RedisIntake(mailbox=mailbox, directory=directory, states=mailbox.states, feed=feed)
    return Kept(mailbox=mailbox, intake=intake, transcripts=transcripts)


class TestMemoryTranscripts(TranscriptsContract):
    @pytest.fixture
    async def kept(self) -> Kept:
        mailbox = MemoryMailbox(lease_seconds=LEASE_SECONDS)
        intake = MemoryIntake(
            inbox=mailbox,
            directory=MemoryDirectory(),
            states=mailbox.states,
            feed=MemoryActivityFeed(),
            transcripts=mailbox.transcripts,
        )
        return Kept(mailbox=mailbox, intake=intake, transcripts=mailbox.transcripts)


class TestRedisTranscripts(TranscriptsContract):
    @pytest.fixture
    async def kept(self, store: StoreConnections, keys: Keys) -> Kept:
        kept = kept_on(store, keys)
        await kept.mailbox.prepare()
        return kept

    async def _pass(self) -> None:
        """The store's clock, which orders the list, shows milliseconds."""
        now = time.time()
        while time.time() < now + 0.003:
            await asyncio.sleep(0)

    async def test_only_the_latest_entries_are_kept(self, store: StoreConnections, keys: Keys) -> None:
        """Messages and events together."""
        kept = kept_on(store, keys, max_entries=3)
        await kept.mailbox.prepare()
        messages = [message(str(number)) for number in range(5)]

        await kept.receive(*messages)
        await kept.transcripts.add(conversation=CONVERSATION, what=[EVENT])

        assert await kept.said() == [*messages[3:], EVENT]

    async def test_entries_are_forgotten_after_their_days(
        self, kept: Kept, store: StoreConnections, keys: Keys
    ) -> None:
        """Also in a conversation that goes on; and all that is kept has an expiry."""
        name, index = kept.transcripts.keys_of(0, str(CONVERSATION))
        await store.commands.xadd(name, {"entry": "old"}, id="1000-0")
        await store.commands.zadd(index, {"whatsapp:1": 1000})

        await kept.transcripts.add(conversation=CONVERSATION, what=[EVENT])

        assert await kept.said() == [EVENT]
        assert [one.conversation for one in (await kept.transcripts.newest(limit=10)).conversations] == [CONVERSATION]
        for key in (name, index):
            assert 6 < await store.commands.pttl(key) / DAY_MS <= 7

    @pytest.mark.parametrize(("days_left", "days"), [(6.9, 7), (6.95, 6.95), (8, 7), (None, 7)])
    async def test_an_expiry_is_renewed_when_a_hundredth_of_it_is_over(
        self, kept: Kept, store: StoreConnections, days_left: float | None, days: float
    ) -> None:
        """Or when it is another one than configured. Then the old entries are forgotten too."""
        await kept.transcripts.add(conversation=CONVERSATION, what=[EVENT])
        name, index = kept.transcripts.keys_of(0, str(CONVERSATION))
        for key in (name, index):
            await (store.commands.pexpire(key, int(days_left * DAY_MS)) if days_left else store.commands.persist(key))

        await kept.transcripts.add(conversation=CONVERSATION, what=[EVENT])

        for key in (name, index):
            assert await store.commands.pttl(key) / DAY_MS == pytest.approx(days, abs=0.01)

    async def test_the_list_is_kept_with_a_conversation_that_is_new_in_it(
        self, kept: Kept, store: StoreConnections
    ) -> None:
        """It may have been lost alone."""
        await kept.transcripts.add(conversation=CONVERSATION, what=[EVENT])
        _, index = kept.transcripts.keys_of(0, str(CONVERSATION))
        await store.commands.delete(index)

        await kept.transcripts.add(conversation=CONVERSATION, what=[EVENT])

        assert 6 < await store.commands.pttl(index) / DAY_MS <= 7

    async def test_people_of_a_huge_webhook_are_all_listed(self, kept: Kept, store: StoreConnections) -> None:
        """A script passes a limited number of them at once."""
        people = [evolve(ANA, phone=f"1555000{number:04}") for number in range(4001)]

        await kept.receive(*(message(person=person) for person in people))

        _, index = kept.transcripts.keys_of(0, str(CONVERSATION))
        assert await store.commands.zcard(index) == len(people)

    async def test_a_huge_message_is_kept_cut(self, kept: Kept) -> None:
        """A transcript of such messages would fill the store. The agent gets the whole message."""
        await kept.receive(message("x" * 60_000))

        (cut,) = await kept.said()
        _, turn = await begin_one(kept.mailbox)

        assert MAX_CUT_TEXT < len(cut.content.body) < MAX_CUT_TEXT + 100  # it says how many are missing
        assert len(turn.messages[0].content.body) == 60_000
        assert len(turn.messages[0].content.body) > MAX_ENTRY_BYTES

    async def test_transcripts_that_are_off_cost_nothing(self, store: StoreConnections, keys: Keys) -> None:
        """No key, and no answer."""
        kept = kept_on(store, keys, max_entries=0)
        await kept.mailbox.prepare()

        await kept.receive(message("hello"))
        await kept.transcripts.add(conversation=CONVERSATION, what=[EVENT])
        claim, turn = await begin_one(kept.mailbox)
        await kept.mailbox.save_reply(claim=claim, reply=ANSWER)
        confirmation = DeliveryConfirmation(reference=turn.reference(0), message_id="out.0")
        await kept.mailbox.confirm(confirmations=[confirmation])
        changes = TurnChanges(sent={1: "out.1"}, parts={1: part(1)}, events=(EVENT,))
        await kept.mailbox.record_sent(claim=claim, changes=changes)

        names = await store.commands.keys(f"{keys.prefix}:*")
        assert not [name for name in names if "transcript" in name or "conversations" in name]
        assert not await store.commands.hexists(keys.state(str(CONVERSATION)), "contact")
        with pytest.raises(TranscriptsOffError):
            await kept.transcripts.newest(limit=1)
        with pytest.raises(TranscriptsOffError):
            await kept.said()

    @pytest.mark.parametrize("fields", [{"in": "no JSON"}, {"entry": "{}"}, {"part": "7", "id": "x"}, {"other": ""}])
    async def test_damaged_entries_hide_no_others(
        self, kept: Kept, store: StoreConnections, fields: dict[str, str]
    ) -> None:
        """They are shown as entries that nobody can read."""
        name, _ = kept.transcripts.keys_of(0, str(CONVERSATION))
        await store.commands.xadd(name, fields)  # type: ignore[arg-type]
        await kept.transcripts.add(conversation=CONVERSATION, what=[REPLY])

        assert await kept.said() == [None, REPLY]

    async def test_damaged_keys_block_no_message(self, kept: Kept, store: StoreConnections) -> None:
        """What is kept may be lost, and what is to be answered may not."""
        for key in kept.transcripts.keys_of(0, str(CONVERSATION)):
            await store.commands.set(key, "damaged")

        await kept.receive(message("hello"))

        _, turn = await begin_one(kept.mailbox)
        assert len(turn.messages) == 1

    async def test_names_that_cannot_be_read(self, kept: Kept, store: StoreConnections, keys: Keys) -> None:
        """The conversation is listed without them."""
        await kept.receive(message("hello"))
        damaged = {"contact": "[1]", "heard_at": "x", "human_until": "y"}
        await store.commands.hset(keys.state(str(CONVERSATION)), mapping=damaged)  # type: ignore[arg-type]
        await store.commands.zadd(keys.of(0, "conversations"), {"nobody": 1e15})

        (listed,) = (await kept.transcripts.newest(limit=10)).conversations

        assert (listed.name, listed.heard_at, listed.human_until) == ("", None, None)

    async def test_conversations_of_several_partitions(self, store: StoreConnections, keys: Keys) -> None:
        """Are one list."""
        kept = kept_on(store, Keys(prefix=keys.prefix, partitions=4))
        await kept.mailbox.prepare()
        people = [evolve(ANA, phone=f"1555000{number:04}") for number in range(20)]
        await kept.receive(*(message("hi", person=person) for person in people))

        first = await kept.transcripts.newest(limit=12)
        rest = await kept.transcripts.newest(limit=12, after=first.end)

        listed = [one.conversation.user for one in (*first.conversations, *rest.conversations)]
        assert sorted(listed) == [person.phone for person in people]
        assert rest.end is None


async def test_ten_thousand_conversations_are_listed_and_searched_quickly(keys: Keys, valkey_url: str) -> None:
    """Within 200 ms of processor time, which other programs on the machine do not change."""
    store = StoreConnections.to(valkey_url)
    try:
        kept = kept_on(store, keys)
        await kept.mailbox.prepare()
        now = time.time() * 1000
        names = [f"whatsapp:1555{number:07}" for number in range(10_000)]
        for first in range(0, len(names), 1000):
            pipe = store.commands.pipeline(transaction=False)
            for number, name in enumerate(names[first : first + 1000], first):
                contact = msgspec.json.encode((f"Person {number}", name[9:], "", ""))
                pipe.hset(keys.state(name), mapping={"contact": contact, "heard_at": str(now / 1000)})
                pipe.zadd(keys.of(0, "conversations"), {name: now + number})
            await pipe.execute()
        listing = ListConversations(transcripts=kept.transcripts, clock=SystemClock())
        searches = {"person 77": 50, "+1 555 000-7777": 1, "person 7777": 1, "nobody": 0}

        found, seconds = {}, []
        for search in searches:
            began = time.process_time()
            page = await listing(limit=50, search=search)
            seconds.append(time.process_time() - began)
            found[search] = len(page.found)
        human = await listing(limit=50, filters=[ConversationFilter.HUMAN])
        page = await listing(limit=50)

        assert found == searches
        assert max(seconds) < 0.2, seconds
        assert human.found == ()
        assert len(page.found) == 50
    finally:
        await store.aclose()


async def test_memory_of_a_message(tmp_path_factory: pytest.TempPathFactory) -> None:
    """docs/bounds.md says how much: about as much as its record, which has half a kilobyte beside the text."""
    async with embedded_store(tmp_path_factory.mktemp("memory")) as url:
        store = StoreConnections.to(url)
        kept = kept_on(store, Keys())
        await kept.mailbox.prepare()
        body = "How much is the large one, and when can you deliver it to us?"
        people = [Person(phone=f"1555000{number:04}", name="Ana") for number in range(20)]
        for _ in range(10):
            for person in people:
                await kept.receive(*(message(body, person=person) for _ in range(5)))
        names = await store.commands.keys("*transcript:*")
        used = sum([await store.commands.memory_usage(name) for name in names])
        await store.aclose()

    assert used / 1000 < 800, used / 1000


async def test_messages_of_one_webhook_share_work_on_valkey(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The clock, the counter of arrivals, and the index. Nothing is renewed that was renewed a moment ago."""
    async with embedded_store(tmp_path_factory.mktemp("work")) as url:
        store = StoreConnections.to(url)
        kept = kept_on(store, Keys())
        await kept.mailbox.prepare()
        people = [Person(phone=f"1555000{number:04}") for number in range(10)]
        calls = []
        for _ in range(2):
            await store.execute("CONFIG", "RESETSTAT")
            await kept.receive(*(message(person=person) for person in people))
            stats = await store.commands.info("commandstats")
            calls.append({name.removeprefix("cmdstat_"): stat["calls"] for name, stat in stats.items()})
        await store.aclose()

    shared = ("time", "incrby", "zremrangebyscore", "zremrangebyrank")
    counted = [{name: each.get(name, 0) for name in (*shared, "pexpire", "hset", "zadd", "zrem")} for each in calls]
    each_message = {"zadd": len(people) + 1, "zrem": 0}
    # Each state and each transcript is kept for some time, and the index. Each conversation gets a state and a token.
    assert counted == [
        {**dict.fromkeys(shared, 1), "pexpire": 2 * len(people) + 1, "hset": 2 * len(people), **each_message},
        {**dict.fromkeys((*shared, "pexpire", "hset"), 0), "time": 1, "incrby": 1, **each_message},
    ]
