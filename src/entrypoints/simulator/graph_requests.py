"""What a business asks of `POST /{phone-number-id}/messages`, checked as strictly as Meta checks it."""

import re
from collections.abc import Mapping

from attrs import frozen

from entrypoints.simulator.graph_errors import invalid_parameter, invalid_value, missing_parameter

LONGEST_BODY = 4096
LONGEST_REFERENCE = 512
PHONE_NUMBER = re.compile(r"\+?[0-9]{5,20}")
USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")
NOT_PLAYED_YET = (
    "audio",
    "contacts",
    "document",
    "image",
    "interactive",
    "location",
    "reaction",
    "sticker",
    "template",
    "video",
)
TYPES = frozenset(("text", *NOT_PLAYED_YET))


@frozen(kw_only=True)
class SendRequest:
    """A message for somebody.

    `address` is a number without its plus sign, or a business-scoped user id; `written` is how the request had it.
    """

    address: str
    written: str
    type: str
    body: str
    reference: str | None = None
    reply_to: str | None = None


@frozen(kw_only=True)
class ReadRequest:
    """A receipt for a message a person wrote, perhaps with "typing"."""

    message_id: str
    typing: bool = False


def parse_request(data: object) -> SendRequest | ReadRequest:
    """Read the JSON body of a request.

    Raises:
        GraphError: as Meta refuses it.
    """
    if not isinstance(data, Mapping):
        raise invalid_parameter("The request body must be a JSON object.")
    if data.get("messaging_product") != "whatsapp":
        raise missing_parameter("messaging_product")
    return _read_request(data) if "status" in data else _send_request(data)


def _read_request(data: Mapping[str, object]) -> ReadRequest:
    if data["status"] != "read":
        raise invalid_value("status must be one of {READ}")
    typing = data.get("typing_indicator")
    if typing is not None and typing != {"type": "text"}:
        raise invalid_value("typing_indicator must be an object of the type text")
    return ReadRequest(message_id=_text(data, "message_id"), typing=typing is not None)


def _send_request(data: Mapping[str, object]) -> SendRequest:
    kind = data.get("type", "text")
    if not isinstance(kind, str) or kind not in TYPES:
        raise invalid_parameter(f"Param type must be one of {{{', '.join(sorted(TYPES)).upper()}}} - got {kind!r}.")
    if data.get("recipient_type", "individual") != "individual":
        raise invalid_value("recipient_type must be individual")
    content = _object(data, kind)
    return SendRequest(
        address=_address(data),
        written=str(data.get("to") or data.get("recipient")),
        type=kind,
        body=_body(content) if kind == "text" else str(content.get("caption", f"[{kind}]")),
        reference=_reference(data),
        reply_to=_text(_object(data, "context"), "message_id") if "context" in data else None,
    )


def _address(data: Mapping[str, object]) -> str:
    """`to` wins over `recipient`; a user id belongs into `recipient` alone."""
    if "to" in data:
        number = re.sub(r"[ ()-]", "", _text(data, "to"))
        if not PHONE_NUMBER.fullmatch(number):
            raise invalid_value("Recipient phone number is not valid")
        return number.removeprefix("+")
    if "recipient" not in data:
        raise missing_parameter("to")
    user_id = _text(data, "recipient")
    if not USER_ID.fullmatch(user_id):
        raise invalid_value("Recipient user id is not valid")
    return user_id


def _body(content: Mapping[str, object]) -> str:
    """Counted in UTF-16 units: Meta doesn't say which, and these are the strictest."""
    body = _text(content, "body")
    if len(body.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST_BODY:
        raise invalid_parameter(f"Param text['body'] must be at most {LONGEST_BODY} characters long.")
    return body


def _reference(data: Mapping[str, object]) -> str | None:
    if "biz_opaque_callback_data" not in data:
        return None
    reference = _text(data, "biz_opaque_callback_data")
    if len(reference) > LONGEST_REFERENCE:
        raise invalid_parameter(f"Param biz_opaque_callback_data must be at most {LONGEST_REFERENCE} characters long.")
    return reference


def _object(data: Mapping[str, object], name: str) -> Mapping[str, object]:
    value = data.get(name)
    if value is None:
        raise missing_parameter(name)
    if name == "contacts" and isinstance(value, list):
        return {}
    if not isinstance(value, Mapping):
        raise invalid_parameter(f"Param {name} must be a JSON object.")
    return value


def _text(data: Mapping[str, object], name: str) -> str:
    value = data.get(name)
    if value is None or value == "":
        raise missing_parameter(name)
    if not isinstance(value, str):
        raise invalid_parameter(f"Param {name} must be a string.")
    return value
