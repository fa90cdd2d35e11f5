"""What is left in the store at the end of a run."""

from collections import Counter
from typing import Any

from attrs import field, frozen

from adapters.redis.connection import StoreConnections
from adapters.redis.dead_letters import RedisDeadLetters
from adapters.redis.errors import translated
from adapters.redis.keys import GROUP, Keys
from adapters.redis.proposals import RedisProposals
from application.ports.dead_letters import AnyDeadLetter, DeadLetter
from domain.conversations.proposals import Proposal

# Keys of an idle installation. All others belong to a conversation that is not idle.
EXPECTED = frozenset({"ready", "arrivals", "seen", "partitions", "format", "feed", "dead"})
# What is stored of people and messages; each key expires by itself.
REMEMBERED = frozenset(
    {
        *("state", "alias", "text", "rank", "send_rate", "breaker", "proposal", "proposals"),
        *("transcript", "conversations"),
    }
)
MAX_DEAD_LETTERS = 1000
PROPOSALS_AT_ONCE = 500


@frozen(kw_only=True)
class Leftovers:
    """`tokens`: conversations that are not idle; `queued` and `leased`: entries of the ready stream.

    `kinds`: how many keys there are of each kind; `dead`: the dead letters; `proposals`: what the agent proposed.
    """

    tokens: tuple[str, ...] = ()
    queued: int = 0
    leased: int = 0
    kinds: Counter[str] = field(factory=Counter)
    dead: tuple[AnyDeadLetter, ...] = ()
    proposals: tuple[Proposal, ...] = ()

    @property
    def dead_messages(self) -> set[str]:
        """The ids of the messages an operator finds there."""
        readable = (letter for letter in self.dead if isinstance(letter, DeadLetter))
        return {message.id for letter in readable for message in letter.turn.messages}

    @property
    def unexpected(self) -> Counter[str]:
        return Counter({kind: count for kind, count in self.kinds.items() if kind not in EXPECTED | REMEMBERED})

    @property
    def idle(self) -> bool:
        return not (self.tokens or self.queued or self.leased or self.unexpected)


async def read_leftovers(url: str) -> Leftovers:
    """Look into the store at `url`.

    Raises:
        StoreUnavailableError: it does not answer, or no worker ever prepared it.
    """
    keys, connections = Keys(), StoreConnections.to(url)
    try:
        with translated():
            return await _read(connections, keys)
    finally:
        await connections.aclose()


async def _read(connections: StoreConnections, keys: Keys) -> Leftovers:
    client, ready = connections.commands, keys.of(0, "ready")
    pending: Any = await client.xpending(ready, GROUP)
    tokens: Any = await client.hkeys(keys.of(0, "tokens"))
    return Leftovers(
        tokens=tuple(sorted(tokens)),
        queued=await client.xlen(ready),
        leased=pending["pending"],
        kinds=Counter([_kind(name) async for name in client.scan_iter(count=1000)]),
        dead=await RedisDeadLetters(store=connections, keys=keys).page(limit=MAX_DEAD_LETTERS),
        proposals=await _proposals(RedisProposals(store=connections, keys=keys)),
    )


async def _proposals(store: RedisProposals) -> tuple[Proposal, ...]:
    """All of them, page by page."""
    page = await store.page(limit=PROPOSALS_AT_ONCE)
    found = page.items
    while page.next:
        page = await store.page(limit=PROPOSALS_AT_ONCE, after=page.next)
        found += page.items
    return found


def _kind(name: str) -> str:
    """trunkline:{0}:seen:12:34 is a `seen`, trunkline:feed a `feed`."""
    _, *parts = name.split(":")
    return next(part for part in parts if not part.startswith("{"))
