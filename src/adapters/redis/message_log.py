"""The message log on Redis. The text of a message and how far it has come have a key each."""

import asyncio
import contextlib
import itertools
import logging
from collections import defaultdict
from collections.abc import Sequence

from attrs import field, frozen

from adapters.redis import codec, scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.scripts import Command
from application.ports.message_log import Remembered
from application.ports.store import StoreUnavailableError
from domain.conversations.delivery import RANK, DeliveryStatus, StatusUpdate

# As they are stored.
STATUS_OF = {str(rank): status for status, rank in RANK.items()}

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class RedisMessageLog:
    """Messages are spread over a cluster.

    `keep_seconds` counts from the last change of a text, `keep_status_seconds` from that of a status. While
    the store is away, every status counts as new: to publish one twice does less harm than to lose it.
    """

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    keep_seconds: float = 86400.0
    keep_status_seconds: float = 86400.0

    async def remember(self, *, messages: Sequence[Remembered]) -> None:
        for answer in await self.store.run_together(*self.remember_calls(messages)):
            if isinstance(answer, Exception):
                logger.debug("a message could not be kept for later replies: %s", answer)

    def remember_calls(self, messages: Sequence[Remembered]) -> list[Command]:
        """The commands that remember these, and forget those without a text."""
        keep_ms = int(self.keep_seconds * 1000)
        calls: list[Command] = []
        for message in messages:
            name = self._text(message.channel, message.message_id)
            if message.text:
                calls.append(("SET", name, codec.dump_remembered(message), "PX", keep_ms))
            else:
                calls.append(("DEL", name))
        return calls

    async def recall(self, *, channel: str, message_ids: Sequence[str]) -> dict[str, Remembered]:
        calls = (self.store.execute("GET", self._text(channel, id_)) for id_ in message_ids)
        known: dict[str, Remembered] = {}
        for id_, stored in zip(message_ids, await asyncio.gather(*calls), strict=True):
            if stored is not None:
                with contextlib.suppress(*codec.DECODE_ERRORS):  # a damaged record counts as forgotten
                    known[id_] = codec.load_remembered(stored, channel=channel, message_id=id_)
        return known

    async def statuses(self, *, channel: str, message_ids: Sequence[str]) -> dict[str, DeliveryStatus]:
        calls = (self.store.execute("GET", self._rank(channel, id_)) for id_ in message_ids)
        ranks = dict(zip(message_ids, await asyncio.gather(*calls), strict=True))
        return {id_: STATUS_OF[rank] for id_, rank in ranks.items() if rank in STATUS_OF}

    async def arrived(self, *, channel: str, message_id: str) -> bool:
        try:
            rank = await self.store.execute("GET", self._rank(channel, message_id))
        except StoreUnavailableError as error:
            logger.debug("the status of a message could not be read: %s", error)
            return False
        try:
            return float(rank or 0) > RANK[DeliveryStatus.SENT]
        except ValueError:  # a damaged record
            return False

    async def advance(self, *, updates: Sequence[StatusUpdate]) -> tuple[bool, ...]:
        positions: defaultdict[str, list[int]] = defaultdict(list)
        for position, update in enumerate(updates):
            positions[self._rank(update.channel, update.message_id)].append(position)
        calls = (self._advance(name, [updates[position] for position in group]) for name, group in positions.items())
        answers = itertools.chain(*await asyncio.gather(*calls))
        is_new = dict(zip(itertools.chain(*positions.values()), answers, strict=True))
        return tuple(is_new[position] for position in range(len(updates)))

    async def _advance(self, name: str, updates: Sequence[StatusUpdate]) -> list[bool]:
        ranks = [RANK[update.status] for update in updates]
        try:
            answers = await self.store.run(scripts.ADVANCE, [name], [int(self.keep_status_seconds * 1000), *ranks])
        except StoreUnavailableError as error:
            logger.debug("a delivery status could not be compared with earlier ones: %s", error)
            return [True] * len(updates)
        return [bool(answer) for answer in answers]

    def _text(self, channel: str, message_id: str) -> str:
        return self.keys.shared(f"text:{channel}:{message_id}")

    def _rank(self, channel: str, message_id: str) -> str:
        return self.keys.shared(f"rank:{channel}:{message_id}")
