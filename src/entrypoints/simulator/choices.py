"""What one can tap at a message of the business, and what that says back.

Shapes: Meta, "messages webhook reference" of the Cloud API (2026).
"""

import json
from collections.abc import Iterator, Mapping, Sequence

from entrypoints.simulator.chat_messages import ChatMessage
from entrypoints.simulator.drafts import Draft, ImpossibleDraftError

type Data = Mapping[str, object]


def tap(message: ChatMessage, choice: str) -> Draft:
    """The answer when a button, a row of a list or a quick reply of a template is tapped; `choice` is its id.

    Raises:
        ImpossibleDraftError: the message offers no such thing.
    """
    for reply in message.quick_replies:
        if reply["payload"] == choice:
            return _reply(message, "button", reply["text"], {"payload": choice, "text": reply["text"]})
    for kind, offered in _offered(message.content):
        if offered.get("id") == choice:
            title = str(offered["title"])
            return _reply(message, "interactive", title, {"type": kind, kind: dict(offered)})
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


def _offered(content: object) -> Iterator[tuple[str, Data]]:
    """Each button and row, with the name of its kind of answer."""
    action = _data(_data(content).get("action"))
    for button in _list(action.get("buttons")):
        yield "button_reply", _data(button.get("reply"))
    for section in _list(action.get("sections")):
        for row in _list(section.get("rows")):
            yield "list_reply", row


def _reply(message: ChatMessage, kind: str, body: str, content: Data) -> Draft:
    return Draft(type=kind, body=body, content=content, reply_to=message.id)


def _data(value: object) -> Data:
    return value if isinstance(value, Mapping) else {}


def _list(value: object) -> Sequence[Data]:
    return [_data(item) for item in value] if isinstance(value, list) else ()
