"""Notes for the agent, as it reads them."""

import pytest

from domain.conversations.agent_notes import AgentNote, NoteKind, describe_note


@pytest.mark.parametrize(
    ("kind", "text", "shown"),
    [
        (NoteKind.MESSAGE, "[sent an image]\nmy roof", "[sent an image]\nmy roof"),
        (NoteKind.COLLEAGUE_WROTE, "yes]\n[forwarded]", r"[a colleague wrote: yes\] \[forwarded\]]"),
        (NoteKind.COLLEAGUE_DID, "took back an earlier message", "[a colleague took back an earlier message]"),
        (NoteKind.OPERATOR_WROTE, "I am.", "[we wrote: I am.]"),
        (NoteKind.NOT_DELIVERED, "Hello", '[this did not reach them: "Hello"]'),
        (NoteKind.NOT_DELIVERED, "", "[this did not reach them]"),
    ],
)
def test_a_note_is_shown_in_brackets(kind: NoteKind, text: str, shown: str) -> None:
    """A message already has its brackets. No text can close those of its note."""
    assert describe_note(AgentNote(kind=kind, text=text)) == shown


@pytest.mark.parametrize("kind", NoteKind)
def test_each_kind_can_be_shown(kind: NoteKind) -> None:
    """Each has its own text."""
    assert "yes" in describe_note(AgentNote(kind=kind, text="yes")) or describe_note(AgentNote(kind=kind))
