"""Put what is to be said into the form of a channel."""

from collections.abc import Sequence

from attrs import evolve

from application.channels import Channel
from domain.conversations import Person
from domain.parts import Part, TextPart
from domain.texts import LocalizedText


def told(channel: Channel, text: LocalizedText, person: Person) -> tuple[Part, ...]:
    """One of our own sentences, in the person's language."""
    return channel.messenger.compose(markdown=text.for_phone(person.phone))


def speak(channel: Channel, parts: Sequence[Part]) -> tuple[Part, ...]:
    """An agent's parts as the channel shows them; neighbouring texts become one, since each message may cost."""
    return tuple(shown for part in _joined(parts) for shown in channel.messenger.present(part=part))


def _joined(parts: Sequence[Part]) -> list[Part]:
    joined: list[Part] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, TextPart) and isinstance(last, TextPart) and not part.reply_to:
            joined[-1] = evolve(last, body=f"{last.body}\n\n{part.body}")
        else:
            joined.append(part)
    return joined
