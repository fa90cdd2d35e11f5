"""Notes that the agent reads beside the messages of a turn. They become text when the agent's input is built."""

from enum import StrEnum

from attrs import frozen

from domain.messages.escaping import escape_note

MAX_AGENT_NOTES = 50
# Of one note, and of all together, in characters.
MAX_NOTE_LENGTH = 4_000
MAX_NOTES_LENGTH = 20_000


class NoteKind(StrEnum):
    """What `AgentNote.text` is, and how it is shown to the agent.

    MESSAGE: what the person sent while the agent was not asked, as it would stand in the agent's input. All others are
    shown in brackets.
    """

    MESSAGE = "message"
    COLLEAGUE_WROTE = "colleague_wrote"
    COLLEAGUE_DID = "colleague_did"
    OPERATOR_WROTE = "operator_wrote"
    NOT_DELIVERED = "not_delivered"
    NOT_SENT = "not_sent"
    REST_NOT_SENT = "rest_not_sent"
    MESSAGES_LOST = "messages_lost"
    PROPOSAL = "proposal"


@frozen(kw_only=True)
class AgentNote:
    """One note for the agent. `text` is as it was written, not escaped; empty where the kind says everything."""

    kind: NoteKind = NoteKind.MESSAGE
    text: str = ""


def describe_note(note: AgentNote) -> str:
    """The note as the agent reads it. Example: "[a colleague wrote: I will call you.]"."""
    if note.kind is NoteKind.MESSAGE:
        return note.text
    text = escape_note(note.text)
    quoted = f': "{text}"' if text else ""
    words = {
        NoteKind.COLLEAGUE_WROTE: f"a colleague wrote: {text}",
        NoteKind.COLLEAGUE_DID: f"a colleague {text}",
        NoteKind.OPERATOR_WROTE: f"we wrote: {text}",
        NoteKind.NOT_DELIVERED: f"this did not reach them{quoted}",
        NoteKind.NOT_SENT: "your last answer was not sent, because a colleague answers",
        NoteKind.REST_NOT_SENT: "the rest of your last answer was not sent, because a colleague answers",
        NoteKind.MESSAGES_LOST: "sent more messages than can wait; the latest of them are lost",
        NoteKind.PROPOSAL: f"your proposal {text}",
    }
    return f"[{words[note.kind]}]"
