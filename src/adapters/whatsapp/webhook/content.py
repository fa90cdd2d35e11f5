"""The content of a message, for every type of message.

Shapes: Meta, "messages webhook reference" (2026).
"""

from collections.abc import Callable, Mapping

from adapters.channel_kit.details import summary
from adapters.channel_kit.json_fields import (
    JsonObject,
    MalformedItemError,
    identifier,
    json_object,
    maybe_identifier,
    maybe_object,
    maybe_text,
    text,
    without_surrogates,
)
from adapters.whatsapp.graph_errors import reported_errors
from adapters.whatsapp.webhook.attachments import ATTACHMENTS, FILES, read_file
from domain.messages.inbound import (
    Content,
    Correction,
    FilledForm,
    Reaction,
    Retraction,
    Tap,
    Text,
    Unsupported,
    UserAction,
)
from domain.messages.shared_values import Choice

MAX_DETAIL = 200
UNTYPED = "no type"
# Unsupported messages about an earlier message. Meta does not say which one, and nobody expects an answer to them.
UNSUPPORTED_ANNOTATIONS = frozenset({"edit", "revoke", "pin"})


def type_of(fields: JsonObject) -> str:
    """Meta's name for the type of a message: its `type`, or the name of the body that it has.

    The body decides when the type is missing or unknown, or when the message has no body of that type. Example:
    `{"text": {"body": "Hello"}}` is a text.
    """
    named = maybe_identifier(fields.get("type")) or UNTYPED
    bodies = [name for name in BODIES if name in fields]
    return named if named in bodies or not bodies else bodies[0]


def is_annotation(message_type: str, fields: JsonObject) -> bool:
    """Whether the message is about an earlier one and says nothing by itself."""
    if message_type == "unsupported":
        return subtype_of(message_type, fields) in UNSUPPORTED_ANNOTATIONS
    return message_type in ANNOTATIONS


def subtype_of(message_type: str, fields: JsonObject) -> str:
    """The type that the body names, such as "poll_creation" in an unsupported message; empty where it names none."""
    return maybe_text(maybe_object(fields.get(message_type)).get("type"))


def read_content(message_type: str, fields: JsonObject) -> Content:
    """The content of the message `fields`. A message that cannot be read is `Unsupported`.

    A tap is never `Unsupported`: the person would be told that we cannot read what we offered.

    Raises:
        MalformedItemError: the message is about another one and does not say which, or what changes.
    """
    if message_type in ANNOTATIONS:
        return ANNOTATIONS[message_type](json_object(fields.get(message_type), message_type))
    body = fields.get(message_type)
    error = next((error.reason for error in reported_errors(fields.get("errors"))), "")[:MAX_DETAIL]
    if message_type in FILES:
        content: Content | None = read_file(FILES[message_type], body, trouble=error)
    else:
        read = CONTENT.get(message_type)
        content = read(body) if read else None
    detail = subtype_of(message_type, fields)[:MAX_DETAIL] or error
    return Unsupported(kind=message_type, detail=detail) if content is None else content


def _text(body: object) -> Text | None:
    words = maybe_object(body).get("body")
    return Text(body=without_surrogates(words)) if isinstance(words, str) else None


def _template_button(body: object) -> Content:
    """A tap on a quick reply of a template."""
    button = maybe_object(body)
    return _tap(choice_id=button.get("payload"), title=button.get("text")) or _action(button)


def _interactive(body: object) -> Content:
    """A tap on a button or on the row of a list, a form that was filled in, or an answer that we did not offer."""
    interactive = maybe_object(body)
    for name in ("button_reply", "list_reply"):
        reply = maybe_object(interactive.get(name))
        if tap := _tap(choice_id=reply.get("id"), title=reply.get("title"), description=reply.get("description")):
            return tap
    form = maybe_object(interactive.get("nfm_reply"))
    return _form(form) if form else _action(interactive)


def _tap(*, choice_id: object, title: object, description: object = None) -> Tap | None:
    """The choice. Where the id or the title is missing, the other one stands for it."""
    id_, words = maybe_text(choice_id), maybe_text(title)
    if not (id_ or words):
        return None
    return Tap(choice=Choice(id=id_ or words, title=words or id_, description=maybe_text(description)))


def _form(form: JsonObject) -> FilledForm:
    """A flow or an address: JSON within a string, or else the text that Meta shows in its place."""
    answers = maybe_text(form.get("response_json")) or maybe_text(form.get("body"))
    return FilledForm(name=maybe_text(form.get("name")), fields=answers)


def _action(tapped: JsonObject) -> UserAction:
    """What a person did: `{"type": "payment_method", "payment_method": {"id": 7}}` "answered payment_method: id: 7"."""
    kind = maybe_text(tapped.get("type"))
    content = summary({name: value for name, value in tapped.items() if name != "type"})
    description = ": ".join(filter(None, (kind and f"answered {kind}", content)))
    return UserAction(description=description[:MAX_DETAIL] or "tapped something that cannot be read")


def _opened_chat(_: object) -> UserAction:
    return UserAction(description="opened the chat")


def _reaction(reaction: JsonObject) -> Reaction:
    """A reaction. A missing or empty emoji takes an earlier reaction back."""
    emoji = text(reaction.get("emoji") or "", "reaction.emoji")
    return Reaction(message_id=identifier(reaction.get("message_id"), "reaction.message_id"), emoji=emoji)


def _correction(edit: JsonObject) -> Correction:
    """An edit of a text or of a caption. The edit may remove the caption."""
    message = json_object(edit.get("message"), "edit.message")
    message_type = maybe_text(message.get("type"))
    if message_type != "text" and message_type not in FILES:
        raise MalformedItemError("edit.message is neither a text nor a file")
    changed = maybe_object(message.get(message_type))
    is_text = message_type == "text"
    return Correction(
        message_id=identifier(edit.get("original_message_id"), "edit.original_message_id"),
        body=text(changed.get("body"), "edit.message") if is_text else maybe_text(changed.get("caption")),
    )


def _retraction(revoke: JsonObject) -> Retraction:
    return Retraction(message_id=identifier(revoke.get("original_message_id"), "revoke.original_message_id"))


CONTENT: Mapping[str, Callable[[object], Content | None]] = {
    "interactive": _interactive,
    "button": _template_button,
    "text": _text,
    **ATTACHMENTS,
    "request_welcome": _opened_chat,
}
ANNOTATIONS: Mapping[str, Callable[[JsonObject], Content]] = {
    "reaction": _reaction,
    "edit": _correction,
    "revoke": _retraction,
}
# The first of these that a message has is its body.
BODIES = (*CONTENT, *FILES, *ANNOTATIONS, "system", "unsupported")
