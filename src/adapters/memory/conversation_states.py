"""The states of conversations in memory."""

from collections.abc import Sequence
from typing import Any, Unpack

from attrs import define, evolve, field

from application.ports.conversation_states import StateChanges
from domain.conversations.agent_notes import MAX_AGENT_NOTES, MAX_NOTE_LENGTH, MAX_NOTES_LENGTH, AgentNote
from domain.conversations.state import ConversationState
from domain.messages.plain_text import cut
from domain.people.person import Conversation

GROWING = (
    "heard_at",
    "human_until",
    "marketing_stopped_at",
    "marketing_resumed_at",
    "unreachable_at",
    "reachable_at",
)


@define
class MemoryConversationStates:
    _states: dict[Conversation, ConversationState] = field(factory=dict)

    async def of(self, *, conversation: Conversation) -> ConversationState:
        return self.present(conversation)

    def present(self, conversation: Conversation) -> ConversationState:
        return self._states.get(conversation, ConversationState())

    async def change(
        self, *, conversation: Conversation, heard: Sequence[AgentNote] = (), **changes: Unpack[StateChanges]
    ) -> None:
        state = await self.of(conversation=conversation)
        if heard:
            left = tuple(note for note in state.agent_notes if note not in heard)
            state = evolve(state, agent_notes=left, left_out=0)
        changed = evolve(state, **changes)
        times: dict[str, Any] = {name: _later(getattr(changed, name), getattr(state, name)) for name in GROWING}
        self._states[conversation] = evolve(changed, **times)

    async def note(self, *, conversation: Conversation, agent_notes: Sequence[AgentNote]) -> None:
        state = await self.of(conversation=conversation)
        new = (evolve(note, text=cut(note.text, MAX_NOTE_LENGTH)) for note in agent_notes)
        noted = tuple(dict.fromkeys((*state.agent_notes, *new)))
        kept = noted[-MAX_AGENT_NOTES:]
        while sum(len(note.text) for note in kept) > MAX_NOTES_LENGTH:
            kept = kept[1:]
        left_out = state.left_out + len(noted) - len(kept)
        self._states[conversation] = evolve(state, agent_notes=kept, left_out=left_out)


def _later(time: float | None, before: float | None) -> float | None:
    return time if time is None or before is None else max(time, before)
