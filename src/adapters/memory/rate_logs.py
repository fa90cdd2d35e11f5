"""The rate logs of the mailbox in memory."""

from collections.abc import Sequence

from attrs import define, field

from domain.people.person import Conversation
from domain.policies.rate_limit import Arrival, RateLog


@define
class MemoryRateLogs:
    _logs: dict[Conversation, RateLog] = field(factory=dict)

    def of(self, conversation: Conversation) -> RateLog:
        return self._logs.get(conversation, RateLog())

    def record(self, conversation: Conversation, new: RateLog, *, keep_seconds: float) -> None:
        """Add messages, each id once, and forget those that are `keep_seconds` older than the latest."""
        before = self.of(conversation)
        self._logs[conversation] = RateLog(
            messages=_merged(before.messages, new.messages, keep_seconds),
            notices=_merged(before.notices, new.notices, keep_seconds),
        )

    def forget(self, conversation: Conversation) -> None:
        self._logs.pop(conversation, None)


def _merged(before: Sequence[Arrival], new: Sequence[Arrival], keep_seconds: float) -> tuple[Arrival, ...]:
    if not new:
        return tuple(before)
    oldest = max(arrival.at for arrival in new) - keep_seconds
    by_id = {arrival.id: arrival for arrival in (*before, *new) if arrival.at >= oldest}
    return tuple(sorted(by_id.values(), key=lambda arrival: (arrival.at, arrival.id)))
