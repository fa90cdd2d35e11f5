"""Parts of a reply as the Graph API takes them.

Source: Meta, "Cloud API messages reference" (v25.0), "Interactive messages", "Flows" and "Template messages".
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import evolve

from adapters.channel_kit.dialects.whatsapp import WhatsAppDialect
from adapters.channel_kit.json_fields import JsonObject
from adapters.whatsapp.capabilities import WHATSAPP
from domain.messages.outbound import (
    ButtonsPart,
    ContactRequestPart,
    ContactsPart,
    FormPart,
    LinkPart,
    LocationPart,
    MediaPart,
    MenuPart,
    MenuSection,
    Part,
    ReactionPart,
    TemplatePart,
    TextPart,
)
from domain.messages.rich_text import RichText
from domain.messages.shared_values import Choice, ContactCard, MediaKind
from domain.people.person import phone_number

# The type of a message, and what stands under the field of that name.
type Message = tuple[str, object]

DIALECT = WhatsAppDialect()
FLOW_MESSAGE_VERSION = "3"
WA_ID_DIGITS = range(7, 16)  # E.164


def graph_message(part: Part) -> JsonObject:
    """The fields of the request that sends `part`, without the recipient."""
    kind, content = WRITERS[type(part)](part)
    reply_to = getattr(part, "reply_to", "")
    context = {"context": {"message_id": reply_to}} if reply_to else {}
    return {**context, "type": kind, kind: content}


def written(text: RichText) -> str:
    """The text with WhatsApp's marks."""
    return DIALECT.write(text)


def _text(part: TextPart) -> Message:
    return "text", {"body": written(part.body), "preview_url": False}


def _media(part: MediaPart) -> Message:
    voice = part.kind is MediaKind.VOICE
    content = {
        **({"id": part.id} if part.id else {"link": part.link}),
        **_unless_blank(
            caption=written(part.caption) if part.kind in WHATSAPP.captioned else "",
            filename=part.filename if part.kind is MediaKind.DOCUMENT else "",
        ),
        **({"voice": True} if voice else {}),
    }
    return (MediaKind.AUDIO if voice else part.kind).value, content


def _location(part: LocationPart) -> Message:
    """Degrees are strings. Six decimals are a tenth of a metre."""
    place = part.location
    degrees = {"latitude": f"{place.latitude:.6f}", "longitude": f"{place.longitude:.6f}"}
    return "location", degrees | _unless_blank(name=place.name, address=place.address)


def _contacts(part: ContactsPart) -> Message:
    return "contacts", [_card(card) for card in part.cards]


def _card(card: ContactCard) -> JsonObject:
    """Meta wants one more field of the name than `formatted_name`, so `first_name` repeats it."""
    content: dict[str, object] = {"name": {"formatted_name": card.name, "first_name": card.name}}
    if card.phones:
        content["phones"] = [{"phone": phone, **_unless_blank(wa_id=_wa_id(phone))} for phone in card.phones]
    if card.emails:
        content["emails"] = [{"email": email} for email in card.emails]
    if card.organisation:
        content["org"] = {"company": card.organisation}
    return content


def _wa_id(phone: str) -> str:
    """The digits of a number with a plus sign; empty for other numbers.

    With a `wa_id` the card offers to write to the person, without one to invite the person to WhatsApp.
    """
    digits = (phone_number(phone) or "") if phone.startswith("+") else ""
    return digits if len(digits) in WA_ID_DIGITS else ""


def _reaction(part: ReactionPart) -> Message:
    return "reaction", {"message_id": part.message_id, "emoji": part.emoji}


def _buttons(part: ButtonsPart) -> Message:
    buttons = [{"type": "reply", "reply": {"id": choice.id, "title": choice.title}} for choice in part.choices]
    return _interactive("button", part.body, {"buttons": buttons}, footer=part.footer)


def _menu(part: MenuPart) -> Message:
    action = {"button": part.button, "sections": [_section(section) for section in part.sections]}
    return _interactive("list", part.body, action, footer=part.footer)


def _section(section: MenuSection) -> JsonObject:
    return {**_unless_blank(title=section.title), "rows": [_row(choice) for choice in section.choices]}


def _row(choice: Choice) -> JsonObject:
    return {"id": choice.id, "title": choice.title, **_unless_blank(description=choice.description)}


def _link(part: LinkPart) -> Message:
    action = {"name": "cta_url", "parameters": {"display_text": part.title, "url": part.url}}
    return _interactive("cta_url", part.body, action, footer=part.footer)


def _contact_request(part: ContactRequestPart) -> Message:
    return _interactive("request_contact_info", part.body, {"name": "request_contact_info"})


def _form(part: FormPart) -> Message:
    parameters: dict[str, object] = {
        "flow_message_version": FLOW_MESSAGE_VERSION,
        "flow_id": part.form,
        "flow_cta": part.button,
    }
    if part.screen:
        parameters |= {"flow_action": "navigate", "flow_action_payload": {"screen": part.screen}}
    return _interactive("flow", part.body, {"name": "flow", "parameters": parameters}, footer=part.footer)


def _interactive(kind: str, body: RichText, action: JsonObject, *, footer: str = "") -> Message:
    below_body = {"footer": {"text": footer}} if footer else {}
    return "interactive", {"type": kind, "body": {"text": written(body)}, **below_body, "action": action}


def _template(part: TemplatePart) -> Message:
    components = [*_header(part), *_body(part), *_template_buttons(part)]
    content = {"name": part.name, "language": {"code": part.language}}
    return "template", content | ({"components": components} if components else {})


def _header(part: TemplatePart) -> Iterator[JsonObject]:
    if part.header_text:
        yield {"type": "header", "parameters": [_text_parameter(part.header_text)]}
    if part.header_file:
        kind, content = _media(evolve(part.header_file, caption=""))
        yield {"type": "header", "parameters": [{"type": kind, kind: content}]}


def _body(part: TemplatePart) -> Iterator[JsonObject]:
    parameters = [_text_parameter(value) for value in part.parameters]
    parameters += [{**_text_parameter(value), "parameter_name": name} for name, value in part.named_parameters]
    if parameters:
        yield {"type": "body", "parameters": parameters}


def _template_buttons(part: TemplatePart) -> Iterator[JsonObject]:
    for index, payload in enumerate(part.payloads):
        if payload:
            yield _template_button("quick_reply", index, {"type": "payload", "payload": payload})
    for index, url in enumerate(part.urls):
        if url:
            yield _template_button("url", index, _text_parameter(url))


def _template_button(kind: str, index: int, parameter: JsonObject) -> JsonObject:
    return {"type": "button", "sub_type": kind, "index": str(index), "parameters": [parameter]}


def _text_parameter(value: str) -> dict[str, str]:
    """A parameter of a template. Meta refuses line breaks, tabs and several spaces in a row."""
    return {"type": "text", "text": " ".join(value.split())}


def _unless_blank(**fields: str) -> dict[str, str]:
    return {name: value for name, value in fields.items() if value}


WRITERS: Mapping[type, Callable[[Any], Message]] = {
    TextPart: _text,
    MediaPart: _media,
    LocationPart: _location,
    ContactsPart: _contacts,
    ReactionPart: _reaction,
    ButtonsPart: _buttons,
    MenuPart: _menu,
    LinkPart: _link,
    ContactRequestPart: _contact_request,
    FormPart: _form,
    TemplatePart: _template,
}
