"""Put what is to be said into the form of a channel."""

from collections.abc import Sequence
from functools import partial
from itertools import chain

from attrs import evolve

from application.channels import Channel
from application.off_loop import off_loop
from domain.contents import MediaKind
from domain.conversations import Person
from domain.failures import SendFailure
from domain.few_parts import MOST_PARTS, joined
from domain.parts import ButtonsPart, FilePart, MediaPart, MenuPart, Part, ReactionPart, TemplatePart, TextPart
from domain.texts import LocalizedText
from domain.wording import part_in_words

# Characters; to format as many takes the event loop a few milliseconds.
MAX_SHORT_TEXT = 2_000


def told(channel: Channel, text: LocalizedText, person: Person) -> tuple[Part, ...]:
    """One of our own sentences, in the person's language."""
    return channel.messenger.compose(markdown=text.for_phone(person.phone))


async def speak(channel: Channel, parts: Sequence[Part], person: Person) -> tuple[Part, ...]:
    """An agent's parts as the channel shows them, in `MOST_PARTS` messages at most.

    Neighbouring texts become one, since each message may cost. Formatting does not hold up the event loop.
    """
    choose = channel.texts.choose.for_phone(person.phone)
    named = [_with_label(part, choose) for part in joined(parts)]
    size = sum(len(part_in_words(part)) for part in named)
    return await off_loop(partial(_presented, channel, named), long=size > MAX_SHORT_TEXT)


def _presented(channel: Channel, parts: Sequence[Part]) -> tuple[Part, ...]:
    """Each part has one message; what is left of `MOST_PARTS` goes to the first ones that need more."""
    shown = [channel.messenger.present(part=part) for part in parts]
    spare = MOST_PARTS - len(parts)
    for index, (part, messages) in enumerate(zip(parts, shown, strict=True)):
        more = min(len(messages) - 1, spare)
        if more < len(messages) - 1:
            shown[index] = channel.messenger.present(part=part, at_most=1 + more)
        spare -= more
    return tuple(chain.from_iterable(shown))


def instead_of(failure: SendFailure, channel: Channel, part: Part, person: Person) -> tuple[Part, ...] | None:
    """What is sent where this part cannot be; None when that ends the reply."""
    match failure, part:
        case SendFailure.WINDOW_CLOSED, _:
            template = channel.late_template
            return (template,) if template and part != template else None
        case SendFailure.MEDIA_REFUSED | SendFailure.PART_REFUSED, MediaPart(kind=MediaKind.VOICE):
            return (evolve(part, kind=MediaKind.AUDIO),)
        case SendFailure.MEDIA_REFUSED | SendFailure.PART_REFUSED, MediaPart():
            return (in_place_of(channel, part, person),)
        case SendFailure.PART_REFUSED, ReactionPart():
            return ()
        case SendFailure.PART_REFUSED, _ if not isinstance(part, TextPart | TemplatePart):
            return (TextPart(body=part_in_words(part)),)
        case _:
            return None


def in_place_of(channel: Channel, file: MediaPart | FilePart, person: Person) -> TextPart:
    """What is said where a file cannot be shown: its caption and address, or else its name and that it is missing."""
    link = file.link if isinstance(file, MediaPart) else ""
    missing = (file.filename, channel.texts.file_failed.for_phone(person.phone))
    lines = (file.caption, *([link] if link else missing))
    return TextPart(body="\n".join(filter(None, lines)), reply_to=file.reply_to)


def _with_label(part: Part, choose: str) -> Part:
    """Choices that stand behind a button have a word on it."""
    return evolve(part, button=part.button or choose) if isinstance(part, ButtonsPart | MenuPart) else part
