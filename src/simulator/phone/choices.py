"""The choices of a message of the business, and the answers to a tap or a form.

Shapes: Meta, "messages webhook reference" of the Cloud API (2026).
"""

from collections.abc import Mapping, Sequence
from typing import Any

from attrs import frozen

from simulator.phone import answers
from simulator.phone.drafts import Draft, ImpossibleActionError
from simulator.state.chat_messages import ChatMessage

type Data = Mapping[str, Any]


@frozen(kw_only=True)
class Choice:
    """A button, a row of a list, or a quick reply.

    `section` is the title above a row. `kind` is Meta's name for the answer, and `answer` its content.
    """

    id: str
    title: str
    description: str = ""
    section: str = ""
    kind: str
    answer: Data


def choices(message_type: str, content: Any, quick_replies: Sequence[Mapping[str, str]]) -> tuple[Choice, ...]:
    """The choices of a message with this content or these quick replies of a template, in the order shown.

    `content` has the shape that `graph_api` has checked.
    """
    if quick_replies:
        return tuple(
            Choice(id=reply["payload"], title=reply["text"], kind="button", answer=reply) for reply in quick_replies
        )
    if message_type != "interactive" or content is None:
        return ()
    match content["type"]:
        case "button":
            replies = [button["reply"] for button in content["action"]["buttons"]]
            return tuple(
                Choice(id=reply["id"], title=reply["title"], kind="button_reply", answer=reply) for reply in replies
            )
        case "list":
            return tuple(_row(row, section) for section in content["action"]["sections"] for row in section["rows"])
        case "call_permission_request":
            return tuple(_permission(response) for response in answers.CALLS)
    return ()


def tap(message: ChatMessage, choice_id: str) -> Draft:
    """The answer to a tap. `choice_id` is the id of the choice.

    Raises:
        ImpossibleActionError: the message has no such choice.
    """
    for choice in choices(message.type, message.content, message.quick_replies):
        if choice.id == choice_id:
            content = choice.answer if choice.kind == "button" else {"type": choice.kind, choice.kind: choice.answer}
            return _reply(message, "button" if choice.kind == "button" else "interactive", choice.title, content)
    raise ImpossibleActionError(f"message {message.id} has no choice {choice_id!r}")


def fill(message: ChatMessage, values: Data) -> Draft:
    """The answer to the form or the address request of a message.

    Raises:
        ImpossibleActionError: the message has no form.
    """
    content = message.content
    match content["type"] if message.type == "interactive" and content else None:
        case "flow":
            token = content["action"]["parameters"].get("flow_token")
            return _reply(message, "interactive", "Form sent", answers.form(values, token=token))
        case "address_message":
            return _reply(message, "interactive", "Address sent", answers.address(values))
    raise ImpossibleActionError(f"message {message.id} has no form")


def _row(row: Data, section: Data) -> Choice:
    return Choice(
        id=row["id"],
        title=row["title"],
        description=row.get("description") or "",
        section=section.get("title") or "",
        kind="list_reply",
        answer=row,
    )


def _permission(response: str) -> Choice:
    answer = answers.call_permission(response)
    return Choice(id=response, title=answers.CALLS[response], kind="call_permission_reply", answer=answer)


def _reply(message: ChatMessage, kind: str, body: str, content: Data) -> Draft:
    return Draft(type=kind, body=body, content=content, reply_to=message.id)
