"""Messages that somebody of the business wrote in the WhatsApp Business app on the same number.

Shape: Meta, "smb_message_echoes webhook reference" (2026).
"""

import contextlib

from adapters.channel_kit.json_fields import JsonObject, MalformedItemError, identifier, json_object, timestamp
from adapters.whatsapp.webhook.content import is_annotation, read_content, type_of
from adapters.whatsapp.webhook.people import Contacts
from domain.conversations.channel_events import HumanReply
from domain.messages.inbound import Correction, Reaction, Retraction, Unsupported
from domain.messages.plain_text import describe_action, describe_content


def read_echo(item: object, *, channel: str, contacts: Contacts) -> HumanReply:
    """One item of `message_echoes`.

    Raises:
        MalformedItemError: the item does not say to whom the message went, or when.
    """
    fields = json_object(item, "echo")
    message_type = type_of(fields)
    return HumanReply(
        channel=channel,
        to=contacts.person(fields, side="to"),
        message_id=identifier(fields.get("id"), "id"),
        body=_body(message_type, fields),
        at=timestamp(fields.get("timestamp")),
        answers=not is_annotation(message_type, fields),
    )


def _body(message_type: str, fields: JsonObject) -> str:
    """The content in words, for the record only: what counts is that a human wrote."""
    if is_annotation(message_type, fields):
        with contextlib.suppress(MalformedItemError):
            content = read_content(message_type, fields)
            if isinstance(content, Reaction | Correction | Retraction | Unsupported):
                return describe_action(content)
        return message_type
    with contextlib.suppress(MalformedItemError):
        return describe_content(read_content(message_type, fields)) or f"[{message_type}]"
    return f"[{message_type}]"
