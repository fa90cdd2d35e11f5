"""Makes the messages that a person sends, by their kind.

Shapes: Meta, "messages webhook reference" of the Cloud API (2026).
"""

from collections.abc import Callable, Mapping

from attrs import field, frozen

from simulator.phone import answers
from simulator.state.media import Media, MediaShelf
from simulator.state.samples import SAMPLES, sample
from simulator.webhooks.meta_errors import webhook_error

UNSUPPORTED = 131051
SAMPLE_PLACE = {"latitude": 52.520008, "longitude": 13.404954, "name": "Café Central", "address": "Hauptstraße 1"}
SAMPLE_PRODUCT = "tea-100"
SAMPLE_ITEM = {"product_retailer_id": SAMPLE_PRODUCT, "quantity": 2, "item_price": 4.5, "currency": "EUR"}
CATALOG = "300000000000003"
SAMPLE_AD: Mapping[str, object] = {
    "source_url": "https://fb.me/example",
    "source_id": "120200000000000001",
    "source_type": "ad",
    "headline": "Tea for two",
    "body": "Ask us anything about tea",
    "media_type": "image",
    "image_url": "https://scontent.example/tea.jpg",
    "ctwa_clid": "ARAkLkA8rmlFeiCktEJQ-QTwRiyYHAFDLMNDBH0CD3qpjd0HR4irJ6LEkR7JwFF4XvnO2E4Nx0",
}

type Fields = Mapping[str, object]


class ImpossibleActionError(Exception):
    """A phone cannot do this. The message says why."""


@frozen(kw_only=True)
class Draft:
    """A message before it is sent. `type` and `content` are Meta's. `body` is the line for the list of chats.

    `context` and `referral` are Meta's fields beside the content. `error` says why Meta cannot deliver the content. A
    message with a `group_id` goes to that group. The message is `age_seconds` old when it is sent.
    """

    type: str
    body: str
    content: object
    media_id: str | None = None
    reply_to: str | None = None
    context: Fields = field(factory=dict)
    referral: Fields | None = None
    error: Fields | None = None
    group_id: str | None = None
    age_seconds: float = 0.0


def draft(kind: str, fields: Fields, shelf: MediaShelf) -> Draft:
    """A draft of this kind. A field that `fields` does not have gets a sample value.

    Raises:
        ImpossibleActionError: there is no such kind, or no such file on the shelf.
    """
    if kind in SAMPLES:
        return _media(kind, fields, shelf)
    if kind not in KINDS:
        raise ImpossibleActionError(f"{kind!r} is not one of {', '.join(sorted((*KINDS, *SAMPLES)))}")
    return KINDS[kind](fields)


def text_draft(body: str) -> Draft:
    return Draft(type="text", body=body, content={"body": body})


def _text(fields: Fields) -> Draft:
    body = fields.get("body")
    if not isinstance(body, str) or not body:
        raise ImpossibleActionError("a text needs a body")
    return text_draft(body)


def _media(kind: str, fields: Fields, shelf: MediaShelf) -> Draft:
    media = _file(kind, fields, shelf)
    content: dict[str, object] = {"id": media.id, "mime_type": media.mime_type, "sha256": media.sha256_base64}
    caption = str(fields.get("caption") or "")
    match kind:
        case "voice" | "audio":
            content["voice"] = kind == "voice"
        case "sticker":
            content["animated"] = False
        case "document":
            content["filename"] = str(fields.get("filename") or media.filename or "document")
    if caption and kind in ("image", "video", "document"):
        content["caption"] = caption
    body = str(content.get("caption") or content.get("filename") or f"[{kind}]")
    return Draft(type="audio" if kind == "voice" else kind, body=body, content=content, media_id=media.id)


def _file(kind: str, fields: Fields, shelf: MediaShelf) -> Media:
    if "media_id" not in fields:
        return shelf.put(sample(kind))
    media = shelf.get(str(fields["media_id"]))
    if media is None:
        raise ImpossibleActionError(f"there is no file {fields['media_id']}")
    return media


def _location(fields: Fields) -> Draft:
    content = dict(fields) if "latitude" in fields and "longitude" in fields else SAMPLE_PLACE
    body = str(content.get("name") or f"{content['latitude']}, {content['longitude']}")
    return Draft(type="location", body=body, content=content)


def _contacts(fields: Fields) -> Draft:
    name = str(fields.get("name") or "Carla Moreno")
    phone = str(fields.get("phone") or "+15550006666")
    first, _, last = name.partition(" ")
    names = {"formatted_name": name, "first_name": first} | ({"last_name": last} if last else {})
    card: dict[str, object] = {
        "name": names,
        "phones": [{"phone": phone, "wa_id": phone.removeprefix("+"), "type": "CELL"}],
    }
    if fields.get("email"):
        card["emails"] = [{"email": str(fields["email"]), "type": "HOME"}]
    if fields.get("organisation"):
        card["org"] = {"company": str(fields["organisation"])}
    if fields.get("origin"):
        card["origin"] = str(fields["origin"])
    return Draft(type="contacts", body=name, content=[card])


def _order(fields: Fields) -> Draft:
    text = str(fields.get("text") or "")
    items = fields.get("items") or [SAMPLE_ITEM]
    content = {"catalog_id": CATALOG, "text": text, "product_items": items}
    return Draft(type="order", body=text or "[order]", content=content)


def _address(fields: Fields) -> Draft:
    return Draft(type="interactive", body="Address sent", content=answers.address({**answers.SAMPLE_ADDRESS, **fields}))


def _call_permission(fields: Fields) -> Draft:
    response = str(fields.get("response") or answers.ALLOW)
    if response not in answers.CALLS:
        raise ImpossibleActionError(f"the response must be one of {', '.join(answers.CALLS)}")
    reply = {"type": "call_permission_reply", "call_permission_reply": answers.call_permission(response)}
    return Draft(type="interactive", body=answers.CALLS[response], content=reply)


def _unsupported(fields: Fields) -> Draft:
    unsupported = str(fields.get("kind") or "poll_creation")
    error = webhook_error(UNSUPPORTED, details="Message type is not supported.")
    return Draft(type="unsupported", body=f"[{unsupported}]", content={"type": unsupported}, error=error)


def _broken(_: Fields) -> Draft:
    """A message whose content Meta lost."""
    return Draft(type="interactive", body="[broken]", content=None)


KINDS: Mapping[str, Callable[[Fields], Draft]] = {
    "text": _text,
    "location": _location,
    "contacts": _contacts,
    "order": _order,
    "address": _address,
    "call_permission": _call_permission,
    "unsupported": _unsupported,
    "broken": _broken,
}
