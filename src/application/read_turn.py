"""Find out what an agent can be given of what a person sent."""

import asyncio
import logging
from collections.abc import Sequence

from attrs import evolve, frozen

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
from domain.contents import Choice, MediaKind
from domain.messages import Content, Correction, InboundMessage, Media, Reaction, Retraction, Tap, Text, Unsupported
from domain.standing import Standing
from domain.wording import MAX_QUERY_LENGTH, in_words, latest, shortened

LARGEST_IMAGE = 5 * 1024 * 1024
LARGEST_AUDIO = 16 * 1024 * 1024
MOST_IMAGES = 10
HEARD = frozenset({MediaKind.VOICE, MediaKind.AUDIO})
SEEN = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})

logger = logging.getLogger(__name__)


@frozen(kw_only=True)
class Reading:
    """A turn for an agent: what each message `said`, the `remarks` made before them, and images where it sees.

    `chosen` are the answers that were tapped, or typed. Not `readable`: there is nothing the agent could answer.
    """

    said: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    chosen: tuple[Choice, ...] = ()
    images: tuple[FetchedMedia, ...] = ()
    readable: bool = True

    @property
    def query(self) -> str:
        return "\n".join(latest((*self.remarks, *self.said), MAX_QUERY_LENGTH))


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
        """What `messages` say, amended already, the remarks made before them first; and remember it for later.

        Raises:
            NumberStoppedError: a file cannot be fetched while the number is stopped.
            StoreUnavailableError: what they refer to is not known.
        """
        meant = _as_meant(messages, standing)
        quoted = await self._quoted(meant, channel)
        findings = await self._findings(meant, channel, sees=sees)
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
        return Reading(
            said=tuple(filter(None, words)),
            remarks=standing.all_remarks,
            chosen=tuple(message.content.choice for message in meant if isinstance(message.content, Tap)),
            images=tuple(finding.image for finding in findings if finding.image),
            readable=any(said and not isinstance(m.content, Unsupported) for m, said in zip(meant, words, strict=True)),
        )

    async def _quoted(self, messages: Sequence[InboundMessage], channel: Channel) -> dict[str, str]:
        wanted = sorted({about for message in messages if (about := _about(message))})
        return await self.log.recall(channel=channel.name, message_ids=wanted) if wanted else {}

    async def _findings(self, messages: Sequence[InboundMessage], channel: Channel, *, sees: bool) -> list[_Finding]:
        pictures = [message.id for message in messages if sees and _is_seen(message.content)]
        too_many = frozenset(pictures[MOST_IMAGES:])
        return await asyncio.gather(
            *(self._find(message, channel, sees=sees, too_many=message.id in too_many) for message in messages)
        )

    async def _find(self, message: InboundMessage, channel: Channel, *, sees: bool, too_many: bool) -> _Finding:
        media = message.content
        if not isinstance(media, Media):
            return _Finding()
        if media.trouble:
            return _Finding(words=f"it could not be opened: {media.trouble}")
        if too_many:
            return _Finding(words=f"it is not shown to you: only the first {MOST_IMAGES} are")
        try:
            return await self._examine(media, channel, sees=sees)
        except NumberStoppedError:
            raise  # the file is there, and will be had when messages can be sent again
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
            said = await self._transcript(media, channel, channel.media, self.transcriber)
            return _Finding(words=f'transcript: "{said}"' if said else "nothing was said in it")
        if sees and channel.media is not None and _is_seen(media):
            return _Finding(image=await channel.media.fetch(media=media, largest=LARGEST_IMAGE))
        return _Finding(words="it cannot be looked at here")

    async def _transcript(self, media: Media, channel: Channel, source: MediaPort, transcriber: TranscriberPort) -> str:
        """Remembered, for the turn may be read again and writing it down is paid for."""
        name = f"transcript:{media.id}"
        known = await self.log.recall(channel=channel.name, message_ids=[name])
        if name in known:
            return known[name]
        audio = await source.fetch(media=media, largest=LARGEST_AUDIO)
        said = (await transcriber.transcribe(audio=audio)).strip()
        await self.log.remember(messages=[Remembered(channel=channel.name, message_id=name, words=said)])
        return said


def _is_seen(content: Content) -> bool:
    if not isinstance(content, Media) or content.trouble or content.kind in HEARD:
        return False
    return content.mime_type.partition(";")[0].strip() in SEEN


def _about(message: InboundMessage) -> str:
    """The id of the message it refers to; empty when there is none."""
    content = message.content
    if isinstance(content, Reaction | Correction | Retraction):
        return content.message_id
    return message.quotes or ""


def _as_meant(messages: Sequence[InboundMessage], standing: Standing) -> list[InboundMessage]:
    """Who types nothing but the number of a choice has tapped it; and a tap on what was asked last needs no context."""
    alone = sum(not message.is_remark for message in messages) == 1
    return [_chosen(message, standing, alone=alone) for message in messages]


def _chosen(message: InboundMessage, standing: Standing, *, alone: bool) -> InboundMessage:
    content = message.content
    if alone and isinstance(content, Text) and (choice := standing.meant(content.body)):
        return evolve(message, content=Tap(choice=choice), quotes=None)
    if isinstance(content, Tap) and standing.offers(content.choice):
        return evolve(message, quotes=None)
    return message
