"""Build what an agent gets of the messages of a turn."""

from collections.abc import Mapping, Sequence
from functools import cached_property

from attrs import evolve, frozen

from application.agent_markup.unmarked_blocks import escape_objects
from application.answering.agent_runtimes import AgentRuntimes
from application.answering.byte_budget import Hold
from application.answering.read_files import NO_FILE, MediaNote, ReadFiles
from application.channels import Channel
from application.ports.agent import AgentFile
from application.ports.media import FetchedMedia
from application.ports.message_log import MessageLog, Remembered
from domain.conversations.agent_notes import describe_note
from domain.conversations.confirmations import decision_of
from domain.conversations.state import ConversationState
from domain.messages.inbound import Correction, InboundMessage, Media, Reaction, Retraction, Tap, Text, Unsupported
from domain.messages.localized_texts import languages_of
from domain.messages.plain_text import MAX_QUERY_LENGTH, describe, latest, shortened
from domain.messages.shared_values import Choice


@frozen(kw_only=True)
class AgentInput:
    """A turn as an agent gets it: the text of each message, the `agent_notes` made before them, images, or all files.

    `reply_to` is the message that the latest one replies to; its text is empty when it is not known any more. `choices`
    are the offered answers that were tapped, or typed. When it is not `is_readable`, there is nothing the
    agent could answer. `words` are the texts to remember, for messages that refer to these.

    With a `decision`, the person answers the agent's question to confirm an action, and the agent gets nothing else:
    beside anything, it takes a yes for none. `messages` are then the annotations of the turn, which wait for the next
    one, as all notes do.
    """

    messages: tuple[str, ...] = ()
    agent_notes: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    images: tuple[FetchedMedia, ...] = ()
    files: tuple[AgentFile, ...] = ()
    is_readable: bool = True
    words: tuple[Remembered, ...] = ()
    decision: str = ""
    reply_to: Remembered | None = None

    @cached_property
    def query(self) -> str:
        if self.decision:
            return self.decision
        return escape_objects("\n".join(latest((*self.agent_notes, *self.messages), MAX_QUERY_LENGTH)))


@frozen(kw_only=True)
class BuildAgentInput:
    """Describe messages as text: with images, transcripts of voice notes, and the messages that they reply to."""

    log: MessageLog
    files: ReadFiles
    runtimes: AgentRuntimes

    async def __call__(
        self,
        *,
        messages: Sequence[InboundMessage],
        channel: Channel,
        state: ConversationState,
        agent: str | None = None,
        hold: Hold,
    ) -> AgentInput:
        """The input for `agent`, with the images or files that its runtime takes; without an agent, there is only text.

        Edits have been applied to `messages` before. `hold` holds the bytes of the images and files.

        Raises:
            AccountBlockedError: a file cannot be fetched while the account is blocked.
            StoreUnavailableError: the texts of the messages that they refer to cannot be read.
        """
        # Where nothing was offered, nobody chooses or decides anything.
        meant = _as_meant(messages, state) if state.choices else messages
        abouts = [_about(message) for message in meant]
        quoted = await self._quoted(abouts, channel) if any(abouts) else {}
        sent_files = [message for message in meant if isinstance(message.content, Media)]
        notes = await self._files(meant, channel, agent, hold) if sent_files else [NO_FILE] * len(meant)
        decision = _decision(meant, [note.transcript for note in notes], channel, state) if state.choices else ""
        texts: list[str] = []
        words: list[Remembered] = []
        is_readable = False
        for message, about, note in zip(meant, abouts, notes, strict=True):
            text = describe(message, quoted=quoted[about].text if about in quoted else "", file_note=note.text)
            if text:
                words.append(_remembered(message, text, channel))
                is_readable = is_readable or not isinstance(message.content, Unsupported)
                if not decision or message.is_annotation:
                    texts.append(text)
        return AgentInput(
            messages=tuple(texts),
            agent_notes=() if decision else _texts(state),
            decision=decision,
            reply_to=_reply_to(meant, quoted, channel),
            choices=() if decision else tuple([m.content.choice for m in meant if isinstance(m.content, Tap)]),
            images=tuple([note.image for note in notes if note.image]),
            files=tuple([note.file for note in notes if note.file]),
            is_readable=is_readable,
            words=tuple(words),
        )

    async def _files(
        self, messages: Sequence[InboundMessage], channel: Channel, agent: str | None, hold: Hold
    ) -> Sequence[MediaNote]:
        """A note about the file of each message."""
        runtime = None if agent is None else self.runtimes.of(agent)[0]
        return await self.files(
            messages=messages,
            channel=channel,
            supports_images=runtime is not None and runtime.supports_images,
            supports_files=runtime is not None and runtime.supports_files,
            hold=hold,
        )

    async def _quoted(self, abouts: Sequence[str], channel: Channel) -> dict[str, Remembered]:
        return await self.log.recall(channel=channel.name, message_ids=sorted(set(filter(None, abouts))))


def _remembered(message: InboundMessage, text: str, channel: Channel) -> Remembered:
    return Remembered(
        channel=channel.name,
        message_id=message.id,
        text=shortened(text),
        at=message.sent_at,
        conversation=message.conversation,
    )


def _reply_to(
    messages: Sequence[InboundMessage], quoted: Mapping[str, Remembered], channel: Channel
) -> Remembered | None:
    """What the latest message replies to. Annotations reply to nothing."""
    replies = [message for message in messages if message.quotes and not message.is_annotation]
    if not replies or (quoted_id := replies[-1].quotes) is None:
        return None
    unknown = Remembered(channel=channel.name, message_id=quoted_id, text=replies[-1].quoted_text)
    return quoted.get(quoted_id, unknown)


def _texts(state: ConversationState) -> tuple[str, ...]:
    """The notes for the agent, and how many are missing."""
    missing = [f"[{state.left_out} earlier messages are left out]"] if state.left_out else []
    return (*missing, *map(describe_note, state.agent_notes))


def _decision(
    messages: Sequence[InboundMessage], transcripts: Sequence[str], channel: Channel, state: ConversationState
) -> str:
    """The person's answer to a question to confirm an action, if the messages are that and nothing else."""
    if not state.awaits_confirmation:
        return ""
    questions = [pair for pair in zip(messages, transcripts, strict=True) if not pair[0].is_annotation]
    if len(questions) != 1:
        return ""
    ((message, transcript),) = questions
    if isinstance(message.content, Tap) and state.offered(message.content.choice) is None:
        return ""
    language = next(iter(languages_of(message.person)), channel.texts.confirm.default)
    return decision_of(message, transcript=transcript, language=language)


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
