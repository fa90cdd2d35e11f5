"""What a run does, drawn from its seed: the messages, the faults, and when each comes."""

from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from itertools import pairwise
from random import Random

from attrs import field, frozen
from attrs.validators import ge, gt

# Six times shorter than by default: one minute of a run stands for six.
LEASE_SECONDS = 1.5
GRACE_SECONDS = 1.5
CONFIRM_SECONDS = 5.0
MAX_PAUSE_SECONDS = 1.5
BURSTS = (1, 1, 1, 2, 3)
MAX_BATCH = 5
BATCHED = 0.3
REDELIVERED = 0.3
LATEST_REDELIVERY_SECONDS = 5.0
SECONDS_BETWEEN_FAULTS = 1.2


class Channel(StrEnum):
    """Where people write."""

    WHATSAPP = "whatsapp"
    TELEGRAM = "telegram"


class Fault(StrEnum):
    """What is done to a process."""

    KILL_WORKER = "kill worker"
    TERM_WORKER = "term worker"
    FREEZE_WORKER = "freeze worker"
    KILL_WEB = "kill web"
    KILL_STORE = "kill store"


WEIGHTS = {
    Fault.KILL_WORKER: 4,
    Fault.TERM_WORKER: 2,
    Fault.FREEZE_WORKER: 4,
    Fault.KILL_WEB: 2,
    Fault.KILL_STORE: 2,
}


@frozen(kw_only=True, order=True)
class Written:
    """One message: the `number`th, from 0, that this person writes on the channel."""

    person: str
    number: int
    channel: Channel = Channel.WHATSAPP

    @property
    def id(self) -> str:
        """The id under which Trunkline knows it. Telegram counts the messages of a chat from 1."""
        if self.channel is Channel.TELEGRAM:
            return f"{self.person}.{self.number + 1}"
        return f"wamid.{self.person}.{self.number}"


@frozen(kw_only=True)
class PlannedWebhook:
    """Posted `due` seconds after the start, and once more `again_after` seconds later.

    Its messages are in any order, and all of one channel. Their timestamps say in which order they were written.
    """

    due: float
    messages: tuple[Written, ...]
    again_after: float | None

    @property
    def channel(self) -> Channel:
        return self.messages[0].channel


@frozen(kw_only=True)
class PlannedFault:
    """Happens `due` seconds after the start, to the process of that index, `target`, among its kind, for `seconds`."""

    due: float
    fault: Fault
    target: int
    seconds: float


@frozen(kw_only=True)
class Plan:
    """The size of a run. Without `echo`, Meta calls back no statuses, so nothing confirms a send."""

    seed: int
    seconds: float = field(default=45.0, validator=gt(0))
    conversations: int = field(default=300, validator=ge(1))
    messages: int = field(default=10, validator=ge(1))
    echo: bool = True
    channels: tuple[Channel, ...] = tuple(Channel)
    workers: int = 3
    webs: int = 2

    @property
    def people(self) -> Mapping[Channel, tuple[str, ...]]:
        """Who writes on each channel: phone numbers, and user ids of the same digits, who are other people.

        Where there are both, a third writes on Telegram, which takes fewer messages a second.
        """
        first, *others = self.channels
        second = self.conversations // 3 if others else 0
        counts = {first: self.conversations - second, **dict.fromkeys(others, second)}
        return {channel: tuple(f"1555{number:07}" for number in range(count)) for channel, count in counts.items()}

    def webhooks(self) -> tuple[PlannedWebhook, ...]:
        """The messages of all people. Meta's webhook may hold several, of one person or of several; Telegram's one."""
        random = Random(f"{self.seed} webhooks")  # noqa: S311 - a plan, no secret
        batches: list[tuple[float, list[Written]]] = []
        for channel, people in self.people.items():
            bursts = sorted(burst for person in people for burst in self._bursts(channel, person, random))
            if channel is Channel.TELEGRAM:
                batches += [(due, [message]) for due, messages in bursts for message in messages]
            else:
                batches += _batched(bursts, random)
        return tuple(_webhook(due, messages, random) for due, messages in sorted(batches))

    def _bursts(self, channel: Channel, person: str, random: Random) -> Iterator[tuple[float, list[Written]]]:
        """A person's messages in the order they are written, some of them together."""
        cuts = [0]
        while cuts[-1] < self.messages:
            cuts.append(min(self.messages, cuts[-1] + random.choice(BURSTS)))
        times = sorted(random.uniform(0, self.seconds) for _ in cuts[1:])
        for due, (first, end) in zip(times, pairwise(cuts), strict=True):
            yield due, [Written(person=person, number=number, channel=channel) for number in range(first, end)]

    def faults(self) -> tuple[PlannedFault, ...]:
        random = Random(f"{self.seed} faults")  # noqa: S311
        planned: list[PlannedFault] = []
        due = random.expovariate(1 / SECONDS_BETWEEN_FAULTS)
        while due < self.seconds:
            (fault,) = random.choices(list(WEIGHTS), list(WEIGHTS.values()))
            targets = {Fault.KILL_WEB: self.webs, Fault.KILL_STORE: 1}.get(fault, self.workers)
            lasts = random.uniform(0.1, 1.0) if fault is Fault.KILL_STORE else random.uniform(1.2, 3) * LEASE_SECONDS
            planned.append(PlannedFault(due=due, fault=fault, target=random.randrange(targets), seconds=lasts))
            due += random.expovariate(1 / SECONDS_BETWEEN_FAULTS)
        return tuple(planned)


def _batched(bursts: Iterable[tuple[float, list[Written]]], random: Random) -> list[tuple[float, list[Written]]]:
    batches: list[tuple[float, list[Written]]] = []
    for due, messages in bursts:
        if batches and random.random() < BATCHED and len(batches[-1][1]) + len(messages) <= MAX_BATCH:
            batches[-1][1].extend(messages)
        else:
            batches.append((due, messages))
    return batches


def _webhook(due: float, messages: list[Written], random: Random) -> PlannedWebhook:
    again_after = None
    if random.random() < REDELIVERED:
        again_after = random.choice([0.0, random.uniform(0, LATEST_REDELIVERY_SECONDS)])
    shuffled = random.sample(messages, len(messages))
    return PlannedWebhook(due=due, messages=tuple(shuffled), again_after=again_after)
