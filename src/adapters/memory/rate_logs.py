"""The rate logs of the mailbox in memory."""

from collections.abc import Sequence

from attrs import define, field

from domain.people.person import Conversation
from domain.policies.rate_limit import AdmittedMessage, RateLog


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


def _merged(
    before: Sequence[AdmittedMessage], new: Sequence[AdmittedMessage], keep_seconds: float
) -> tuple[AdmittedMessage, ...]:
    if not new:
        return tuple(before)
    oldest = max(hit.at for hit in new) - keep_seconds
    by_id = {hit.id: hit for hit in (*before, *new) if hit.at >= oldest}
    return tuple(sorted(by_id.values(), key=lambda hit: (hit.at, hit.id)))
