"""A person's data on Redis."""

import hashlib
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

from attrs import field, frozen

from adapters.redis import scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.errors import result_of, translated
from adapters.redis.keys import TURN_KEYS, Keys
from adapters.redis.personal_records import ERASED, Found, PersonalRecords
from application.ports.personal_data import Fence, PersonalRecord
from application.ports.store import StoreUnavailableError
from domain.people.person import Conversation

# For an erasure that is interrupted.
KEPT_SECONDS = 7 * 24 * 3600
ERASED_AT_ONCE = 100
COPIED_AT_ONCE = 1000
MAX_COPIES = 20
RENAMED = ("state", "transcript")
DELETED = (*(name for name in TURN_KEYS if name != "state"), "spent")


@frozen(kw_only=True)
class RedisPersonalData:
    """`rewrite_files` writes the files of the store anew, where it is ours alone: until then they hold everything."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    rewrite_files: Callable[[], Awaitable[None]] | None = None

    async def joined_to(self, *, conversation: Conversation) -> tuple[Conversation, ...]:
        key = self.keys.state(str(conversation))
        session = await self.store.execute("HGET", key, "joined_session")
        if not session:
            return ()
        found: set[str] = set()
        for partition in range(self.keys.partitions):
            prefix = self.keys.of(partition, "state:")
            with translated():
                async for name in self.store.commands.scan_iter(match=f"{prefix}*", count=COPIED_AT_ONCE):
                    if name != key and await self.store.execute("HGET", name, "joined_session") == session:
                        found.add(name.removeprefix(prefix))
        return tuple(Conversation.parse(name) for name in sorted(found))

    async def records(self, *, conversation: Conversation) -> AsyncIterator[PersonalRecord]:
        search = self._search(conversation)
        async for found in search.own():
            yield PersonalRecord(kind=found.kind, value=found.value)
        async for found in search.elsewhere():
            yield PersonalRecord(kind=found.kind, value=found.value)

    async def interrupted(self, *, name: str) -> tuple[Conversation, ...]:
        stored = await self.store.execute("GET", self._erasure(name))
        return tuple(map(Conversation.parse, json.loads(stored))) if stored else ()

    async def begin(self, *, name: str, conversations: Sequence[Conversation]) -> None:
        names = json.dumps([str(each) for each in conversations])
        await self.store.execute("SET", self._erasure(name), names, "EX", KEPT_SECONDS)

    async def fence(self, *, conversation: Conversation, force: bool) -> Fence:
        name, partition = str(conversation), self.keys.partition_of(str(conversation))
        keys = [*self.keys.transition(partition), self.keys.of(partition, "conversations")]
        for kind in RENAMED:
            keys += [self.keys.of(partition, f"{prefix}{kind}:{name}") for prefix in ("", ERASED)]
        keys += [self.keys.of(partition, f"{kind}:{name}") for kind in DELETED]
        found = await self.store.run(scripts.FENCE_OFF, keys, [name, int(force), KEPT_SECONDS * 1000])
        return Fence(found)

    async def sweep(self, *, conversation: Conversation) -> int:
        search = self._search(conversation)
        count = await self._erase(search.own()) + await self._erase(search.elsewhere())
        partition = self.keys.partition_of(str(conversation))
        for stream in (self.keys.of(partition, "dead"), self.keys.shared("feed")):
            await self._rewrite(stream)
        for kind in RENAMED:
            await self.store.execute("DEL", search.own_key(f"{ERASED}{kind}"))
        return count

    async def _erase(self, records: AsyncIterator[Found]) -> int:
        """Returns how many records there were."""
        count, calls = 0, list[scripts.ScriptCall | scripts.Command]()
        async for found in records:
            count += 1
            calls += found.erase
            if len(calls) >= ERASED_AT_ONCE:
                await self._run(calls)
                calls = []
        await self._run(calls)
        return count

    async def _run(self, calls: Sequence[scripts.ScriptCall | scripts.Command]) -> None:
        for answer in await self.store.run_together(*calls):
            result_of(answer)

    async def _rewrite(self, stream: str) -> None:
        """Copy what is left of a stream: the store keeps the text of deleted entries beside it."""
        copy = f"{stream}:copy" if "{" in stream else f"{{{stream}}}:copy"
        for _ in range(MAX_COPIES):
            last: str | None = "-"
            while last is not None:
                last = await self.store.run(scripts.COPY_STREAM, [stream, copy], [last, COPIED_AT_ONCE])
                if last == "-":
                    break
            else:
                return
        raise StoreUnavailableError("a stream changes all the time")

    async def finish(self, *, name: str) -> None:
        await self.store.execute("DEL", self._erasure(name))
        if self.rewrite_files is not None:
            await self.rewrite_files()

    def _search(self, conversation: Conversation) -> PersonalRecords:
        return PersonalRecords(store=self.store, keys=self.keys, conversation=conversation, now=time.time())

    def _erasure(self, name: str) -> str:
        digest = hashlib.blake2b(name.encode(errors="surrogatepass"), digest_size=16).hexdigest()
        return self.keys.shared(f"erasure:{digest}")
