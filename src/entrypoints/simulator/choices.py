"""What one can tap at a message of the business, and what that says back.

Shapes: Meta, "messages webhook reference" of the Cloud API (2026).
"""

import itertools
import json
from collections.abc import Iterator, Mapping, Sequence

from attrs import frozen

from entrypoints.simulator.chat_messages import ChatMessage
from entrypoints.simulator.drafts import Draft, ImpossibleDraftError

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
    return tuple(itertools.chain(map(_quick_reply, quick_replies), _buttons(content), _rows(content)))


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
    """The answer when the form behind a message was filled in.

    Raises:
        ImpossibleDraftError: the message has no form.
    """
    content = _data(message.content)
    if content.get("type") != "flow":
        raise ImpossibleDraftError(f"message {message.id} has no form")
    parameters = _data(_data(content.get("action")).get("parameters"))
    token = {"flow_token": parameters["flow_token"]} if "flow_token" in parameters else {}
    response = json.dumps({**token, **values}, ensure_ascii=False)
    answer = {"type": "nfm_reply", "nfm_reply": {"name": "flow", "body": "Sent", "response_json": response}}
    return _reply(message, "interactive", "Form sent", answer)


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


def _reply(message: ChatMessage, kind: str, body: str, content: Data) -> Draft:
    return Draft(type=kind, body=body, content=content, reply_to=message.id)


def _data(value: object) -> Data:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[Data]:
    return [_data(item) for item in value] if isinstance(value, list) else ()
