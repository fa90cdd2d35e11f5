"""Sends requests to the service as bytes, and records the responses."""

import asyncio
import contextlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import asdict, define, field

from attack.inputs.request import Request
from attack.people import PRIVATE_WORD
from attack.plan import SECRETS

ANSWER_SECONDS = 20.0
MAX_EXAMPLES = 5
UNAVAILABLE = "503"
NO_RETRY_AFTER = "503 without Retry-After"
HUNG_UP = "hung up"
CUT_OFF = "cut off"
NO_ANSWER = "no answer"


@define
class Tally:
    """The responses to the inputs.

    `answers` counts by kind and response, `examples` has the first inputs of each bad one.

    `leaks`: kinds whose responses held a secret or text of a person. `went_on`: people who got a hostile answer, and
    whose later message was accepted.
    """

    thrown: int = 0
    answers: defaultdict[str, Counter[str]] = field(factory=lambda: defaultdict(Counter))
    examples: dict[str, list[str]] = field(factory=dict)
    leaks: list[str] = field(factory=list)
    went_on: list[int] = field(factory=list)

    def note(self, kind: str, answer: str, *, sent: bytes = b"") -> None:
        self.answers[kind][answer] += 1
        if is_bad(answer) or answer == UNAVAILABLE:
            shown = self.examples.setdefault(f"{kind}: {answer}", [])
            if len(shown) < MAX_EXAMPLES:
                shown.append(repr(sent[:300])[2:-1])

    def look_for_leaks(self, kind: str, response: bytes, *, words: bool) -> None:
        """Search a response for secrets. With `words`, it must not contain text of people either."""
        forbidden = (*SECRETS, PRIVATE_WORD) if words else SECRETS
        if any(secret.encode() in response for secret in forbidden):
            self.leaks.append(kind)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@define
class Answer:
    """A response."""

    status: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def name(self) -> str:
        """The status. A 503 without Retry-After has its own name."""
        return NO_RETRY_AFTER if self.status == UNAVAILABLE and "retry-after" not in self.headers else self.status


async def read_answer(reader: asyncio.StreamReader) -> Answer:
    """The next response on a connection; of an endless one only the head.

    Raises:
        asyncio.IncompleteReadError, ConnectionError: the service hung up before the end of it.
    """
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    answer = Answer(status=head[0].split(" ")[1], headers=headers)
    if "transfer-encoding" not in headers:
        answer.body = await reader.readexactly(int(headers.get("content-length", 0)))
    return answer


@define
class Caller:
    """Sends requests on one connection, as long as the service keeps it open."""

    port: int
    tally: Tally
    words: bool
    _connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def throw_all(self, requests: Iterator[Request]) -> None:
        """Send the requests one after the other. Several callers may share the iterator."""
        for request in requests:
            await self._throw(request)
        self._close()

    async def _throw(self, request: Request) -> None:
        self.tally.thrown += 1
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                answer = await self._answer(request)
        except TimeoutError:
            self._close()
            self.tally.note(request.kind, NO_ANSWER, sent=request.data)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            self._close()
            self.tally.note(request.kind, HUNG_UP if request.may_be_hung_up else CUT_OFF, sent=request.data)
        else:
            self.tally.note(request.kind, answer.name, sent=request.data)
            self.tally.look_for_leaks(request.kind, str(answer.headers).encode() + answer.body, words=self.words)
            if "transfer-encoding" in answer.headers or answer.headers.get("connection") == "close":
                self._close()

    async def _answer(self, request: Request) -> Answer:
        """Writes the whole request at once, so that an early response is read while the rest is still being sent."""
        fresh = self._connection is None
        reader, writer = self._connection = self._connection or await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(request.data)
            # The answer to HEAD has a length and no body: the next connection is for the next request.
            if request.data.startswith(b"HEAD "):
                answer = Answer(status=(await reader.readuntil(b"\r\n")).split(b" ")[1].decode(), headers={})
                self._close()
                return answer
            return await read_answer(reader)
        except (ConnectionError, asyncio.IncompleteReadError):
            if fresh:
                raise
        # It was closed since the last answer, which proves nothing about this request.
        self._close()
        return await self._answer(request)

    def _close(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(ConnectionError):
                self._connection[1].transport.abort()
        self._connection = None


async def throw(requests: Iterator[Request], *, port: int, tally: Tally, callers: int, words: bool = False) -> None:
    """Share the requests between so many connections."""
    async with asyncio.TaskGroup() as group:
        for _ in range(callers):
            group.create_task(Caller(port, tally, words).throw_all(requests))


def is_bad(answer: str) -> bool:
    """Whether no input excuses this response: a 5xx other than a 503 with Retry-After, or none at all."""
    return (answer.startswith("5") and answer != UNAVAILABLE) or answer in (NO_ANSWER, CUT_OFF)
