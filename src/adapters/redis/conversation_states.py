"""The states of conversations on Redis: one hash each, in the conversation's partition."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Unpack

from attrs import evolve, field, frozen

from adapters.redis import codec, scripts
from adapters.redis.connection import StoreConnections
from adapters.redis.keys import Keys
from application.ports.conversation_states import StateChanges
from domain.conversations.agent_notes import MAX_AGENT_NOTES, MAX_NOTE_LENGTH, MAX_NOTES_LENGTH, AgentNote
from domain.conversations.state import ConversationState
from domain.messages.plain_text import cut
from domain.people.person import Conversation

KEPT_SECONDS = 90 * 24 * 3600

# Numbers are written as Python writes them: a person may answer without end, and JSON has no infinity.
READERS: Mapping[str, Callable[[str], object]] = {
    "heard_at": float,
    "human_until": float,
    "session": int,
    "agent_notes": codec.load_notes,
    "left_out": int,
    "choices": codec.load_choices,
    "moved_to": codec.load_person,
    "moved_at": float,
    "marketing_stopped_at": float,
    "marketing_resumed_at": float,
    "answered_at": float,
    "quick_rounds": int,
    "loop_until": float,
}
WRITERS: Mapping[str, Callable[[Any], scripts.Argument]] = {
    "heard_at": repr,
    "human_until": repr,
    "session": str,
    "choices": codec.dump_choices,
    "moved_to": codec.dump_person,
    "moved_at": repr,
    "marketing_stopped_at": repr,
    "marketing_resumed_at": repr,
    "answered_at": repr,
    "quick_rounds": str,
    "loop_until": repr,
}


@frozen(kw_only=True)
class RedisConversationStates:
    """An empty field is not stored."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    keep_seconds: float = KEPT_SECONDS

    async def of(self, *, conversation: Conversation) -> ConversationState:
        return ConversationState(**_read(await self.store.execute("HGETALL", self._name(conversation))))

    async def change(
        self, *, conversation: Conversation, heard: Sequence[AgentNote] = (), **changes: Unpack[StateChanges]
    ) -> None:
        arguments: list[scripts.Argument] = [self.keep_ms, codec.dump_notes(heard)]
        for name, value in changes.items():
            arguments += [name, "" if value in (None, ()) else WRITERS[name](value)]
        await self.store.run(scripts.CHANGE_STATE, [self._name(conversation)], arguments)

    async def note(self, *, conversation: Conversation, agent_notes: Sequence[AgentNote]) -> None:
        noted = [evolve(note, text=cut(note.text, MAX_NOTE_LENGTH)) for note in agent_notes]
        arguments: list[scripts.Argument] = [
            self.keep_ms,
            MAX_AGENT_NOTES,
            MAX_NOTES_LENGTH,
            codec.dump_notes(noted),
        ]
        await self.store.run(scripts.ADD_AGENT_NOTES, [self._name(conversation)], arguments)

    @property
    def keep_ms(self) -> int:
        return int(self.keep_seconds * 1000)

    def _name(self, conversation: Conversation) -> str:
        partition = self.keys.partition_of(str(conversation))
        return self.keys.of(partition, f"state:{conversation}")


def _read(fields: Mapping[str, str]) -> dict[str, Any]:
    """The fields that can be read. Others are damaged, or a later version wrote them."""
    read: dict[str, Any] = {}
    for name in READERS.keys() & fields.keys():
        with contextlib.suppress(*codec.DECODE_ERRORS):
            read[name] = READERS[name](fields[name])
    return read
