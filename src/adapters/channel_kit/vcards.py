"""Writes contacts as vCards, for channels that send them so."""

from domain.messages.shared_values import ContactCard


def vcard_of(card: ContactCard) -> str:
    """A vCard (RFC 6350) with everything that the card has."""
    named = (("FN", card.name), ("ORG", card.organisation), *(("TEL", phone) for phone in card.phones))
    values = [*named, *(("EMAIL", email) for email in card.emails)]
    lines = [f"{name}:{_escaped(value)}" for name, value in values if value]
    return "\n".join(("BEGIN:VCARD", "VERSION:3.0", *lines, "END:VCARD"))


def _escaped(value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace(",", "\\,").replace(";", "\\;")
    return " ".join(escaped.split())
