"""What a message says, of every type there is.

Shapes: Meta, "messages webhook reference" (2026).
"""

from collections.abc import Callable, Mapping

from adapters.whatsapp.attachments import ATTACHMENTS, FILES
from adapters.whatsapp.fields import (
    Item,
    MalformedItemError,
    identifier,
    mapping,
    maybe_mapping,
    maybe_text,
    plain,
    storable,
    text,
)
from adapters.whatsapp.reported_errors import listed, reason
from domain.contents import Choice
from domain.messages import Content, Correction, FilledForm, Reaction, Retraction, Tap, Text, Unsupported

LONGEST_DETAIL = 200


def read_content(kind: str, fields: Item) -> Content:
    """What the message `fields` of type `kind` says; `Unsupported` when that is new, or cannot be made out.

    Raises:
        MalformedItemError: when it is about another message, and does not say what or which.
    """
    if kind in REMARKS:
        return REMARKS[kind](mapping(fields.get(kind), kind))
    read = CONTENT.get(kind)
    content = read(fields.get(kind)) if read else None
    return Unsupported(kind=kind, detail=_detail(kind, fields)) if content is None else content


def _detail(kind: str, fields: Item) -> str:
    """The finer kind, where Meta gives one ("poll_creation" of an unsupported message), or else its reason."""
    finer = maybe_text(maybe_mapping(fields.get(kind)).get("type"))
    return (finer or next(map(reason, listed(fields.get("errors"))), ""))[:LONGEST_DETAIL]


def _text(body: object) -> Text | None:
    words = maybe_mapping(body).get("body")
    return Text(body=storable(words)) if isinstance(words, str) else None


def _button(body: object) -> Tap | None:
    """The quick reply of a template."""
    button = maybe_mapping(body)
    return _tap(choice_id=button.get("payload"), title=button.get("text"))


def _interactive(body: object) -> Content | None:
    """A button or the row of a list that was tapped, a form that was filled in, or an answer we did not ask for."""
    interactive = maybe_mapping(body)
    for name in ("button_reply", "list_reply"):
        reply = maybe_mapping(interactive.get(name))
        if tap := _tap(choice_id=reply.get("id"), title=reply.get("title"), description=reply.get("description")):
            return tap
    if permission := maybe_mapping(interactive.get("call_permission_reply")):
        response = plain(permission.get("response"))
        detail = ": ".join(filter(None, ("call_permission_reply", response)))
        return Unsupported(kind="interactive", detail=detail[:LONGEST_DETAIL])
    return _form(interactive.get("nfm_reply"))


def _tap(*, choice_id: object, title: object, description: object = None) -> Tap | None:
    """Either names the choice where the other is missing."""
    name, words = plain(choice_id), plain(title)
    if not (name or words):
        return None
    return Tap(choice=Choice(id=name or words, title=words or name, description=plain(description)))


def _form(body: object) -> FilledForm | None:
    """A flow or an address; what was filled in is JSON within a string."""
    form = maybe_mapping(body)
    fields = plain(form.get("response_json"))
    return FilledForm(name=plain(form.get("name")), fields=fields) if fields else None


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
    **ATTACHMENTS,
    "text": _text,
    "button": _button,
    "interactive": _interactive,
}
REMARKS: Mapping[str, Callable[[Item], Content]] = {
    "reaction": _reaction,
    "edit": _correction,
    "revoke": _retraction,
}
