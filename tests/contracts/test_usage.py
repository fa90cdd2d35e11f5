"""What agents used, on Redis and Valkey: bounded, forgotten in the end, and read although it is damaged."""

from typing import Any

import pytest
from attrs import evolve

from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.redis.usage import MAX_COUNTERS, SEPARATOR
from adapters.system_clock import SystemClock
from application.ports.turn_changes import TurnChanges
from contracts.mailbox_steps import ANSWER, begin_one, claim_one
from contracts.usage_contract import DAY, ROWS, USAGE, counted
from domain.conversations.usage import ModelUsage
from domain.policies.budget import BudgetScope, Spending
from support.messages import CONVERSATION, enqueued


@pytest.fixture
async def mailbox(store: StoreConnections, keys: Keys) -> RedisMailbox:
    mailbox = RedisMailbox(store=store, keys=keys, clock=SystemClock())
    await mailbox.prepare()
    return mailbox


async def answer(mailbox: RedisMailbox, changes: TurnChanges) -> None:
    await mailbox.accept(messages=[enqueued()])
    claim, _ = await begin_one(mailbox)
    await mailbox.save_reply(claim=claim, reply=ANSWER, changes=changes)
    await mailbox.complete(claim=claim)


async def test_the_rows_of_a_day_are_bounded(mailbox: RedisMailbox) -> None:
    """Whatever names an agent's runtime makes up, the rest is counted as one row."""
    for first in range(0, MAX_COUNTERS, 20):
        models = tuple(ModelUsage(model=f"m{first + number}", tokens_in=1) for number in range(20))
        await answer(mailbox, counted(usage=evolve(USAGE, models=models)))

    rows = await mailbox.usage.rows(since=DAY, until=DAY)

    by_model = {row.model: row.tokens_in for row in rows}
    assert len(rows) <= MAX_COUNTERS
    assert by_model["m0"] == 1
    assert sum(by_model.values()) == MAX_COUNTERS
    assert by_model["other"] > 1


async def test_a_counter_that_is_zero_is_not_stored(mailbox: RedisMailbox, store: StoreConnections, keys: Keys) -> None:
    """Most models of a server of one's own cost nothing, and most rows have few counters then."""
    free = ModelUsage(model="free", tokens_in=1)
    await answer(mailbox, counted(usage=evolve(USAGE, models=(free,))))

    names = await store.commands.hkeys(keys.of(0, f"usage:{DAY}"))

    assert sorted(name.partition(SEPARATOR)[0] for name in names) == ["in", "turns", "turns"]


async def test_usage_is_forgotten_in_the_end(mailbox: RedisMailbox, store: StoreConnections, keys: Keys) -> None:
    """A day after `keep_days`, what a person spent after two days."""
    await answer(mailbox, counted())
    day = await store.commands.pttl(keys.of(0, f"usage:{DAY}"))
    person = await store.commands.pttl(keys.of(0, f"spent:{CONVERSATION}"))

    assert 89 < day / 86_400_000 <= 90
    assert 1 < person / 86_400_000 <= 2


async def test_without_a_budget_nothing_is_kept_of_a_person(
    mailbox: RedisMailbox, store: StoreConnections, keys: Keys
) -> None:
    """Nor is anything read when a turn begins."""
    await answer(mailbox, counted(warn_from={}))

    assert not await store.commands.exists(keys.of(0, f"spent:{CONVERSATION}"))


@pytest.mark.parametrize("value", ["", "much", "1.5", "9" * 30])
async def test_damaged_counters_block_nothing(
    mailbox: RedisMailbox, store: StoreConnections, keys: Keys, value: str
) -> None:
    """They begin anew, and a turn begins as if nothing was spent."""
    damaged: dict[Any, Any] = {
        f"turns{SEPARATOR}whatsapp{SEPARATOR}assistant{SEPARATOR}": value,
        f"spent{SEPARATOR}whatsapp": value,
        f"cost{SEPARATOR}whatsapp": value,
    }
    await store.commands.hset(keys.of(0, f"usage:{DAY}"), mapping=damaged)
    await store.commands.hset(keys.of(0, f"spent:{CONVERSATION}"), mapping={"day": str(DAY), "spent": value})
    await mailbox.accept(messages=[enqueued()])
    claim = await claim_one(mailbox)

    begun = await mailbox.begin(claim=claim, spent_on=DAY)
    await mailbox.save_reply(claim=claim, reply=ANSWER, changes=counted())

    assert begun is not None
    assert begun.spent == Spending() or value.isdigit()
    assert set(await mailbox.usage.rows(since=DAY, until=DAY)) == ROWS
    assert (await mailbox.begin(claim=claim, spent_on=DAY)).spent.person == pytest.approx(0.25)  # type: ignore[union-attr]


async def test_a_channel_spends_on_all_partitions(store: StoreConnections, keys: Keys) -> None:
    """A turn begins with the sum of all of them. The warning takes into account what was spent elsewhere."""
    spread = RedisMailbox(store=store, keys=Keys(prefix=keys.prefix, partitions=2), clock=SystemClock())
    await spread.prepare()
    await spread.accept(messages=[enqueued()])
    own = spread.keys.partition_of(str(CONVERSATION))
    field = f"spent{SEPARATOR}whatsapp"
    for partition, billionths in ((own, 500_000_000), (1 - own, 250_000_000)):
        await store.commands.hset(spread.keys.of(partition, f"usage:{DAY}"), field, str(billionths))
    (claim,) = await spread.claim(partition=own, worker="a", limit=1, wait_seconds=1)

    begun = await spread.begin(claim=claim, spent_on=DAY)

    assert begun is not None
    assert begun.spent == Spending(channel=0.75, elsewhere=0.25)
    saved = await spread.save_reply(
        claim=claim, reply=ANSWER, changes=counted(warn_from={BudgetScope.CHANNEL: 0.8 - begun.spent.elsewhere})
    )
    assert saved.warnings == (BudgetScope.CHANNEL,)
