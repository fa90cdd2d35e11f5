"""What somebody of the business wrote by hand, in the WhatsApp Business app on the same number.

Shape: Meta, "smb_message_echoes webhook reference" (2026).
"""

from adapters.whatsapp.content import kind_of, only_touches, read_content
from adapters.whatsapp.fields import Item, MalformedItemError, identifier, mapping, timestamp
from adapters.whatsapp.people import Contacts
from domain.notices import HumanReply
from domain.wording import content_in_words


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
    try:
        words = content_in_words(read_content(kind, fields))
    except MalformedItemError:
        words = ""
    return words or f"[{kind}]"
