"""The shapes that nearly all webhooks have: texts, taps, files, reactions and statuses, as Meta describes them.

They are strict. A field that must be unset, or that has another type, belongs to a body that `WebhookReader` reads.

Shapes: Meta, "messages webhook reference" and "status webhook reference" (2026).
"""

from typing import Annotated, Literal

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from adapters.channel_kit.json_fields import MAX_IDENTIFIER

type Identifier = Annotated[str, Meta(min_length=1, max_length=MAX_IDENTIFIER)]


class Profile(Struct, gc=False):
    name: str | None = None
    username: str | None = None


class Contact(Struct, gc=False):
    profile: Profile | None = None
    wa_id: Identifier | None = None
    user_id: Identifier | None = None
    parent_user_id: Identifier | None = None


class Context(Struct, gc=False):
    id: Identifier | None = None
    forwarded: bool = False
    frequently_forwarded: bool = False
    referred_product: UnsetType = UNSET


class Message(Struct, gc=False, kw_only=True, tag_field="type", rename={"phone": "from"}):
    """What messages of all types have."""

    id: Identifier
    timestamp: str
    phone: Identifier | None = None
    from_user_id: Identifier | None = None
    from_parent_user_id: Identifier | None = None
    context: Context | None = None
    referral: UnsetType = UNSET
    identity: UnsetType = UNSET
    group_id: UnsetType = UNSET
    errors: UnsetType = UNSET


class Words(Struct, gc=False):
    body: str


class TextMessage(Message, tag="text"):
    text: Words


class File(Struct, gc=False):
    id: str
    mime_type: str | None = None
    sha256: str | None = None
    caption: str | None = None
    filename: str | None = None
    voice: bool = False


class ImageMessage(Message, tag="image"):
    image: File


class AudioMessage(Message, tag="audio"):
    audio: File


class VideoMessage(Message, tag="video"):
    video: File


class DocumentMessage(Message, tag="document"):
    document: File


class StickerMessage(Message, tag="sticker"):
    sticker: File


class TemplateButton(Struct, gc=False):
    payload: str | None = None
    text: str | None = None


class ButtonMessage(Message, tag="button"):
    button: TemplateButton


class Chosen(Struct, gc=False):
    id: str | None = None
    title: str | None = None
    description: str | None = None


class Interactive(Struct, gc=False):
    button_reply: Chosen | None = None
    list_reply: Chosen | None = None


class InteractiveMessage(Message, tag="interactive"):
    interactive: Interactive


class Emoji(Struct, gc=False):
    message_id: str
    emoji: str | None = None


class ReactionMessage(Message, tag="reaction"):
    reaction: Emoji


class Pricing(Struct, gc=False):
    billable: bool | None = None
    category: str | None = None


class StatusConversation(Struct, gc=False):
    pricing: UnsetType = UNSET


class Status(Struct, gc=False):
    id: Identifier
    status: Literal["sent", "delivered", "read", "played"]
    timestamp: str
    recipient_id: Identifier | None = None
    recipient_user_id: Identifier | None = None
    recipient_parent_user_id: Identifier | None = None
    recipient_type: str | None = None
    biz_opaque_callback_data: str | None = None
    conversation: StatusConversation | None = None
    pricing: Pricing | None = None
    errors: UnsetType = UNSET


class Metadata(Struct, gc=False):
    phone_number_id: str


type AnyMessage = (
    TextMessage
    | ImageMessage
    | AudioMessage
    | VideoMessage
    | DocumentMessage
    | StickerMessage
    | ButtonMessage
    | InteractiveMessage
    | ReactionMessage
)


class Value(Struct, gc=False):
    metadata: Metadata
    contacts: list[Contact] = []
    messages: list[AnyMessage] | UnsetType = UNSET
    statuses: list[Status] | UnsetType = UNSET
    errors: UnsetType = UNSET
    conversation_context: UnsetType = UNSET


class Change(Struct, gc=False):
    field: Literal["messages"]
    value: Value


class Entry(Struct, gc=False):
    changes: list[Change]


class Body(Struct, gc=False):
    object: Literal["whatsapp_business_account"]
    entry: list[Entry]


decode_common = msgspec.json.Decoder(Body).decode
