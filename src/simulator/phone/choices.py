"""What one can tap at a message of the business, and what that says back.

Shapes: Meta, "messages webhook reference" of the Cloud API (2026).
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from simulator.phone import answers
from simulator.phone.drafts import Draft, ImpossibleDraftError
from simulator.state.chat_messages import ChatMessage

type Data = Mapping[str, object]


@frozen(kw_only=True)
class Offer:
    """Something to tap: `section` is the title above it in a list, `kind` Meta's name of the answer it gives."""

    id: str
    title: str
    description: str = ""
    section: str = ""
    kind: str
    answer: Data


def offers(content: object, quick_replies: Sequence[Mapping[str, str]]) -> tuple[Offer, ...]:
    """What a message with this content and these quick replies of a template lets one tap, as it is shown."""
    found = (map(_quick_reply, quick_replies), _buttons(content), _rows(content), _permissions(content))
    return tuple(itertools.chain.from_iterable(found))


def tap(message: ChatMessage, choice: str) -> Draft:
    """The answer when a button, a row of a list or a quick reply of a template is tapped; `choice` is its id.

    Raises:
        ImpossibleDraftError: the message offers no such thing.
    """
    for offer in offers(message.content, message.quick_replies):
        if offer.id == choice:
            content = offer.answer if offer.kind == "button" else {"type": offer.kind, offer.kind: offer.answer}
            return _reply(message, "button" if offer.kind == "button" else "interactive", offer.title, content)
    raise ImpossibleDraftError(f"message {message.id} does not offer {choice!r}")


def fill(message: ChatMessage, values: Data) -> Draft:
    """The answer when the form behind a message was filled in, or the address it asks for.

    Raises:
        ImpossibleDraftError: the message has no form.
    """
    content = _data(message.content)
    parameters = _data(_data(content.get("action")).get("parameters"))
    match content.get("type"):
        case "flow":
            return _reply(message, "interactive", "Form sent", answers.form(values, token=parameters.get("flow_token")))
        case "address_message":
            return _reply(message, "interactive", "Address sent", answers.address(values))
    raise ImpossibleDraftError(f"message {message.id} has no form")


def _quick_reply(reply: Mapping[str, str]) -> Offer:
    return Offer(id=reply["payload"], title=reply["text"], kind="button", answer=dict(reply))


def _buttons(content: object) -> Iterator[Offer]:
    for button in _list(_data(_data(content).get("action")).get("buttons")):
        reply = _data(button.get("reply"))
        yield Offer(id=str(reply.get("id")), title=str(reply.get("title")), kind="button_reply", answer=dict(reply))


def _rows(content: object) -> Iterator[Offer]:
    for section in _list(_data(_data(content).get("action")).get("sections")):
        for row in _list(section.get("rows")):
            yield Offer(
                id=str(row.get("id")),
                title=str(row.get("title")),
                description=str(row.get("description") or ""),
                section=str(section.get("title") or ""),
                kind="list_reply",
                answer=dict(row),
            )


def _permissions(content: object) -> Iterator[Offer]:
    if _data(content).get("type") == "call_permission_request":
        for response, title in answers.CALLS.items():
            answer = answers.call_permission(response)
            yield Offer(id=response, title=title, kind="call_permission_reply", answer=answer)


def _reply(message: ChatMessage, kind: str, body: str, content: Data) -> Draft:
    return Draft(type=kind, body=body, content=content, reply_to=message.id)


def _data(value: object) -> Data:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[Data]:
    return [_data(item) for item in value] if isinstance(value, list) else ()
