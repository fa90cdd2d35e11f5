"""The mailbox on Redis. One stream with its consumer group is the ready queue, the lease table and the fence."""

import asyncio
import itertools
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from attrs import frozen

from adapters.redis import codec, scripts
from adapters.redis.accept_script import AcceptScript
from adapters.redis.connection import MAX_WAIT_SECONDS
from adapters.redis.errors import translated
from adapters.redis.keys import GROUP, bucket_of, digest_of, forgotten_at, generation_at
from adapters.redis.store_format import StoreFormat
from adapters.redis.turns import RedisTurns
from application.ports.clock import Clock
from application.ports.inbox import Acceptance, DeliveryConfirmation, EnqueuedMessage
from application.ports.leases import Claim
from domain.conversations.turn import Turn

PROMOTED_AT_ONCE = 1000


class PartitionMismatchError(Exception):
    """The store has another number of partitions than configured. Messages would be looked for in the wrong place."""


@frozen(kw_only=True)
class RedisMailbox(RedisTurns):
    """A worker loses its claim after `lease_seconds` without renewal.

    `max_waiting` messages of one conversation may wait, and as many priority turns.
    """

    clock: Clock
    lease_seconds: float = 15.0
    max_waiting: int = 1000

    @property
    def partitions(self) -> int:
        return self.keys.partitions

    async def prepare(self) -> None:
        """Create what the store needs, or check it.

        Raises:
            PartitionMismatchError: the store was prepared with another number of partitions.
            UnsafeStoreError: its data has another format.
            StoreUnavailableError: the store cannot be reached.
        """
        await StoreFormat(store=self.store, keys=self.keys).establish()
        client, key = self.store.commands, self.keys.shared("partitions")
        with translated():
            if await client.get(key) is None:
                await client.set(key, self.keys.partitions, nx=True)
            partitions: Any = await client.get(key)
        if partitions != str(self.keys.partitions):
            raise PartitionMismatchError(
                f"the store has {partitions} partitions, the configuration says {self.keys.partitions}"
            )
        for partition in range(self.keys.partitions):
            await self.store.run(scripts.PREPARE, [self.keys.of(partition, "ready")], [int(self.lease_seconds * 1000)])

    async def accept(self, *, messages: Sequence[EnqueuedMessage]) -> tuple[Acceptance, ...]:
        return await self.accept_script.run_for_all(messages)

    @property
    def accept_script(self) -> AcceptScript:
        return AcceptScript(store=self.store, keys=self.keys, clock=self.clock, max_waiting=self.max_waiting)

    async def initiate(self, *, turn: Turn) -> Acceptance:
        conversation, generation = str(turn.conversation), generation_at(self.clock.now())
        partition = self.keys.partition_of(conversation)
        digest = digest_of(turn.conversation.channel, turn.id)
        keys = [
            *self.keys.transition(partition),
            self.keys.of(partition, f"priority:{conversation}"),
            *[f"{known}:{bucket_of(digest)}" for known in self.keys.seen(partition, generation)],
        ]
        arguments: list[scripts.Argument] = [forgotten_at(generation), conversation, digest]
        arguments += [codec.dump_new_turn(turn), self.max_waiting]
        return Acceptance(await self.store.run(scripts.INITIATE, keys, arguments))

    async def claim(self, *, partition: int, worker: str, limit: int, wait_seconds: float) -> tuple[Claim, ...]:
        ready = self.keys.of(partition, "ready")
        block = int(min(wait_seconds, MAX_WAIT_SECONDS) * 1000)
        wait = ("BLOCK", block) if block else ()  # zero would mean for ever
        group = ("XREADGROUP", "GROUP", GROUP, worker)
        streams = await self.store.read(ready, *group, "COUNT", limit, *wait, "STREAMS", ready, ">")
        claims = [
            Claim(conversation=entry["conversation"], partition=partition, token=token, worker=worker, delivery=1)
            for _, entries in streams
            for token, entry in entries
        ]
        return tuple(claims)

    async def renew(self, *, claims: Sequence[Claim]) -> tuple[Claim, ...]:
        in_order = sorted(claims, key=_partition_and_worker)
        groups = [list(group) for _, group in itertools.groupby(in_order, key=_partition_and_worker)]
        return tuple(itertools.chain(*await asyncio.gather(*(self._renew(group) for group in groups))))

    async def _renew(self, claims: Sequence[Claim]) -> list[Claim]:
        arguments: list[scripts.Argument] = [claims[0].worker]
        for claim in claims:
            arguments += [claim.conversation, claim.token, claim.delivery]
        lost = await self.store.run(scripts.RENEW, self.keys.transition(claims[0].partition), arguments)
        return [claims[position] for position in lost]

    async def reap(self, *, partition: int, worker: str, limit: int) -> tuple[Claim, ...]:
        arguments: list[scripts.Argument] = [worker, int(self.lease_seconds * 1000), limit]
        taken = await self.store.run(scripts.REAP, self.keys.transition(partition), arguments)
        return tuple(
            Claim(conversation=conversation, partition=partition, token=token, worker=worker, delivery=delivery)
            for token, conversation, delivery in itertools.batched(taken, 3)
        )

    async def promote(self, *, partition: int) -> float | None:
        wait = await self.store.run(scripts.PROMOTE, self.keys.transition(partition), [PROMOTED_AT_ONCE])
        return None if wait < 0 else wait / 1000

    async def confirm(self, *, confirmations: Sequence[DeliveryConfirmation]) -> None:
        by_partition: defaultdict[int, list[DeliveryConfirmation]] = defaultdict(list)
        for confirmation in confirmations:
            by_partition[self.keys.partition_of(str(confirmation.reference.conversation))].append(confirmation)
        await asyncio.gather(*(self._confirm(partition, group) for partition, group in by_partition.items()))

    async def _confirm(self, partition: int, confirmations: Sequence[DeliveryConfirmation]) -> None:
        kept = self.transcripts
        keys = [*self.keys.transition(partition), self.keys.of(partition, "conversations")]
        arguments: list[scripts.Argument] = [kept.max_entries, kept.keep_ms] if kept else [0, 0]
        for confirmation in confirmations:
            reference = confirmation.reference
            keys += [self.keys.of(partition, f"{kind}:{reference.conversation}") for kind in ("turn", "transcript")]
            arguments += [str(reference.conversation), reference.turn_id, reference.part, confirmation.message_id]
        await self.store.run(scripts.CONFIRM, keys, arguments)


def _partition_and_worker(claim: Claim) -> tuple[int, str]:
    return claim.partition, claim.worker
