"""Sessions to forget, on Redis and Valkey: bounded, spread over partitions, and damaged ones go."""

import pytest
from attrs import evolve

from adapters.redis.connection import StoreConnections
from adapters.redis.forgetting import RedisForgetting
from adapters.redis.keys import Keys
from contracts.forgetting_contract import SESSION


async def test_sessions_of_all_partitions_are_due(store: StoreConnections, keys: Keys) -> None:
    """Each may have some. The one that is done is removed from whichever has it."""
    forgetting = RedisForgetting(store=store, keys=Keys(prefix=keys.prefix, partitions=4))
    sessions = [evolve(SESSION, session_id=str(number)) for number in range(20)]
    await forgetting.add(sessions=sessions)
    for session in sessions[1:]:
        await forgetting.done(session=session)

    assert await forgetting.due(limit=50, retry_seconds=60) == (sessions[0],)


async def test_the_number_of_sessions_is_bounded(
    store: StoreConnections, keys: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While a runtime is away for good, the first ones go."""
    monkeypatch.setattr("adapters.redis.forgetting.MAX_SESSIONS_KEPT", 3)
    forgetting = RedisForgetting(store=store, keys=keys)
    for number in range(5):
        await forgetting.add(sessions=[evolve(SESSION, session_id=str(number))])

    assert len(await forgetting.due(limit=10, retry_seconds=0)) == 3


@pytest.mark.parametrize("member", ["no JSON", "{}", "[]", '{"agent": 5}', b"\xff"])
async def test_a_damaged_record_is_removed(store: StoreConnections, keys: Keys, member: str | bytes) -> None:
    """Nobody can tell whose memory it is about."""
    forgetting = RedisForgetting(store=store, keys=keys)
    await store.commands.zadd(forgetting.key(0), {member: 0})
    await forgetting.add(sessions=[SESSION])

    assert await forgetting.due(limit=10, retry_seconds=0) == (SESSION,)
    assert await store.commands.zcard(forgetting.key(0)) == (2 if isinstance(member, bytes) else 1)
