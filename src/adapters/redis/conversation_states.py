"""The states of conversations on Redis: one hash each, in the conversation's partition."""

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
    "unreachable_at": float,
    "reachable_at": float,
    "answered_session": int,
    "answered_at": float,
    "quick_rounds": int,
    "loop_until": float,
    "shared_phone": str,
    "joined_session": str,
    "budget_notice_at": float,
    "agent": str,
    "agent_rule": str,
}
WRITERS: Mapping[str, Callable[[Any], str]] = {
    "heard_at": repr,
    "human_until": repr,
    "session": str,
    "choices": codec.dump_choices,
    "moved_to": codec.dump_person,
    "moved_at": repr,
    "marketing_stopped_at": repr,
    "marketing_resumed_at": repr,
    "unreachable_at": repr,
    "reachable_at": repr,
    "answered_session": str,
    "answered_at": repr,
    "quick_rounds": str,
    "loop_until": repr,
    "shared_phone": str,
    "joined_session": str,
    "budget_notice_at": repr,
    "agent": str,
    "agent_rule": str,
}


@frozen(kw_only=True)
class RedisConversationStates:
    """An empty field is not stored."""

    store: StoreConnections
    keys: Keys = field(factory=Keys)
    keep_seconds: float = KEPT_SECONDS

    async def of(self, *, conversation: Conversation) -> ConversationState:
        return load_state(await self.store.execute("HGETALL", self.keys.state(str(conversation))))

    async def change(
        self, *, conversation: Conversation, heard: Sequence[AgentNote] = (), **changes: Unpack[StateChanges]
    ) -> None:
        record = codec.dump_record(self.changed(changes, heard))
        await self.store.run(scripts.CHANGE_STATE, [self.keys.state(str(conversation))], [record])

    async def note(self, *, conversation: Conversation, agent_notes: Sequence[AgentNote]) -> None:
        record = codec.dump_record(self.noted(agent_notes))
        await self.store.run(scripts.ADD_AGENT_NOTES, [self.keys.state(str(conversation))], [record])

    @property
    def keep_ms(self) -> int:
        return int(self.keep_seconds * 1000)

    def changed(self, changes: StateChanges, heard: Sequence[AgentNote]) -> dict[str, object]:
        """What `change_state` in `state.lua` takes."""
        fields: list[str] = []
        for name, value in changes.items():
            fields += [name, "" if value in (None, ()) else WRITERS[name](value)]
        return {"keep_ms": self.keep_ms, "heard": heard, "fields": fields}

    def noted(self, agent_notes: Sequence[AgentNote]) -> dict[str, object]:
        """What `add_notes` in `state.lua` takes."""
        return {
            "keep_ms": self.keep_ms,
            "max_notes": MAX_AGENT_NOTES,
            "max_length": MAX_NOTES_LENGTH,
            "notes": [evolve(note, text=cut(note.text, MAX_NOTE_LENGTH)) for note in agent_notes],
        }


def load_state(fields: Mapping[str, str]) -> ConversationState:
    """The state from its hash. Fields that cannot be read are left out: damaged ones, and those of a later version."""
    read: dict[str, Any] = {}
    for name, value in fields.items():
        if name in READERS:
            try:
                read[name] = READERS[name](value)
            except codec.DECODE_ERRORS:
                continue
    return ConversationState(**read)
