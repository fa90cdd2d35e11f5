"""What a person does besides writing, as the phone's API is asked for it."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct

from simulator.simulator import Simulator
from simulator.state.chat_messages import ChatMessage

MAX_TEXT = 4096

type Words = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]


class Action(Struct):
    """Something to be done by the person with a number."""

    @abstractmethod
    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        """Do it; what the business hears of it."""


class Reaction(Action):
    """An emoji at a bubble; an empty one takes it back."""

    message_id: str
    emoji: str

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.people.react(number=number, message_id=self.message_id, emoji=self.emoji)


class Tap(Action):
    """The id of a button or row at a bubble, or the payload of a template's quick reply."""

    message_id: str
    choice: str

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.people.tap(number=number, message_id=self.message_id, choice=self.choice)


class Form(Action):
    """What was filled in behind a bubble."""

    message_id: str
    values: dict[str, Any]

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.people.fill(number=number, message_id=self.message_id, values=self.values)


class Edit(Action):
    """New words for a text of one's own."""

    message_id: str
    text: Words

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.people.edit(number=number, message_id=self.message_id, words=self.text)


class Revocation(Action):
    """A message of one's own is deleted for everyone."""

    message_id: str

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.people.revoke(number=number, message_id=self.message_id)


class Said(Action):
    """Words to the person from the WhatsApp Business app, by somebody of the business."""

    text: Words

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.business_app.write(number=number, words=self.text)


class ReactionByHand(Reaction):
    """An emoji of somebody of the business at a bubble; an empty one takes it back."""

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.business_app.react(number=number, message_id=self.message_id, emoji=self.emoji)


class EditByHand(Edit):
    """New words for what somebody of the business wrote."""

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.business_app.edit(number=number, message_id=self.message_id, words=self.text)


class RevocationByHand(Revocation):
    """What somebody of the business wrote is deleted for everyone."""

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.business_app.revoke(number=number, message_id=self.message_id)


class NewUserId(Action):
    """Meta gives the person another user id, as it does now and then."""

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.identities.change_user_id(number=number)


class NewSecurityCode(Action):
    """WhatsApp is set up anew, on another phone for instance."""

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.identities.change_security_code(number=number)


ACTIONS_BY_NAME: Mapping[str, type[Action]] = {
    "reactions": Reaction,
    "taps": Tap,
    "forms": Form,
    "edits": Edit,
    "revocations": Revocation,
    "human": Said,
    "human_reactions": ReactionByHand,
    "human_edits": EditByHand,
    "human_revocations": RevocationByHand,
    "user_ids": NewUserId,
    "security_codes": NewSecurityCode,
}
