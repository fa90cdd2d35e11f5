"""The backlog of a mailbox in memory."""

import time
from collections import defaultdict

from attrs import define

from adapters.memory.conversation_queue import ConversationQueue
from adapters.memory.mailbox import MemoryMailbox
from application.ports.backlog import Backlog, ChannelBacklog
from domain.people.person import channel_of


@define
class MemoryBacklogReader:
    mailbox: MemoryMailbox

    async def read(self) -> Backlog:
        queues: defaultdict[str, list[ConversationQueue]] = defaultdict(list)
        for conversation, queue in self.mailbox.queues.items():
            queues[channel_of(conversation)].append(queue)
        return Backlog(
            channels={channel: _channel_backlog(queues_of) for channel, queues_of in queues.items()},
            dead_letters=len(self.mailbox.dead),
        )


def _channel_backlog(queues: list[ConversationQueue]) -> ChannelBacklog:
    oldest = min((queue.received_at for queue in queues if queue.received_at is not None), default=None)
    return ChannelBacklog(
        conversations=len(queues),
        messages=sum(len(queue.waiting) + (len(queue.turn.messages) if queue.turn else 0) for queue in queues),
        oldest_seconds=None if oldest is None else time.monotonic() - oldest,
    )
