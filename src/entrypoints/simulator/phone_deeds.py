"""What a person does to a bubble, as the phone's API is asked for it."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct

from entrypoints.simulator.chat_messages import ChatMessage
from entrypoints.simulator.inbound import Inbound

LONGEST_TEXT = 4096

type Words = Annotated[str, Meta(min_length=1, max_length=LONGEST_TEXT)]


class Deed(Struct):
    """Something to be done by the person with a number."""

    @abstractmethod
    def do(self, people: Inbound, number: str) -> ChatMessage:
        """Do it; what the business hears of it."""


class Reaction(Deed):
    """An emoji at a bubble; an empty one takes it back."""

    message_id: str
    emoji: str

    def do(self, people: Inbound, number: str) -> ChatMessage:
        return people.react(number=number, message_id=self.message_id, emoji=self.emoji)


class Tap(Deed):
    """The id of a button or row at a bubble, or the payload of a template's quick reply."""

    message_id: str
    choice: str

    def do(self, people: Inbound, number: str) -> ChatMessage:
        return people.tap(number=number, message_id=self.message_id, choice=self.choice)


class Form(Deed):
    """What was filled in behind a bubble."""

    message_id: str
    values: dict[str, Any]

    def do(self, people: Inbound, number: str) -> ChatMessage:
        return people.fill(number=number, message_id=self.message_id, values=self.values)


class Edit(Deed):
    """New words for a text of one's own."""

    message_id: str
    text: Words

    def do(self, people: Inbound, number: str) -> ChatMessage:
        return people.edit(number=number, message_id=self.message_id, words=self.text)


class Revocation(Deed):
    """A message of one's own is deleted for everyone."""

    message_id: str

    def do(self, people: Inbound, number: str) -> ChatMessage:
        return people.revoke(number=number, message_id=self.message_id)


class Said(Deed):
    """Words to the person from the WhatsApp Business app, by somebody of the business."""

    text: Words

    def do(self, people: Inbound, number: str) -> ChatMessage:
        return people.answer_by_hand(number=number, words=self.text)


DEEDS: Mapping[str, type[Deed]] = {
    "reactions": Reaction,
    "taps": Tap,
    "forms": Form,
    "edits": Edit,
    "revocations": Revocation,
    "human": Said,
}
