"""Build what an agent gets of the messages of a turn."""

import contextlib
from collections.abc import AsyncIterator, Sequence

from attrs import evolve, frozen

from application.agent_markup.unmarked_blocks import escape_objects
from application.answering.read_files import ReadFiles
from application.channels import Channel
from application.ports.media import FetchedMedia
from application.ports.message_log import MessageLog, Remembered
from domain.conversations.agent_notes import describe_note
from domain.conversations.state import ConversationState
from domain.messages.inbound import Correction, InboundMessage, Reaction, Retraction, Tap, Text, Unsupported
from domain.messages.plain_text import MAX_QUERY_LENGTH, describe, latest, shortened
from domain.messages.shared_values import Choice


@frozen(kw_only=True)
class AgentInput:
    """A turn as an agent gets it: the text of each message, the `agent_notes` made before them, and the images.

    `choices` are the offered answers that were tapped, or typed. When it is not `is_readable`, there is nothing the
    agent could answer. `words` are the texts to remember, for messages that refer to these.
    """

    messages: tuple[str, ...] = ()
    agent_notes: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    images: tuple[FetchedMedia, ...] = ()
    is_readable: bool = True
    words: tuple[Remembered, ...] = ()

    @property
    def query(self) -> str:
        return escape_objects("\n".join(latest((*self.agent_notes, *self.messages), MAX_QUERY_LENGTH)))


@frozen(kw_only=True)
class BuildAgentInput:
    """Describe messages as text: with images, transcripts of voice notes, and the messages that they reply to."""

    log: MessageLog
    files: ReadFiles

    @contextlib.asynccontextmanager
    async def __call__(
        self, *, messages: Sequence[InboundMessage], channel: Channel, state: ConversationState, supports_images: bool
    ) -> AsyncIterator[AgentInput]:
        """The input for the agent. Edits have been applied to `messages` before.

        While the block runs, the images count as bytes that this process holds.

        Raises:
            AccountBlockedError: a file cannot be fetched while the account is blocked.
            StoreUnavailableError: the texts of the messages that they refer to cannot be read.
        """
        meant = _as_meant(messages, state)
        quoted = await self._quoted(meant, channel)
        async with self.files.budget.hold() as hold:
            notes = await self.files(messages=meant, channel=channel, supports_images=supports_images, hold=hold)
            texts = [
                describe(message, quoted=quoted.get(_about(message), ""), file_note=note.text)
                for message, note in zip(meant, notes, strict=True)
            ]
            yield AgentInput(
                messages=tuple(filter(None, texts)),
                agent_notes=_texts(state),
                choices=tuple(message.content.choice for message in meant if isinstance(message.content, Tap)),
                images=tuple(note.image for note in notes if note.image),
                is_readable=any(
                    text and not isinstance(m.content, Unsupported) for m, text in zip(meant, texts, strict=True)
                ),
                words=tuple(
                    Remembered(channel=channel.name, message_id=message.id, text=shortened(text))
                    for message, text in zip(meant, texts, strict=True)
                    if text
                ),
            )

    async def _quoted(self, messages: Sequence[InboundMessage], channel: Channel) -> dict[str, str]:
        wanted = sorted({about for message in messages if (about := _about(message))})
        return await self.log.recall(channel=channel.name, message_ids=wanted) if wanted else {}


def _texts(state: ConversationState) -> tuple[str, ...]:
    """The notes for the agent, and how many are missing."""
    missing = [f"[{state.left_out} earlier messages are left out]"] if state.left_out else []
    return (*missing, *map(describe_note, state.agent_notes))


def _about(message: InboundMessage) -> str:
    """The id of the message that this one refers to; empty when there is none, or when its text is there."""
    content = message.content
    if isinstance(content, Reaction | Correction | Retraction):
        return content.message_id
    return "" if message.quoted_text else message.quotes or ""


def _as_meant(messages: Sequence[InboundMessage], state: ConversationState) -> list[InboundMessage]:
    """Read a typed number or title as a tap on that choice. A tap on the latest question needs no quote."""
    alone = sum(not message.is_annotation for message in messages) == 1
    return [_chosen(message, state, alone=alone) for message in messages]


def _chosen(message: InboundMessage, state: ConversationState, *, alone: bool) -> InboundMessage:
    content = message.content
    if alone and isinstance(content, Text) and (choice := state.meant(content.body)):
        return evolve(message, content=Tap(choice=choice), quotes=None, quoted_text="")
    if isinstance(content, Tap) and (choice := state.offered(content.choice)):
        return evolve(message, content=Tap(choice=choice), quotes=None, quoted_text="")
    return message
