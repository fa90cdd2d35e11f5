"""The backlog of a mailbox in memory."""

import time
from collections import defaultdict

from attrs import define

from adapters.memory.mailbox import MemoryMailbox
from application.ports.backlog import Backlog, ChannelBacklog
from domain.people.person import channel_of


@define
class MemoryBacklogReader:
    mailbox: MemoryMailbox

    async def read(self) -> Backlog:
        times: defaultdict[str, list[float | None]] = defaultdict(list)
        for conversation, queue in self.mailbox.queues.items():
            times[channel_of(conversation)].append(queue.received_at)
        return Backlog(
            channels={channel: _channel_backlog(times_of) for channel, times_of in times.items()},
            dead_letters=len(self.mailbox.dead),
        )


def _channel_backlog(times: list[float | None]) -> ChannelBacklog:
    oldest = min((received_at for received_at in times if received_at is not None), default=None)
    seconds = None if oldest is None else time.monotonic() - oldest
    return ChannelBacklog(conversations=len(times), oldest_seconds=seconds)
