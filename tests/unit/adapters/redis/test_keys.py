"""The slots of a cluster's partitions."""

from collections import Counter

import pytest
from redis.crc import key_slot

from adapters.redis.keys import SLOTS, Keys


@pytest.mark.parametrize(("primaries", "shares"), [(3, [6, 5, 5]), (4, [4] * 4), (8, [2] * 8), (16, [1] * 16)])
def test_equal_primaries_get_equal_shares(primaries: int, shares: list[int]) -> None:
    """Each primary has one range of slots. The driver computes the slot of a key."""
    keys = Keys(partitions=16)

    slots = [key_slot(keys.of(partition, "ready").encode()) for partition in range(16)]

    found = Counter(slot * primaries // SLOTS for slot in slots)
    assert [found[primary] for primary in range(primaries)] == shares


def test_all_keys_of_a_partition_share_a_slot() -> None:
    """A script may use several of them."""
    keys = Keys(partitions=16)

    slots = {key_slot(name.encode()) for name in [*keys.transition(7), *keys.turn(7, "whatsapp:{1}")]}

    assert len(slots) == 1


def test_a_single_server_has_a_plain_tag() -> None:
    """It has no slots."""
    assert Keys().of(0, "ready") == "trunkline:{0}:ready"
