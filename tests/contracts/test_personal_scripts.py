"""The scripts of an erasure, on their own: what happens between their steps."""

from typing import Any

import pytest

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.personal_data import DELETED, KEPT_SECONDS, RENAMED
from adapters.redis.personal_records import ERASED
from application.ports.personal_data import Fence
from contracts.mailbox_steps import begin_one, claim_one
from contracts.personal_data_contract import Stored
from contracts.test_personal_data import stored_on
from domain.policies.debounce import Debounce
from support.messages import BOB, CONVERSATION, enqueued

NAME = str(CONVERSATION)


@pytest.fixture
async def stored(store: StoreConnections, keys: Keys) -> Stored:
    stored = stored_on(store, keys)
    await stored.mailbox.prepare()
    return stored


class TestFenceOff:
    @pytest.mark.parametrize("force", [False, True])
    async def test_a_ready_conversation_has_nothing_to_do_any_more(
        self, stored: Stored, store: StoreConnections, keys: Keys, *, force: bool
    ) -> None:
        """Nobody holds it, so nobody is cut off. Others keep their place."""
        await stored.write()
        await stored.write(person=BOB)

        found = await stored.data.fence(conversation=CONVERSATION, force=force)

        bob = f"whatsapp:{BOB.key}"
        ready = await store.commands.xrange(keys.of(0, "ready"))
        assert found is Fence.FREE
        assert [fields["conversation"] for _, fields in ready] == [bob]
        assert await store.commands.hkeys(keys.of(0, "tokens")) == [bob]
        assert await store.commands.zrange(keys.of(0, "conversations"), 0, -1) == [bob]

    async def test_a_debounced_conversation_is_not_promoted(
        self, stored: Stored, store: StoreConnections, keys: Keys
    ) -> None:
        """A message that comes afterwards waits for its own time."""
        await stored.mailbox.accept(messages=[enqueued(debounce=Debounce(quiet_seconds=60, cap_seconds=60))])

        found = await stored.data.fence(conversation=CONVERSATION, force=False)

        assert found is Fence.FREE
        assert await store.commands.hgetall(keys.of(0, "tokens")) == {}
        assert await store.commands.zrange(keys.of(0, "later"), 0, -1) == []

    async def test_a_worker_is_waited_for_or_cut_off(self, stored: Stored, store: StoreConnections, keys: Keys) -> None:
        """While it is waited for, nothing is changed. Who is cut off leaves nothing behind."""
        await stored.write()
        claim, _ = await begin_one(stored.mailbox)
        before = await contents(store, keys)

        busy = await stored.data.fence(conversation=CONVERSATION, force=False)
        during = await contents(store, keys)
        cut_off = await stored.data.fence(conversation=CONVERSATION, force=True)

        assert (busy, cut_off) == (Fence.BUSY, Fence.CUT_OFF)
        assert during == before
        assert await stored.mailbox.renew(claims=[claim]) == (claim,)
        assert (await store.commands.xpending(keys.of(0, "ready"), "workers"))["pending"] == 0
        assert await store.commands.xlen(keys.of(0, "ready")) == 0

    async def test_what_is_kept_for_the_erasure_ends_by_itself(
        self, stored: Stored, store: StoreConnections, keys: Keys
    ) -> None:
        """When nobody finishes it. Everything else of the conversation is gone at once."""
        await stored.write()
        for kind in DELETED:
            if kind != "mail":
                await store.commands.set(keys.of(0, f"{kind}:{NAME}"), "something")
        for kind in RENAMED:
            await store.commands.persist(keys.of(0, f"{kind}:{NAME}"))

        await stored.data.fence(conversation=CONVERSATION, force=False)

        left = [keys.of(0, f"{ERASED}{kind}:{NAME}") for kind in RENAMED]
        assert {key for key in await contents(store, keys) if NAME in key} == set(left)
        for key in left:
            assert KEPT_SECONDS - 60 <= await store.commands.ttl(key) <= KEPT_SECONDS

    async def test_what_comes_after_it_is_ready(self, stored: Stored) -> None:
        """As if nobody had written before."""
        await stored.write()
        await stored.data.fence(conversation=CONVERSATION, force=False)

        await stored.write("afterwards")

        assert (await claim_one(stored.mailbox)).conversation == NAME


class TestReplace:
    @pytest.mark.parametrize(("new", "left"), [("new", "new"), ("", None)])
    async def test_a_record_is_replaced_or_deleted(
        self, store: StoreConnections, keys: Keys, new: str, left: str | None
    ) -> None:
        """When it is still as it was read."""
        key = keys.shared("alias:whatsapp:phone:1")
        await store.commands.set(key, "read")

        replaced = await store.run(scripts.REPLACE, [key], ["read", new])

        assert replaced == 1
        assert await store.commands.get(key) == left

    @pytest.mark.parametrize("new", ["new", ""])
    async def test_a_record_that_was_changed_meanwhile_stays(
        self, store: StoreConnections, keys: Keys, new: str
    ) -> None:
        """It is somebody else's by now."""
        key = keys.shared("alias:whatsapp:phone:1")
        await store.commands.set(key, "changed")

        replaced = await store.run(scripts.REPLACE, [key], ["read", new])

        assert replaced == 0
        assert await store.commands.get(key) == "changed"


class TestCopyStream:
    """A stream of five entries, of which two are copied at once."""

    @pytest.fixture
    async def stream(self, store: StoreConnections, keys: Keys) -> str:
        name = keys.of(0, "dead")
        for number in range(1, 6):
            await store.commands.xadd(name, {"number": number}, id=f"{number}-0")
        return name

    @staticmethod
    async def copy(store: StoreConnections, stream: str, last: str, *, most: int = 2) -> Any:
        return await store.run(scripts.COPY_STREAM, [stream, f"{stream}:copy"], [last, most])

    async def all_steps(self, store: StoreConnections, stream: str, last: str) -> list[str | None]:
        """To its end, or until it must begin again."""
        steps: list[str | None] = []
        for _ in range(10):
            steps.append(await self.copy(store, stream, last))
            if steps[-1] in {None, "-"}:
                return steps
            last = str(steps[-1])
        raise AssertionError(steps)

    async def test_the_copy_takes_the_place_of_the_stream(self, store: StoreConnections, stream: str) -> None:
        """With the same entries under the same ids."""
        before = await store.commands.xrange(stream)

        steps = await self.all_steps(store, stream, "-")

        assert steps == ["2-0", "4-0", None]
        assert await store.commands.xrange(stream) == before
        assert await store.commands.exists(f"{stream}:copy") == 0

    async def test_a_copy_that_was_left_is_begun_anew(self, store: StoreConnections, stream: str) -> None:
        """Somebody was interrupted."""
        before = await store.commands.xrange(stream)
        await self.copy(store, stream, "-")

        await self.all_steps(store, stream, "-")

        assert await store.commands.xrange(stream) == before

    async def test_new_entries_are_copied_too(self, store: StoreConnections, stream: str) -> None:
        """Those that come between two steps."""
        last = await self.copy(store, stream, "-")
        await store.commands.xadd(stream, {"number": 6}, id="6-0")

        await self.all_steps(store, stream, last)

        assert [entry for entry, _ in await store.commands.xrange(stream)] == [f"{number}-0" for number in range(1, 7)]

    async def test_the_oldest_may_be_dropped_meanwhile(self, store: StoreConnections, stream: str) -> None:
        """By the limit of the stream. They do not come back."""
        last = await self.copy(store, stream, "-")
        await store.commands.xtrim(stream, maxlen=4, approximate=False)

        steps = await self.all_steps(store, stream, last)

        assert steps == ["4-0", None]
        assert [entry for entry, _ in await store.commands.xrange(stream)] == ["2-0", "3-0", "4-0", "5-0"]

    async def test_what_others_delete_meanwhile_does_not_come_back(self, store: StoreConnections, stream: str) -> None:
        """A dead letter that is discarded, for example. The copy begins again."""
        last = await self.copy(store, stream, "-")
        await store.commands.xdel(stream, "2-0")

        steps = await self.all_steps(store, stream, last)
        again = await self.all_steps(store, stream, "-")

        assert (steps, again) == (["4-0", "-"], ["3-0", "5-0", None])
        assert [entry for entry, _ in await store.commands.xrange(stream)] == ["1-0", "3-0", "4-0", "5-0"]

    @pytest.mark.parametrize("when", ["before", "between"])
    async def test_of_an_empty_stream_nothing_is_left(self, store: StoreConnections, stream: str, when: str) -> None:
        """Neither it, nor its copy."""
        last = await self.copy(store, stream, "-") if when == "between" else "-"
        await store.commands.xtrim(stream, maxlen=0, approximate=False)

        steps = await self.all_steps(store, stream, last)

        assert steps == [None]
        assert await store.commands.exists(stream, f"{stream}:copy") == 0


async def contents(store: StoreConnections, keys: Keys) -> dict[str, bytes]:
    """Every key, with its value as the store writes it."""
    found = {}
    async for key in store.commands.scan_iter(match=f"{keys.prefix}:*"):
        found[key] = await store.commands.execute_command("DUMP", key, NEVER_DECODE=True)  # type: ignore[no-untyped-call]
    return found
