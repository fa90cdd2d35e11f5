"""Render a reply as a channel can show it."""

from collections.abc import Sequence
from functools import partial
from itertools import chain

from attrs import evolve

from application.channels import Channel
from application.in_thread import in_thread
from domain.messages.localized_texts import LocalizedText
from domain.messages.outbound import (
    ButtonsPart,
    FilePart,
    MediaPart,
    MenuPart,
    Part,
    ReactionPart,
    TemplatePart,
    TextPart,
)
from domain.messages.part_limits import MAX_PARTS, merge_texts
from domain.messages.plain_text import describe_part
from domain.messages.rich_text import Markdown, RichText
from domain.messages.shared_values import MediaKind
from domain.people.person import Person
from domain.policies.retry import SendFailure

# Characters; to format as many takes the event loop a few milliseconds, and never 50.
MAX_SHORT_TEXT = 1_000


def render_text(channel: Channel, text: LocalizedText, person: Person) -> tuple[Part, ...]:
    """One of our own texts in the person's language, as the channel shows it."""
    markdown = text.for_person(person)
    return channel.messenger.render(part=TextPart(body=Markdown(markdown))) if markdown else ()


async def render(channel: Channel, parts: Sequence[Part], person: Person) -> tuple[Part, ...]:
    """An agent's parts as the channel shows them, in `MAX_PARTS` messages at most.

    Neighbouring texts are merged, since each message may cost. Formatting runs beside the event loop.
    """
    named = [_with_label(part, channel, person) for part in merge_texts(parts)]
    size = sum([len(describe_part(part)) for part in named])
    return await in_thread(partial(_rendered, channel, named), when=size > MAX_SHORT_TEXT)


def _rendered(channel: Channel, parts: Sequence[Part]) -> tuple[Part, ...]:
    """Each part gets one message. The first parts that need more get what is left of `MAX_PARTS`."""
    shown = [channel.messenger.render(part=part) for part in parts]
    if sum(map(len, shown)) <= MAX_PARTS:
        return tuple(chain.from_iterable(shown))
    spare = MAX_PARTS - len(parts)
    for index, (part, messages) in enumerate(zip(parts, shown, strict=True)):
        more = min(len(messages) - 1, spare)
        if more < len(messages) - 1:
            shown[index] = channel.messenger.render(part=part, at_most=1 + more)
        spare -= more
    return tuple(chain.from_iterable(shown))


def fallback_for(failure: SendFailure, channel: Channel, part: Part, person: Person) -> tuple[Part, ...] | None:
    """The parts that replace one that could not be sent; None when the reply ends with the failure."""
    match failure, part:
        case SendFailure.WINDOW_CLOSED, _:
            template = channel.late_template
            return (template,) if template and part != template else None
        case SendFailure.MEDIA_REFUSED | SendFailure.PART_REFUSED, MediaPart(kind=MediaKind.VOICE):
            return (evolve(part, kind=MediaKind.AUDIO),)
        case SendFailure.MEDIA_REFUSED | SendFailure.PART_REFUSED, MediaPart():
            return (file_fallback(channel, part, person),)
        case SendFailure.PART_REFUSED, ReactionPart():
            return ()
        case SendFailure.PART_REFUSED, _ if not isinstance(part, TextPart | TemplatePart):
            return (TextPart(body=describe_part(part)),)
        case _:
            return None


def file_fallback(channel: Channel, file: MediaPart | FilePart, person: Person) -> TextPart:
    """Text that replaces a file the channel cannot send: caption and address, or name and a note that it is missing."""
    link = file.link if isinstance(file, MediaPart) else ""
    failed = channel.texts.file_failed.for_person(person)
    # A whole file is part of a draft, which will be rendered.
    missing = (file.filename, Markdown(failed) if isinstance(file, FilePart) else failed)
    lines = (file.caption, *([link] if link else missing))
    return TextPart(body=RichText.join("\n", lines), reply_to=file.reply_to)


def _with_label(part: Part, channel: Channel, person: Person) -> Part:
    """Label the button that opens a list of choices, unless it has a label."""
    if not isinstance(part, ButtonsPart | MenuPart) or part.button:
        return part
    return evolve(part, button=channel.texts.choose.for_person(person))
