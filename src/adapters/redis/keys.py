"""The names of keys. The keys of a partition share a hash tag, so that a cluster keeps them on one server."""

import binascii
import functools
import hashlib
import itertools
import zlib

from attrs import field, frozen
from attrs.validators import and_, ge, le

GENERATION_SECONDS = 3.5 * 24 * 3600
# A set of integers stays compact up to set-max-intset-entries of them. With the 8,192 that we set or ask for, these are
# 33 million ids a generation; with the store's default of 512, two million.
BUCKETS = 4096
GROUP = "workers"
# What a conversation has beside its token: waiting messages, the turn under way, turns that go before the messages, its
# state, and its rate log.
TURN_KEYS = ("mail", "turn", "priority", "state", "admitted", "notices")
# https://valkey.io/topics/cluster-spec/#key-distribution-model
SLOTS = 16384


@frozen(kw_only=True)
class Keys:
    """Key names of one installation. `partitions` never changes afterwards."""

    prefix: str = "trunkline"
    partitions: int = field(default=1, validator=and_(ge(1), le(SLOTS)))

    def partition_of(self, conversation: str) -> int:
        return zlib.crc32(conversation.encode()) % self.partitions

    def of(self, partition: int, name: str) -> str:
        return f"{_tagged(self.prefix, partition, self.partitions)}{name}"

    def shared(self, name: str) -> str:
        return f"{self.prefix}:{name}"

    def transition(self, partition: int) -> list[str]:
        """The first three keys of every script of the mailbox."""
        tagged = _tagged(self.prefix, partition, self.partitions)
        return [f"{tagged}ready", f"{tagged}tokens", f"{tagged}later"]

    def turn(self, partition: int, conversation: str) -> list[str]:
        """The keys of every step of a turn (see `claimed.lua`)."""
        tagged = _tagged(self.prefix, partition, self.partitions)
        own = [f"{tagged}{name}:{conversation}" for name in TURN_KEYS]
        return [f"{tagged}ready", f"{tagged}tokens", f"{tagged}later", f"{tagged}dead", *own]

    def state(self, conversation: str) -> str:
        return self.of(self.partition_of(conversation), f"state:{conversation}")

    def seen(self, partition: int, generation: int) -> list[str]:
        """The sets of known ids, without the bucket: the present generation's, which is written, and its neighbours'.

        Two generations back make at least seven days. One ahead is for a process whose clock is fast.
        """
        sets = self.of(partition, "seen")
        neighbours = (generation, generation - 1, generation - 2, generation + 1)
        return [f"{sets}:{neighbour}" for neighbour in neighbours]


@functools.cache
def _tagged(prefix: str, partition: int, partitions: int) -> str:
    """How the keys of a partition begin."""
    return f"{prefix}:{{{_hash_tag(partition, partitions)}}}:"


def _hash_tag(partition: int, partitions: int) -> str:
    """A hash tag in the partition's share of the slots: primaries with equal shares of the slots get equally many.

    With plain numbers as tags, three primaries would get 6, 6 and 4 of sixteen partitions, and four of eight would get
    none. Example: partition 0 of 16 has the tag "0.13", whose slot is among the first 1,024.
    """
    if partitions == 1:
        return "0"
    tags = (f"{partition}.{number}" for number in itertools.count())
    return next(tag for tag in tags if slot_of(tag) * partitions // SLOTS == partition)


def slot_of(tag: str) -> int:
    """The slot of a cluster that holds the keys with this hash tag."""
    return binascii.crc_hqx(tag.encode(), 0) % SLOTS


def generation_at(now: float) -> int:
    return int(now // GENERATION_SECONDS)


def forgotten_at(generation: int) -> int:
    """When no process reads the sets of a generation any more (unix ms)."""
    return int((generation + 4) * GENERATION_SECONDS * 1000)


def digest_of(channel: str, message_id: str) -> int:
    """64 signed bits that stand for a message: in a set of integers, one costs the store 8 to 31 bytes."""
    digest = hashlib.blake2b(f"{channel}:{message_id}".encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)


def bucket_of(digest: int) -> int:
    return digest % BUCKETS
