"""The actions on a phone besides sending a message, as the JSON of the phone's routes."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Annotated, Any

from msgspec import Meta, Struct

from simulator.simulator import Simulator
from simulator.state.chat_messages import ChatMessage

MAX_TEXT = 4096

type Text = Annotated[str, Meta(min_length=1, max_length=MAX_TEXT)]


class Action(Struct):
    """An action of the person with a number, or of an employee in the thread of that person."""

    @abstractmethod
    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        """Do the action. Returns the message for the webhook."""


class Reaction(Action):
    """A reaction to a message. An empty emoji removes it."""

    message_id: str
    emoji: str

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.inbound.react(number=number, message_id=self.message_id, emoji=self.emoji)


class Tap(Action):
    """A tap. `choice` is the id of a button or of a row, or the payload of a quick reply."""

    message_id: str
    choice: str

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.inbound.tap(number=number, message_id=self.message_id, choice=self.choice)


class Form(Action):
    """The values of the form of a message."""

    message_id: str
    values: dict[str, Any]

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.inbound.fill(number=number, message_id=self.message_id, values=self.values)


class Edit(Action):
    """A new text for a message of the person."""

    message_id: str
    text: Text

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.inbound.edit(number=number, message_id=self.message_id, text=self.text)


class Revocation(Action):
    """The person deletes a message of their own for everyone."""

    message_id: str

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.inbound.revoke(number=number, message_id=self.message_id)


class BusinessAppMessage(Action):
    """An employee writes to the person in the WhatsApp Business app."""

    text: Text

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.business_app.write(number=number, text=self.text)


class BusinessAppReaction(Reaction):
    """An employee reacts to a message. An empty emoji removes the reaction."""

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.business_app.react(number=number, message_id=self.message_id, emoji=self.emoji)


class BusinessAppEdit(Edit):
    """An employee edits a message of the WhatsApp Business app."""

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.business_app.edit(number=number, message_id=self.message_id, text=self.text)


class BusinessAppRevocation(Revocation):
    """An employee deletes a message of the WhatsApp Business app for everyone."""

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.business_app.revoke(number=number, message_id=self.message_id)


class NewUserId(Action):
    """Meta gives the person another user id."""

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.identities.change_user_id(number=number)


class NewSecurityCode(Action):
    """The person installs WhatsApp again, for example on another phone."""

    def do(self, simulator: Simulator, number: str) -> ChatMessage:
        return simulator.identities.change_security_code(number=number)


ACTIONS_BY_NAME: Mapping[str, type[Action]] = {
    "reactions": Reaction,
    "taps": Tap,
    "forms": Form,
    "edits": Edit,
    "revocations": Revocation,
    "human": BusinessAppMessage,
    "human_reactions": BusinessAppReaction,
    "human_edits": BusinessAppEdit,
    "human_revocations": BusinessAppRevocation,
    "user_ids": NewUserId,
    "security_codes": NewSecurityCode,
}
