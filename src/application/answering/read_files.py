"""Read the files of a turn: transcribe voice notes, and fetch images or all files for an agent that supports them."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import cast

from attrs import evolve, frozen

from application.answering.byte_budget import MEGABYTE, Hold
from application.channels import Channel
from application.ports.agent import AgentFile
from application.ports.media import (
    AccountBlockedError,
    FetchedMedia,
    MediaPort,
    MediaTroubleError,
    MediaUnavailableError,
)
from application.ports.message_log import MessageLog, Remembered
from application.ports.transcriber import TranscriberPort, TranscriptionFailedError
from domain.messages.inbound import Content, InboundMessage, Media
from domain.messages.shared_values import MediaKind
from domain.people.person import Conversation
from domain.policies.retry import loggable

MAX_IMAGE = 5 * MEGABYTE
MAX_AUDIO = 16 * MEGABYTE
MAX_IMAGE_BYTES = 20 * MEGABYTE
MAX_IMAGES = 10
MAX_VOICE_NOTES = 10
# Of all files together, for an agent that gets them whole. They are encoded for it, and each copy is counted.
MAX_FILES_BYTES = 5 * MEGABYTE
MAX_FILES = 10
COPIES = 4
# Less than `MAX_MESSAGE_LENGTH`, so that the agent also reads that the rest is missing.
MAX_TRANSCRIPT_CHARACTERS = 12_000
AUDIO_KINDS = frozenset({MediaKind.VOICE, MediaKind.AUDIO})
IMAGE_TYPES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class MediaNote:
    """What the agent gets of one message's file: a `text` about it, or the image itself.

    `file` is a whole file, or why there is none, for an agent that supports files.
    `transcript` is all that is said in a voice note; empty when it is not known, or too long.
    """

    text: str = ""
    transcript: str = ""
    image: FetchedMedia | None = None
    file: AgentFile | None = None

    @property
    def size(self) -> int:
        return len(self.image.content) if self.image else 0


NO_FILE = MediaNote()


@frozen(kw_only=True)
class ReadFiles:
    """Read one file after the other."""

    log: MessageLog
    transcriber: TranscriberPort | None = None

    async def __call__(
        self,
        *,
        messages: Sequence[InboundMessage],
        channel: Channel,
        supports_images: bool,
        supports_files: bool = False,
        hold: Hold,
    ) -> list[MediaNote]:
        """Returns a note for each message, in their order. `hold` then holds the bytes of the images, or of all files.

        Voice notes are read first. The bytes of each are given back before the next file is waited for.

        Raises:
            AccountBlockedError: a file cannot be fetched while the account is blocked.
            StoreUnavailableError: it is not known whether a voice note was transcribed before.
        """
        notes = [_unread(message.content) for message in messages]
        if channel.media is not None and self.transcriber is not None:
            voices = [at for at, message in enumerate(messages) if _is_audio(message.content)]
            for at in voices[:MAX_VOICE_NOTES]:
                whose = messages[at].conversation
                transcribe = partial(self._transcribe, whose, channel.media, self.transcriber, hold)
                notes[at] = await _read(transcribe, messages[at])
            for at in voices[MAX_VOICE_NOTES:]:
                notes[at] = MediaNote(text=f"it was not listened to: only the first {MAX_VOICE_NOTES} are")
        if supports_files:
            await _attach_files(messages, notes, channel.media, hold)
        elif channel.media is not None and supports_images:
            images = [at for at, message in enumerate(messages) if _is_image(message.content)]
            await hold.take(min(len(images) * MAX_IMAGE, MAX_IMAGE_BYTES))
            used = 0
            for at in images[:MAX_IMAGES]:
                fetch = partial(_fetch_image, channel.media, min(MAX_IMAGE, hold.size - used))
                notes[at] = await _read(fetch, messages[at])
                used += notes[at].size
            hold.keep(used)
            for at in images[MAX_IMAGES:]:
                notes[at] = MediaNote(text=f"it is not shown to you: only the first {MAX_IMAGES} are")
        return notes

    async def _transcribe(
        self, whose: Conversation, source: MediaPort, transcriber: TranscriberPort, hold: Hold, media: Media
    ) -> MediaNote:
        """Transcribe a voice note. The transcript is remembered: it costs money, and the turn may be read again."""
        name, channel = f"transcript:{media.id}", whose.channel
        known = await self.log.recall(channel=channel, message_ids=[name])
        if name in known:
            return _transcript(known[name].text)
        await hold.take(MAX_AUDIO)
        try:
            audio = await source.fetch(media=media, max_bytes=MAX_AUDIO)
            hold.keep(len(audio.content))
            # One character more than the agent gets: so it is known later, too, that some are missing.
            transcript = (await transcriber.transcribe(audio=audio)).strip()[: MAX_TRANSCRIPT_CHARACTERS + 1]
        finally:
            hold.keep(0)
        remembered = Remembered(channel=channel, message_id=name, text=transcript, conversation=whose)
        await self.log.remember(messages=[remembered])
        return _transcript(transcript)


async def _attach_files(
    messages: Sequence[InboundMessage], notes: list[MediaNote], source: MediaPort | None, hold: Hold
) -> None:
    """Add its file to the note of each message that has one."""
    files = [(at, message.content) for at, message in enumerate(messages) if isinstance(message.content, Media)]
    await hold.take(MAX_FILES_BYTES * COPIES if files else 0)
    used = 0
    for place, (at, media) in enumerate(files):
        read, why = MediaNote(), media.trouble or "the channel has no files"
        if place >= MAX_FILES:
            why = f"only the first {MAX_FILES} files are here"
        elif source is not None and not media.trouble:
            read = await _read(partial(_fetch_image, source, MAX_FILES_BYTES - used), messages[at])
            used, why = used + read.size, read.text
        file = AgentFile(
            message_id=messages[at].id,
            kind=media.kind,
            mime_type=read.image.mime_type if read.image else media.mime_type,
            name=media.filename,
            content=read.image.content if read.image else None,
            unavailable=why,
        )
        text = notes[at].text if notes[at].transcript or media.trouble else why
        notes[at] = evolve(notes[at], text=text, file=file)
    hold.keep(used * COPIES)


async def _fetch_image(source: MediaPort, max_bytes: int, media: Media) -> MediaNote:
    return MediaNote(image=await source.fetch(media=media, max_bytes=max_bytes))


async def _read(read: Callable[[Media], Awaitable[MediaNote]], message: InboundMessage) -> MediaNote:
    try:
        return await read(cast("Media", message.content))
    except AccountBlockedError:
        raise  # the file can be fetched once messages can be sent again
    except (MediaUnavailableError, MediaTroubleError) as error:
        # The part before the colon is ours and may go to the agent. The rest is what the channel says.
        why, _, detail = str(error).partition(": ")
        logger.info("a file of message %s cannot be fetched: %s: %s", message.id, why, loggable(detail))
        return MediaNote(text=f"it could not be opened: {why}")
    except TranscriptionFailedError:
        return MediaNote(text="it could not be transcribed")


def _unread(content: Content) -> MediaNote:
    """The note about a file that is not read."""
    if not isinstance(content, Media):
        return NO_FILE
    if content.trouble:
        return MediaNote(text=f"it could not be opened: {content.trouble}")
    return MediaNote(text="it cannot be listened to here" if _is_audio(content) else "it cannot be looked at here")


def _transcript(transcript: str) -> MediaNote:
    if not transcript:
        return MediaNote(text="nothing was said in it")
    if len(transcript) > MAX_TRANSCRIPT_CHARACTERS:
        beginning = transcript[:MAX_TRANSCRIPT_CHARACTERS]
        return MediaNote(text=f'transcript: "{beginning}…"; the rest is left out, it is too long')
    return MediaNote(text=f'transcript: "{transcript}"', transcript=transcript)


def _is_audio(content: Content) -> bool:
    return isinstance(content, Media) and not content.trouble and content.kind in AUDIO_KINDS


def _is_image(content: Content) -> bool:
    if not isinstance(content, Media) or content.trouble or content.kind in AUDIO_KINDS:
        return False
    return content.mime_type.partition(";")[0].strip() in IMAGE_TYPES
