"""Two workers, the person, the channel and the operator around one conversation, in every order of their steps.

A worker that gets no turn for a while is a frozen process. Every lease is expired for the others at once, while its own
worker relies on it until the store refuses a write. At the end everything was answered in order, and a part was sent
twice only where a worker was taken over at the moment of sending it.
"""

import uuid
from collections.abc import AsyncIterator, Callable, Sequence
from itertools import chain

import pytest
from attrs import frozen

from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from application.ports.dead_letters import DeadLetter
from application.ports.messenger import SendFailedError
from domain.policies.retry import AgentFailure, SendFailure
from integration.mailbox.scenarios import World
from integration.mailbox.stores import Stores
from support.interleaving import Actor, run_schedule, schedules

ORDERS = 100


@pytest.fixture
async def store(valkey_url: str) -> AsyncIterator[StoreConnections]:
    connections = StoreConnections.to(valkey_url)
    yield connections
    await connections.aclose()


def expected(world: World, letters: Sequence[DeadLetter]) -> list[str]:
    """The texts that the person should get: of all messages but those in dead letters, in order."""
    in_dead_letters = {message.id for letter in letters for message in letter.turn.messages}
    answered = [body for body in world.accepted if f"wamid.{body}" not in in_dead_letters]
    return list(chain.from_iterable((f"[{body}]", f"({body})") for body in answered))


def heard(world: World) -> list[str]:
    """The texts that the person got, without repetitions."""
    return list({sent.reference: sent.body for sent in world.messenger.sent}.values())


@frozen(kw_only=True)
class Scenario:
    """`lengths`: about how many steps each actor makes; `dead`: how many turns end as dead letters."""

    actors: Callable[[World], list[Actor]]
    lengths: tuple[int, ...]
    prepare: Callable[[World], None] = lambda _: None
    dead: tuple[int, ...] = (0,)


def times_out_after_sending(world: World) -> None:
    """The channel accepts the first part, but the response is lost."""
    fault = iter([SendFailedError(SendFailure.UNKNOWN, "timed out")])

    async def once() -> None:
        if error := next(fault, None):
            raise error

    world.messenger.after_send = once


SCENARIOS = {
    "two workers": Scenario(actors=lambda world: [world.worker("a"), world.worker("b", reaping=True)], lengths=(9, 9)),
    "three workers": Scenario(
        actors=lambda world: [world.worker("a"), world.worker("b", reaping=True), world.worker("c", reaping=True)],
        lengths=(9, 9, 9),
    ),
    "the person goes on writing": Scenario(
        actors=lambda world: [world.worker("a"), world.sender("m2", "m3", sent_at=2), world.worker("b")],
        lengths=(9, 2, 9),
    ),
    "the channel delivers again": Scenario(
        actors=lambda world: [world.worker("a"), world.sender("m1", sent_at=1), world.worker("b", reaping=True)],
        lengths=(9, 1, 9),
    ),
    "leases are renewed by everybody": Scenario(
        actors=lambda world: [world.worker("a"), world.worker("b", reaping=True), world.renewer()], lengths=(9, 9, 6)
    ),
    "a send is retried later": Scenario(
        prepare=lambda world: world.messenger.fail_next(SendFailure.THROTTLED),
        actors=lambda world: [world.worker("a"), world.promoter(), world.worker("b"), world.sender("m2", sent_at=2)],
        lengths=(7, 3, 9, 1),
    ),
    "a send times out after it was accepted": Scenario(
        prepare=times_out_after_sending,
        actors=lambda world: [world.worker("a"), world.channel(), world.promoter(), world.worker("b")],
        lengths=(7, 4, 3, 9),
    ),
    "the send of a frozen worker is confirmed": Scenario(
        actors=lambda world: [world.worker("a"), world.channel(), world.worker("b", reaping=True)],
        lengths=(9, 4, 9),
    ),
    "the agent fails once": Scenario(
        prepare=lambda world: _fail_agent_once(world, AgentFailure.UNREACHABLE),
        actors=lambda world: [world.worker("a"), world.promoter(), world.worker("b"), world.sender("m2", sent_at=2)],
        lengths=(4, 3, 9, 1),
    ),
    "a turn becomes a dead letter": Scenario(
        prepare=lambda world: world.messenger.fail_next(SendFailure.FINAL),
        actors=lambda world: [world.worker("a"), world.worker("b", reaping=True), world.sender("m2", sent_at=2)],
        lengths=(6, 9, 1),
        dead=(0, 1),
    ),
    "a dead letter is replayed": Scenario(
        prepare=lambda world: world.messenger.fail_next(SendFailure.FINAL),
        actors=lambda world: [world.worker("a"), world.operator(), world.operator(), world.worker("b")],
        lengths=(6, 2, 2, 9),
        dead=(0, 1),
    ),
}


def _fail_agent_once(world: World, failure: AgentFailure) -> None:
    script, failures = world.agent.script, iter([failure])
    world.agent.script = lambda query: next(failures, None) or script(query)  # type: ignore[operator]


@pytest.mark.parametrize("name", SCENARIOS)
async def test_in_every_order(name: str, store: StoreConnections) -> None:
    """Nothing is lost or out of order, no part is sent twice without a takeover, and no key is left."""
    scenario = SCENARIOS[name]
    for schedule in schedules(scenario.lengths, at_most=ORDERS, seed=1):
        world = World(Stores(store, Keys(prefix=f"test-{uuid.uuid4().hex}")))
        await world.stores.mailbox().prepare()
        await world.accept("m1", sent_at=1)
        scenario.prepare(world)

        await run_schedule(scenario.actors(world), schedule)
        await world.finish()

        letters = await world.stores.dead_letters.page(limit=10)
        assert len(letters) in scenario.dead, schedule
        assert heard(world) == expected(world, letters), schedule
        assert world.sent_twice <= world.takeovers + (name == "a send times out after it was accepted"), schedule
        assert await world.left_over() <= ({"dead"} if letters or scenario.dead != (0,) else set()), schedule
