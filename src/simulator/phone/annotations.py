"""What is done to a bubble that is there: it shows so on the phone, and the content is what Meta tells of it.

Shapes: Meta, "messages webhook reference" and "smb_message_echoes webhook reference" of the Cloud API (2026).
"""

from collections.abc import Mapping

from simulator.phone.drafts import text
from simulator.state.chat_messages import Author, ChatMessage
from simulator.state.phones import Phone

type Content = Mapping[str, object]


def react(phone: Phone, target: ChatMessage, author: Author, emoji: str) -> Content:
    """An emoji at it; an empty one takes it back."""
    target.react(author, emoji)
    phone.changed(target)
    return {"message_id": target.id, "emoji": emoji}


def edit(phone: Phone, target: ChatMessage, words: str) -> Content:
    """Other words."""
    said = text(words)
    target.body, target.content, target.edited = said.body, said.content, True
    phone.changed(target)
    return {"original_message_id": target.id, "message": {"type": said.type, said.type: said.content}}


def revoke(phone: Phone, target: ChatMessage) -> Content:
    """Deleted for everyone."""
    target.revoked = True
    phone.changed(target)
    return {"original_message_id": target.id}
