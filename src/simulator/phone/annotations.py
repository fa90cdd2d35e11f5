"""Reactions, edits and deletions: each changes a message in the thread, and returns the content for the webhook.

Shapes: Meta, "messages webhook reference" and "smb_message_echoes webhook reference" of the Cloud API (2026).
"""

from collections.abc import Mapping

from simulator.phone.drafts import text_draft
from simulator.state.chat_messages import Author, ChatMessage
from simulator.state.phones import Phone

type Content = Mapping[str, object]


def react(phone: Phone, target: ChatMessage, author: Author, emoji: str) -> Content:
    """Set the reaction of `author`. An empty emoji removes it."""
    target.react(author, emoji)
    phone.changed(target)
    return {"message_id": target.id, "emoji": emoji}


def edit(phone: Phone, target: ChatMessage, text: str) -> Content:
    """Replace the text."""
    new = text_draft(text)
    target.body, target.content, target.edited = new.body, new.content, True
    phone.changed(target)
    return {"original_message_id": target.id, "message": {"type": new.type, new.type: new.content}}


def revoke(phone: Phone, target: ChatMessage) -> Content:
    """Delete the message for everyone."""
    target.revoked = True
    phone.changed(target)
    return {"original_message_id": target.id}
