"""Find out what an agent can be given of what a person sent."""

import contextlib
from collections.abc import AsyncIterator, Sequence

from attrs import evolve, frozen

from application.channels import Channel
from application.ports.media import FetchedMedia
from application.ports.message_log import MessageLog, Remembered
from application.read_files import ReadFiles
from domain.contents import Choice
from domain.messages import Correction, InboundMessage, Reaction, Retraction, Tap, Text, Unsupported
from domain.standing import Standing
from domain.wording import MAX_QUERY_LENGTH, in_words, latest, shortened


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
class ReadTurn:
    """Put messages into words: files looked at, voice notes written down, replies with what they reply to."""

    log: MessageLog
    files: ReadFiles

    @contextlib.asynccontextmanager
    async def __call__(
        self, *, messages: Sequence[InboundMessage], channel: Channel, standing: Standing, sees: bool
    ) -> AsyncIterator[Reading]:
        """What `messages` say, amended already, the remarks made before them first; and remember it for later.

        While the block runs, the reading's images count as bytes that this process holds.

        Raises:
            NumberStoppedError: a file cannot be fetched while the number is stopped.
            StoreUnavailableError: what they refer to is not known.
        """
        meant = _as_meant(messages, standing)
        quoted = await self._quoted(meant, channel)
        async with self.files.budget.hold() as hold:
            findings = await self.files(messages=meant, channel=channel, sees=sees, hold=hold)
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
            yield Reading(
                said=tuple(filter(None, words)),
                remarks=standing.all_remarks,
                chosen=tuple(message.content.choice for message in meant if isinstance(message.content, Tap)),
                images=tuple(finding.image for finding in findings if finding.image),
                readable=any(
                    said and not isinstance(m.content, Unsupported) for m, said in zip(meant, words, strict=True)
                ),
            )

    async def _quoted(self, messages: Sequence[InboundMessage], channel: Channel) -> dict[str, str]:
        wanted = sorted({about for message in messages if (about := _about(message))})
        return await self.log.recall(channel=channel.name, message_ids=wanted) if wanted else {}


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
