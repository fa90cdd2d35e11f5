"""One update: a message, or something that a person did with one.

Source: Telegram, "Bot API" 10.1 (June 2026), "Update", "Message", "CallbackQuery", "MessageReactionUpdated" and
"ChatMemberUpdated". Bots that Telegram calls by webhook get one update a call.
"""

import contextlib
import re
from collections.abc import Callable, Mapping
from typing import Any

from attrs import frozen

from adapters.channel_kit.details import unrecognised
from adapters.channel_kit.json_fields import (
    JsonObject,
    MalformedItemError,
    identifier,
    json_object,
    maybe_identifier,
    maybe_list,
    maybe_object,
    maybe_objects,
    maybe_phone,
    maybe_text,
    maybe_timestamp,
    whole_number,
)
from adapters.telegram.content import body_of, full_name, read_content
from adapters.telegram.ids import TAP, message_id
from application.ports.inbound_channel import InboundEvent
from domain.conversations.channel_events import Reachability
from domain.messages.inbound import Correction, InboundMessage, Reaction, Referral, ReferralKind, Tap, Unrecognised
from domain.messages.shared_values import Choice
from domain.people.person import Conversation, Person

# The status of the bot in the private chat with a person.
REACHABLE = {"kicked": False, "member": True}
START = re.compile(r"/start(?:@\w+)?(?:\s+(\S+))?\s*", re.IGNORECASE)


@frozen(kw_only=True)
class UpdateReader:
    """Reads one update of a bot."""

    channel: str
    arrived_at: float

    def event(self, update: JsonObject) -> InboundEvent:
        """What the update holds."""
        readers: Mapping[str, Callable[[JsonObject], InboundEvent]] = {
            "message": self._message,
            "edited_message": self._edit,
            "callback_query": self._tap,
            "message_reaction": self._reaction,
            "my_chat_member": self._reachability,
        }
        name = next((name for name in update if name in readers), None)
        if name is None:
            return unrecognised(self.channel, "update", next((name for name in update if name != "update_id"), "none"))
        try:
            fields = json_object(update[name], name)
            # The person and the chat stand elsewhere in a reaction and in a tap.
            chat = maybe_object(fields.get("message")).get("chat")
            fields = {"from": fields.get("user"), "chat": chat, **fields, "update_id": update.get("update_id")}
            return self._not_private(name, fields) or readers[name](fields)
        except MalformedItemError as error:
            return unrecognised(self.channel, name, "malformed", str(error))

    def _not_private(self, what: str, fields: JsonObject) -> Unrecognised | None:
        """The event for something in a group or channel, or by a bot; None in the private chat with a person."""
        chat, sender = maybe_object(fields["chat"]), maybe_object(fields["from"])
        if chat and chat.get("type") != "private":
            detail = f"in {chat.get('type')} {chat.get('id')}, from {sender.get('id')}"
            return unrecognised(self.channel, what, "group", detail)
        return unrecognised(self.channel, what, "bot") if sender.get("is_bot") is True else None

    def _message(self, fields: JsonObject) -> InboundEvent:
        content = read_content(fields)
        if content is None:
            known = ("message_id", "from", "chat", "date", "update_id")
            return unrecognised(self.channel, "message", next((name for name in fields if name not in known), "empty"))
        replied_to = maybe_object(fields.get("reply_to_message"))
        return self._inbound(
            fields,
            id=_message_id(fields),
            content=content,
            quotes=_maybe_message_id(replied_to),
            quoted_text=maybe_text(maybe_object(fields.get("quote")).get("text")) or body_of(replied_to),
            forwarded="forward_origin" in fields,
            referral=_referral(maybe_text(fields.get("text"))),
        )

    def _edit(self, fields: JsonObject) -> InboundEvent:
        """A live location changes all the time, and has no words."""
        body, edited = body_of(fields), _message_id(fields)
        if not body:
            return unrecognised(self.channel, "edited_message", "without_text")
        id_ = f"{edited}.edited.{fields['update_id']}"
        dated = {**fields, "date": fields.get("edit_date")}
        return self._inbound(dated, id=id_, content=Correction(message_id=edited, body=body))

    def _reaction(self, fields: JsonObject) -> InboundEvent:
        """A new reaction, or none any more. A person of a private chat has one at a time."""
        emoji = [maybe_text(reaction.get("emoji")) for reaction in maybe_objects(fields.get("new_reaction"))]
        if emoji and not emoji[-1]:
            return unrecognised(self.channel, "message_reaction", "custom_emoji")
        about = _message_id(fields)
        content = Reaction(message_id=about, emoji=emoji[-1] if emoji else "")
        return self._inbound(fields, id=f"{about}.reaction.{fields['update_id']}", content=content)

    def _tap(self, fields: JsonObject) -> InboundEvent:
        """A tap on a button below a message of ours. Telegram says the id of the button, and not when it was tapped."""
        message, data = json_object(fields.get("message"), "message"), maybe_text(fields.get("data"))
        if not data:
            return unrecognised(self.channel, "callback_query", "without_data")
        rows = maybe_list(maybe_object(message.get("reply_markup")).get("inline_keyboard"))
        buttons = [button for row in rows for button in maybe_objects(row)]
        title = next((maybe_text(button.get("text")) for button in buttons if button.get("callback_data") == data), "")
        return self._inbound(
            fields,
            id=f"{TAP}{identifier(fields.get('id'), 'id')}",
            content=Tap(choice=Choice(id=data, title=title or data)),
            quotes=_maybe_message_id(message),
            quoted_text=body_of(message),
        )

    def _reachability(self, fields: JsonObject) -> InboundEvent:
        """A person blocks the bot, or lets it write again."""
        status = maybe_text(maybe_object(fields.get("new_chat_member")).get("status"))
        if status not in REACHABLE:
            return unrecognised(self.channel, "my_chat_member", status or "none")
        at = maybe_timestamp(fields.get("date")) or self.arrived_at
        return Reachability(
            channel=self.channel, person=_person(fields), reachable=REACHABLE[status], at=at, description=status
        )

    def _inbound(self, fields: JsonObject, **about: Any) -> InboundMessage:
        person = _person(fields)
        return InboundMessage(
            conversation=Conversation(channel=self.channel, user=person.key),
            person=person,
            sent_at=maybe_timestamp(fields.get("date")) or self.arrived_at,
            arrived_at=self.arrived_at,
            sequence=whole_number(fields.get("update_id"), "update_id"),
            **about,
        )


def _person(fields: JsonObject) -> Person:
    """Who sent it. Their own contact card, as the button of a bot sends it, proves their phone number."""
    sender = json_object(fields.get("from"), "from")
    contact = maybe_object(fields.get("contact"))
    is_own = contact.get("user_id") == sender.get("id") and "forward_origin" not in fields
    phone = maybe_phone(contact.get("phone_number")) if is_own else None
    return Person(
        user_id=str(whole_number(sender.get("id"), "from.id")),
        name=full_name(sender),
        username=maybe_identifier(sender.get("username")),
        language=maybe_identifier(sender.get("language_code")),
        phone=phone,
        phone_is_shared=phone is not None,
    )


def _message_id(message: JsonObject) -> str:
    chat = whole_number(maybe_object(message.get("chat")).get("id"), "chat.id")
    return message_id(chat, whole_number(message.get("message_id"), "message_id"))


def _maybe_message_id(message: JsonObject) -> str | None:
    with contextlib.suppress(MalformedItemError):
        return _message_id(message)
    return None


def _referral(text: str) -> Referral | None:
    """The parameter of the link that led somebody here: t.me/BOT?start=PARAMETER sends "/start PARAMETER"."""
    start = START.fullmatch(text)
    return Referral(kind=ReferralKind.LINK, body=start[1]) if start and start[1] else None
