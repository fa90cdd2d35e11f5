"""Honest people write during the whole attack. Each message must be answered once, in order, and soon."""

import asyncio
import itertools
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from attrs import define, field, frozen

from attack.caller import Answer, read_answer
from attack.inputs.request import Request, signed
from attack.people import honest_person, honest_words
from chaos.processes import PHONE_NUMBER_ID
from simulator.webhooks.wire import encode

PEOPLE = 60
# A person may get one message in six seconds after the burst. So no answer waits for the send rate.
SECONDS_BETWEEN_MESSAGES = 0.1
FIRST_PAUSE_SECONDS = 0.2
MAX_PAUSE_SECONDS = 2.0
ANSWER_SECONDS = 10.0
OK = "200"

type Message = tuple[str, int]
type Heard = tuple[str, int, float]


@define
class HonestPeople:
    """`written`: when each message was first posted, `posted`: when it was first answered 200, in unix seconds.

    `answers` counts the responses of the webhook, `slowest_seconds` is the longest time to a 200.
    """

    port: int
    written: dict[Message, float] = field(factory=dict)
    posted: dict[Message, float] = field(factory=dict)
    answers: Counter[str] = field(factory=Counter)
    slowest_seconds: float = 0.0
    began: int = field(factory=lambda: int(time.time()))

    async def write(self, stopping: asyncio.Event) -> None:
        """The people write in turn until `stopping` is set. Then the webhooks under way are delivered.

        Each message has a connection of its own, as from many machines of Meta.
        """
        async with asyncio.TaskGroup() as group:
            for turn in itertools.count():
                if stopping.is_set():
                    return
                number, person = divmod(turn, PEOPLE)
                group.create_task(self._deliver(honest_person(person), number))
                await asyncio.sleep(SECONDS_BETWEEN_MESSAGES)

    async def _deliver(self, person: str, number: int) -> None:
        """Repeat until it is accepted, as Meta does."""
        request = signed("honest", self._body(person, number))
        self.written[person, number] = time.time()
        pause = FIRST_PAUSE_SECONDS
        while not await self._taken(request):
            await asyncio.sleep(pause)
            pause = min(2 * pause, MAX_PAUSE_SECONDS)
        self.posted[person, number] = time.time()

    async def _taken(self, request: Request) -> bool:
        asked = time.monotonic()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answered = await self._answer(request)
        except (OSError, asyncio.IncompleteReadError) as error:
            self.answers[type(error).__name__] += 1
            return False
        self.answers[answered.name] += 1
        if answered.name != OK:
            return False
        self.slowest_seconds = max(self.slowest_seconds, time.monotonic() - asked)
        return True

    async def _answer(self, request: Request) -> Answer:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request.data)
            return await read_answer(reader)
        finally:
            writer.transport.abort()

    def _body(self, person: str, number: int) -> bytes:
        message = {
            "from": person,
            "id": f"wamid.honest.{person}.{number}",
            "timestamp": str(self.began + number),
            "type": "text",
            "text": {"body": honest_words(number)},
        }
        metadata = {"display_phone_number": "15550001111", "phone_number_id": PHONE_NUMBER_ID}
        value = {"messaging_product": "whatsapp", "metadata": metadata, "messages": [message]}
        change = {"field": "messages", "value": value}
        return encode({"object": "whatsapp_business_account", "entry": [{"id": "2", "changes": [change]}]})


@frozen(kw_only=True)
class Audit:
    """What became of messages that were answered 200. `heard`: person, number of the message, when it was answered.

    `written` and `posted` as HonestPeople has them.
    """

    written: Mapping[Message, float]
    posted: Mapping[Message, float]
    heard: Sequence[Heard]

    @property
    def lost(self) -> list[str]:
        heard = {(person, number) for person, number, _ in self.heard}
        return [_name(message) for message in self.posted if message not in heard]

    @property
    def doubled(self) -> list[str]:
        counted = Counter((person, number) for person, number, _ in self.heard)
        return [_name(message) for message, times in counted.items() if times > 1]

    @property
    def out_of_order(self) -> list[str]:
        """Answered after a later message, although it was accepted before that one was written."""
        answered: defaultdict[str, list[int]] = defaultdict(list)
        for person, number, _ in sorted(self.heard, key=lambda heard: heard[2]):
            answered[person].append(number)
        return [
            _name((person, number))
            for person, numbers in answered.items()
            for place, number in enumerate(numbers)
            if any(number < later and self._came_first(person, number, later) for later in numbers[:place])
        ]

    def _came_first(self, person: str, earlier: int, later: int) -> bool:
        never = float("inf")
        return self.posted.get((person, earlier), never) < self.written.get((person, later), 0.0)

    @property
    def slowest_seconds(self) -> float:
        """From the 200 to the first answer."""
        return max(self._waits(), default=0.0)

    def _waits(self) -> Iterable[float]:
        first: dict[Message, float] = {}
        for person, number, at in self.heard:
            first.setdefault((person, number), at)
        return (first[message] - at for message, at in self.posted.items() if message in first)


def _name(message: Message) -> str:
    return f"{message[0]}, message {message[1]}"
