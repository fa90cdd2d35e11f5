"""What a message says, of every type there is.

Shapes: Meta, "messages webhook reference" (2026).
"""

from collections.abc import Callable, Mapping

from adapters.whatsapp.webhook.attachments import ATTACHMENTS, FILES, read_file
from adapters.whatsapp.webhook.details import details
from adapters.whatsapp.webhook.fields import (
    Item,
    MalformedItemError,
    identifier,
    mapping,
    maybe_identifier,
    maybe_mapping,
    plain,
    storable,
    text,
)
from adapters.whatsapp.webhook.reported_errors import listed, reason
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
# What only touches an earlier message, where Meta does not say which: nobody waits for an answer to it.
TOUCHES = frozenset({"edit", "revoke", "pin"})


def kind_of(fields: Item) -> str:
    """Meta's name for the type of a message: its `type`, or the name of the body it has.

    The body decides where the type is missing, unknown, or has no body: `{"text": {"body": "Hello"}}` is a text.
    """
    named = maybe_identifier(fields.get("type")) or UNTYPED
    bodies = [name for name in BODIES if name in fields]
    return named if named in bodies or not bodies else bodies[0]


def only_touches(kind: str, fields: Item) -> bool:
    """Whether the message is about an earlier one, and says nothing by itself."""
    return kind in REMARKS or (kind == "unsupported" and finer_kind(kind, fields) in TOUCHES)


def finer_kind(kind: str, fields: Item) -> str:
    """The type within the body, where Meta gives one: "poll_creation" of an unsupported message."""
    return plain(maybe_mapping(fields.get(kind)).get("type"))


def read_content(kind: str, fields: Item) -> Content:
    """What the message `fields` of type `kind` says; `Unsupported` when that is new, or cannot be made out.

    Whatever a person tapped is never `Unsupported`: they would be told that we cannot read what we offered.

    Raises:
        MalformedItemError: when it is about another message, and does not say what or which.
    """
    if kind in REMARKS:
        return REMARKS[kind](mapping(fields.get(kind), kind))
    reported = next(map(reason, listed(fields.get("errors"))), "")[:MAX_DETAIL]
    if kind in FILES:
        content: Content | None = read_file(FILES[kind], fields.get(kind), trouble=reported)
    else:
        read = CONTENT.get(kind)
        content = read(fields.get(kind)) if read else None
    detail = finer_kind(kind, fields)[:MAX_DETAIL] or reported
    return Unsupported(kind=kind, detail=detail) if content is None else content


def _text(body: object) -> Text | None:
    words = maybe_mapping(body).get("body")
    return Text(body=storable(words)) if isinstance(words, str) else None


def _button(body: object) -> Content:
    """The quick reply of a template."""
    button = maybe_mapping(body)
    return _tap(choice_id=button.get("payload"), title=button.get("text")) or _action(button)


def _interactive(body: object) -> Content:
    """A button or the row of a list that was tapped, a form that was filled in, or an answer we did not ask for."""
    interactive = maybe_mapping(body)
    for name in ("button_reply", "list_reply"):
        reply = maybe_mapping(interactive.get(name))
        if tap := _tap(choice_id=reply.get("id"), title=reply.get("title"), description=reply.get("description")):
            return tap
    form = maybe_mapping(interactive.get("nfm_reply"))
    return _form(form) if form else _action(interactive)


def _tap(*, choice_id: object, title: object, description: object = None) -> Tap | None:
    """Either names the choice where the other is missing."""
    name, words = plain(choice_id), plain(title)
    if not (name or words):
        return None
    return Tap(choice=Choice(id=name or words, title=words or name, description=plain(description)))


def _form(form: Item) -> FilledForm:
    """A flow or an address: JSON within a string, or else the words that Meta shows in its place."""
    return FilledForm(name=plain(form.get("name")), fields=plain(form.get("response_json")) or plain(form.get("body")))


def _action(tapped: Item) -> UserAction:
    """`{"type": "payment_method", "payment_method": {"id": "7"}}` is "answered payment_method: id: 7"."""
    kind = plain(tapped.get("type"))
    told = details({name: value for name, value in tapped.items() if name != "type"})
    said = ": ".join(filter(None, (kind and f"answered {kind}", told)))
    return UserAction(description=said[:MAX_DETAIL] or "tapped something that cannot be read")


def _opened(_: object) -> UserAction:
    return UserAction(description="opened the chat")


def _reaction(reaction: Item) -> Reaction:
    """Without an emoji, or with an empty one, it was taken back."""
    emoji = text(reaction.get("emoji") or "", "reaction.emoji")
    return Reaction(message_id=identifier(reaction.get("message_id"), "reaction.message_id"), emoji=emoji)


def _correction(edit: Item) -> Correction:
    """Words and captions can be edited; a caption may be gone afterwards."""
    message = mapping(edit.get("message"), "edit.message")
    kind = plain(message.get("type"))
    changed = maybe_mapping(message.get(kind))
    if kind != "text" and kind not in FILES:
        raise MalformedItemError("edit.message has no words")
    return Correction(
        message_id=identifier(edit.get("original_message_id"), "edit.original_message_id"),
        body=text(changed.get("body"), "edit.message") if kind == "text" else plain(changed.get("caption")),
    )


def _retraction(revoke: Item) -> Retraction:
    return Retraction(message_id=identifier(revoke.get("original_message_id"), "revoke.original_message_id"))


CONTENT: Mapping[str, Callable[[object], Content | None]] = {
    "interactive": _interactive,
    "button": _button,
    "text": _text,
    **ATTACHMENTS,
    "request_welcome": _opened,
}
REMARKS: Mapping[str, Callable[[Item], Content]] = {
    "reaction": _reaction,
    "edit": _correction,
    "revoke": _retraction,
}
# Of two bodies in one message, the first of these is its own.
BODIES = (*CONTENT, *FILES, *REMARKS, "system", "unsupported")
