"""What one can tap at a message of the business, and what that says back.

Shapes: Meta, "messages webhook reference" of the Cloud API (2026).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from simulator.phone import answers
from simulator.phone.drafts import Draft, ImpossibleDraftError
from simulator.state.chat_messages import ChatMessage

type Data = Mapping[str, Any]


@frozen(kw_only=True)
class Offer:
    """Something to tap: `section` is the title above it in a list, `kind` Meta's name of the answer it gives."""

    id: str
    title: str
    description: str = ""
    section: str = ""
    kind: str
    answer: Data


def offers(message_type: str, content: Any, quick_replies: Sequence[Mapping[str, str]]) -> tuple[Offer, ...]:
    """What one can tap at a message with this content and these quick replies of a template, in the order shown.

    `content` has the shape that `graph_api` has checked.
    """
    if quick_replies:
        return tuple(
            Offer(id=reply["payload"], title=reply["text"], kind="button", answer=reply) for reply in quick_replies
        )
    if message_type != "interactive" or content is None:
        return ()
    match content["type"]:
        case "button":
            replies = [button["reply"] for button in content["action"]["buttons"]]
            return tuple(
                Offer(id=reply["id"], title=reply["title"], kind="button_reply", answer=reply) for reply in replies
            )
        case "list":
            return tuple(_row(row, section) for section in content["action"]["sections"] for row in section["rows"])
        case "call_permission_request":
            return tuple(_permission(response) for response in answers.CALLS)
    return ()


def tap(message: ChatMessage, choice: str) -> Draft:
    """The answer when a button, a row of a list or a quick reply of a template is tapped; `choice` is its id.

    Raises:
        ImpossibleDraftError: the message offers no such thing.
    """
    for offer in offers(message.type, message.content, message.quick_replies):
        if offer.id == choice:
            content = offer.answer if offer.kind == "button" else {"type": offer.kind, offer.kind: offer.answer}
            return _reply(message, "button" if offer.kind == "button" else "interactive", offer.title, content)
    raise ImpossibleDraftError(f"message {message.id} does not offer {choice!r}")


def fill(message: ChatMessage, values: Data) -> Draft:
    """The answer when the form behind a message was filled in, or the address it asks for.

    Raises:
        ImpossibleDraftError: the message has no form.
    """
    content = message.content
    match content["type"] if message.type == "interactive" and content else None:
        case "flow":
            token = content["action"]["parameters"].get("flow_token")
            return _reply(message, "interactive", "Form sent", answers.form(values, token=token))
        case "address_message":
            return _reply(message, "interactive", "Address sent", answers.address(values))
    raise ImpossibleDraftError(f"message {message.id} has no form")


def _row(row: Data, section: Data) -> Offer:
    return Offer(
        id=row["id"],
        title=row["title"],
        description=row.get("description") or "",
        section=section.get("title") or "",
        kind="list_reply",
        answer=row,
    )


def _permission(response: str) -> Offer:
    answer = answers.call_permission(response)
    return Offer(id=response, title=answers.CALLS[response], kind="call_permission_reply", answer=answer)


def _reply(message: ChatMessage, kind: str, body: str, content: Data) -> Draft:
    return Draft(type=kind, body=body, content=content, reply_to=message.id)
