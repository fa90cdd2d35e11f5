"""Read the files of a turn: voice notes are written down, images are fetched for an agent that sees."""

import logging
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import cast

from attrs import field, frozen

from application.answering.byte_budget import MEGABYTE, ByteBudget, Hold
from application.channels import Channel
from application.ports.media import (
    FetchedMedia,
    MediaPort,
    MediaTroubleError,
    MediaUnavailableError,
    NumberStoppedError,
)
from application.ports.message_log import MessageLog, Remembered
from application.ports.transcriber import TranscriberPort, TranscriptionFailedError
from domain.messages.inbound import Content, InboundMessage, Media
from domain.messages.shared_values import MediaKind
from domain.policies.retry import loggable

MAX_IMAGE = 5 * MEGABYTE
MAX_AUDIO = 16 * MEGABYTE
MAX_IMAGE_BYTES = 20 * MEGABYTE
MAX_IMAGES = 10
MAX_VOICE_NOTES = 10
MAX_TRANSCRIPT_CHARACTERS = 20_000
HEARD = frozenset({MediaKind.VOICE, MediaKind.AUDIO})
SEEN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class MediaNote:
    """What is known of one message's file: `words` for the agent, or the image itself."""

    words: str = ""
    image: FetchedMedia | None = None

    @property
    def size(self) -> int:
        return len(self.image.content) if self.image else 0


@frozen(kw_only=True)
class ReadFiles:
    """Read one file after the other. `budget` bounds what all turns of this process hold of files."""

    log: MessageLog
    transcriber: TranscriberPort | None = None
    budget: ByteBudget = field(factory=ByteBudget)

    async def __call__(
        self, *, messages: Sequence[InboundMessage], channel: Channel, supports_images: bool, hold: Hold
    ) -> list[MediaNote]:
        """A finding for each message, in their order; `hold` then holds the bytes of the images.

        Voice notes come first. The bytes of each are given back before the next file is waited for.

        Raises:
            NumberStoppedError: a file cannot be fetched while the number is stopped.
            StoreUnavailableError: whether a voice note was written down before is not known.
        """
        findings = [_unread(message.content) for message in messages]
        if channel.media is not None and self.transcriber is not None:
            listen = partial(self._listen, channel.name, channel.media, self.transcriber, hold)
            voices = [at for at, message in enumerate(messages) if _is_heard(message.content)]
            for at in voices[:MAX_VOICE_NOTES]:
                findings[at] = await _found(listen, messages[at])
            for at in voices[MAX_VOICE_NOTES:]:
                findings[at] = MediaNote(words=f"it was not listened to: only the first {MAX_VOICE_NOTES} are")
        if channel.media is not None and supports_images:
            images = [at for at, message in enumerate(messages) if _is_seen(message.content)]
            await hold.take(min(len(images) * MAX_IMAGE, MAX_IMAGE_BYTES))
            used = 0
            for at in images[:MAX_IMAGES]:
                look = partial(_look, channel.media, min(MAX_IMAGE, hold.size - used))
                findings[at] = await _found(look, messages[at])
                used += findings[at].size
            hold.keep(used)
            for at in images[MAX_IMAGES:]:
                findings[at] = MediaNote(words=f"it is not shown to you: only the first {MAX_IMAGES} are")
        return findings

    async def _listen(
        self, channel: str, source: MediaPort, transcriber: TranscriberPort, hold: Hold, media: Media
    ) -> MediaNote:
        """The transcript is remembered: the turn may be read again, and writing it down is paid for."""
        name = f"transcript:{media.id}"
        known = await self.log.recall(channel=channel, message_ids=[name])
        if name in known:
            return _transcript(known[name])
        await hold.take(MAX_AUDIO)
        try:
            audio = await source.fetch(media=media, largest=MAX_AUDIO)
            hold.keep(len(audio.content))
            said = (await transcriber.transcribe(audio=audio)).strip()[:MAX_TRANSCRIPT_CHARACTERS]
        finally:
            hold.keep(0)
        await self.log.remember(messages=[Remembered(channel=channel, message_id=name, words=said)])
        return _transcript(said)


async def _look(source: MediaPort, largest: int, media: Media) -> MediaNote:
    return MediaNote(image=await source.fetch(media=media, largest=largest))


async def _found(examine: Callable[[Media], Awaitable[MediaNote]], message: InboundMessage) -> MediaNote:
    try:
        return await examine(cast("Media", message.content))
    except NumberStoppedError:
        raise  # the file is there, and will be had when messages can be sent again
    except (MediaUnavailableError, MediaTroubleError) as error:
        # Our own words, for the agent as well; then what the channel says.
        why, _, said = str(error).partition(": ")
        logger.info("a file of message %s could not be had: %s: %s", message.id, why, loggable(said))
        return MediaNote(words=f"it could not be opened: {why}")
    except TranscriptionFailedError:
        return MediaNote(words="nobody could write down what it says")


def _unread(content: Content) -> MediaNote:
    """What is said of a file that nobody looks into."""
    if not isinstance(content, Media):
        return MediaNote()
    if content.trouble:
        return MediaNote(words=f"it could not be opened: {content.trouble}")
    return MediaNote(words="it cannot be listened to here" if _is_heard(content) else "it cannot be looked at here")


def _transcript(said: str) -> MediaNote:
    return MediaNote(words=f'transcript: "{said}"' if said else "nothing was said in it")


def _is_heard(content: Content) -> bool:
    return isinstance(content, Media) and not content.trouble and content.kind in HEARD


def _is_seen(content: Content) -> bool:
    if not isinstance(content, Media) or content.trouble or content.kind in HEARD:
        return False
    return content.mime_type.partition(";")[0].strip() in SEEN
