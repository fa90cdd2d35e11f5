"""What somebody of the business wrote by hand, in the WhatsApp Business app on the same number.

Shape: Meta, "smb_message_echoes webhook reference" (2026).
"""

import contextlib

from adapters.whatsapp.webhook.content import kind_of, only_touches, read_content
from adapters.whatsapp.webhook.fields import Item, MalformedItemError, identifier, mapping, timestamp
from adapters.whatsapp.webhook.people import Contacts
from domain.conversations.account_events import HumanReply
from domain.messages.inbound import Correction, Reaction, Retraction, Unsupported
from domain.messages.plain_text import describe_action, describe_content


def read_echo(item: object, *, channel: str, contacts: Contacts) -> HumanReply:
    """One item of `message_echoes`.

    Raises:
        MalformedItemError: when it does not say to whom it went, or when.
    """
    fields = mapping(item, "echo")
    kind = kind_of(fields)
    return HumanReply(
        channel=channel,
        to=contacts.person(fields, side="to"),
        message_id=identifier(fields.get("id"), "id"),
        body=_body(kind, fields),
        at=timestamp(fields.get("timestamp")),
        answers=not only_touches(kind, fields),
    )


def _body(kind: str, fields: Item) -> str:
    """Whatever it was, a human was there; what it was is only for the record."""
    if only_touches(kind, fields):
        with contextlib.suppress(MalformedItemError):
            content = read_content(kind, fields)
            if isinstance(content, Reaction | Correction | Retraction | Unsupported):
                return describe_action(content)
        return kind
    with contextlib.suppress(MalformedItemError):
        return describe_content(read_content(kind, fields)) or f"[{kind}]"
    return f"[{kind}]"
