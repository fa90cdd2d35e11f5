"""Find out what an agent can be given of what a person sent."""

import asyncio
import logging
from collections.abc import Sequence

from attrs import evolve, frozen

from application.channels import Channel
from application.ports.media import FetchedMedia, MediaTroubleError, MediaUnavailableError
from application.ports.message_log import MessageLog, Remembered
from application.ports.transcriber import TranscriberPort, TranscriptionFailedError
from domain.amendments import amended
from domain.contents import MediaKind
from domain.messages import Correction, InboundMessage, Media, Reaction, Retraction, Tap, Text, Unsupported
from domain.standing import Standing
from domain.wording import in_words, shortened

LARGEST_IMAGE = 5 * 1024 * 1024
LARGEST_AUDIO = 16 * 1024 * 1024
MOST_IMAGES = 10
HEARD = frozenset({MediaKind.VOICE, MediaKind.AUDIO})
SEEN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class Reading:
    """A turn for an agent: words, and images where it sees. Not `readable`: there is nothing it could answer."""

    query: str
    images: tuple[FetchedMedia, ...] = ()
    readable: bool = True


@frozen(kw_only=True)
class _Finding:
    words: str = ""
    image: FetchedMedia | None = None


@frozen(kw_only=True)
class ReadTurn:
    """Put messages into words: files looked at, voice notes written down, replies with what they reply to."""

    log: MessageLog
    transcriber: TranscriberPort | None = None

    async def __call__(
        self, *, messages: Sequence[InboundMessage], channel: Channel, standing: Standing, sees: bool
    ) -> Reading:
        """What `messages` say, the remarks made before them first; and remember it for those who refer to it."""
        meant = [_chosen(message, standing) for message in amended(messages)]
        quoted = await self._quoted(meant, channel)
        findings = await asyncio.gather(*(self._find(message, channel, sees=sees) for message in meant))
        words = [
            in_words(message, quoted=quoted.get(_about(message), ""), finding=finding.words)
            for message, finding in zip(meant, findings, strict=True)
        ]
        await self.log.remember(
            messages=[
                Remembered(channel=channel.name, message_id=message.id, words=shortened(said))
                for message, said in zip(meant, words, strict=True)
                if said
            ]
        )
        images = tuple(finding.image for finding in findings if finding.image)[:MOST_IMAGES]
        return Reading(
            query="\n".join(filter(None, (*standing.remarks, *words))),
            images=images,
            readable=any(said and not isinstance(m.content, Unsupported) for m, said in zip(meant, words, strict=True)),
        )

    async def _quoted(self, messages: Sequence[InboundMessage], channel: Channel) -> dict[str, str]:
        wanted = sorted({about for message in messages if (about := _about(message))})
        return await self.log.recall(channel=channel.name, message_ids=wanted) if wanted else {}

    async def _find(self, message: InboundMessage, channel: Channel, *, sees: bool) -> _Finding:
        media = message.content
        if not isinstance(media, Media):
            return _Finding()
        try:
            return await self._examine(media, channel, sees=sees)
        except (MediaUnavailableError, MediaTroubleError) as error:
            logger.info("a file of message %s could not be had: %s", message.id, error)
            # What follows a colon is for operators.
            return _Finding(words=f"it could not be opened: {str(error).partition(':')[0]}")
        except TranscriptionFailedError:
            return _Finding(words="nobody could write down what it says")

    async def _examine(self, media: Media, channel: Channel, *, sees: bool) -> _Finding:
        if media.kind in HEARD:
            if self.transcriber is None or channel.media is None:
                return _Finding(words="it cannot be listened to here")
            audio = await channel.media.fetch(media=media, largest=LARGEST_AUDIO)
            said = (await self.transcriber.transcribe(audio=audio)).strip()
            return _Finding(words=f'transcript: "{said}"' if said else "nothing was said in it")
        if sees and channel.media is not None and media.mime_type.partition(";")[0].strip() in SEEN:
            return _Finding(image=await channel.media.fetch(media=media, largest=LARGEST_IMAGE))
        return _Finding(words="it cannot be looked at here")


def _about(message: InboundMessage) -> str:
    """The id of the message it refers to; empty when there is none."""
    content = message.content
    if isinstance(content, Reaction | Correction | Retraction):
        return content.message_id
    return message.quotes or ""


def _chosen(message: InboundMessage, standing: Standing) -> InboundMessage:
    """Who types the number of a choice has tapped it."""
    if isinstance(message.content, Text) and (choice := standing.meant(message.content.body)):
        return evolve(message, content=Tap(choice=choice))
    return message
