"""A channel that only remembers what was said on it."""

from collections import deque

from attrs import define, field, frozen

from application.ports.messenger import SendFailedError
from domain.conversations import Person
from domain.failures import SendFailure
from domain.messages import InboundMessage
from domain.replies import TextPart


@frozen(kw_only=True)
class SentPart:
    """One part as the person got it."""

    id: str
    body: str
    to: Person
    reference: str


@define(kw_only=True)
class MemoryMessenger:
    """Sends into `sent`; texts are cut every `limit` characters."""

    limit: int = 4096
    acknowledged_seconds: float = 25.0
    sent: list[SentPart] = field(factory=list)
    acknowledged: list[InboundMessage] = field(factory=list)
    failures: deque[SendFailure] = field(factory=deque)

    def fail_next(self, *failures: SendFailure) -> None:
        """Fail as many of the next sends and acknowledgements as there are failures; nothing is sent then."""
        self.failures.extend(failures)

    def compose(self, *, markdown: str) -> tuple[TextPart, ...]:
        text = markdown.strip()
        cuts = range(0, len(text), self.limit)
        bodies = (text[cut : cut + self.limit].strip() for cut in cuts)
        return tuple(TextPart(body=body) for body in bodies if body)

    async def send(self, *, part: TextPart, to: Person, reference: str) -> str:
        self._fail_if_told()
        message_id = f"sent-{len(self.sent) + 1}"
        self.sent.append(SentPart(id=message_id, body=part.body, to=to, reference=reference))
        return message_id

    async def acknowledge(self, *, message: InboundMessage) -> None:
        self._fail_if_told()
        self.acknowledged.append(message)

    def _fail_if_told(self) -> None:
        if self.failures:
            raise SendFailedError(self.failures.popleft(), "told to fail")
