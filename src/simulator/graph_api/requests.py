"""What a business asks of `POST /{phone-number-id}/messages`, checked as strictly as Meta checks it."""

import re
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from simulator.graph_api.contents import GROUP_TYPES, TYPES, read_content
from simulator.graph_api.errors import invalid_parameter, invalid_value, missing_parameter
from simulator.graph_api.json_fields import an_object, text

MAX_REFERENCE = 512
PHONE_NUMBER = re.compile(r"\+?[0-9]{5,20}")
USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")


@frozen(kw_only=True)
class SendRequest:
    """A message for somebody.

    `address` is a number without its plus sign, a business-scoped user id, or the id of a `group`; `written` is how
    the request had it. `content` is what stands under the name of the `type`, and `body` the line that stands for it.
    `lost` is a user id in the place of a number: Meta takes it, and it never arrives.
    """

    address: str
    written: str
    type: str
    body: str
    content: Any = field(factory=dict)
    reference: str | None = None
    reply_to: str | None = None
    lost: bool = False
    group: bool = False


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
    return ReadRequest(message_id=text(data, "message_id"), typing=typing is not None)


def _send_request(data: Mapping[str, object]) -> SendRequest:
    group = _is_for_a_group(data)
    types = GROUP_TYPES if group else TYPES
    kind = data.get("type", "text")
    if not isinstance(kind, str) or kind not in types:
        raise invalid_parameter(f"Param type must be one of {{{', '.join(sorted(types)).upper()}}} - got {kind!r}.")
    if kind == "reaction" and "context" in data:
        raise invalid_parameter("A reaction cannot be a reply.")
    address = _group(data) if group else _address(data)
    return SendRequest(
        address=address,
        written=str(data.get("to") or data.get("recipient")),
        type=kind,
        body=read_content(data, kind),
        content=data[kind],
        reference=text(data, "biz_opaque_callback_data", longest=MAX_REFERENCE)
        if "biz_opaque_callback_data" in data
        else None,
        reply_to=text(an_object(data, "context"), "message_id") if "context" in data else None,
        lost="to" in data and not group and not PHONE_NUMBER.fullmatch(address),
        group=group,
    )


def _is_for_a_group(data: Mapping[str, object]) -> bool:
    kind = data.get("recipient_type", "individual")
    if kind not in ("individual", "group"):
        raise invalid_value("recipient_type must be one of {INDIVIDUAL, GROUP}")
    return kind == "group"


def _group(data: Mapping[str, object]) -> str:
    group_id = text(data, "to")
    if PHONE_NUMBER.fullmatch(group_id):
        raise invalid_value("Recipient group id is not valid")
    return group_id


def _address(data: Mapping[str, object]) -> str:
    """`to` wins over `recipient`; a user id belongs into `recipient` alone."""
    if "to" in data:
        number = re.sub(r"[ ()-]", "", text(data, "to"))
        if not PHONE_NUMBER.fullmatch(number) and not USER_ID.fullmatch(number):
            raise invalid_value("Recipient phone number is not valid")
        return number.removeprefix("+")
    if "recipient" not in data:
        raise missing_parameter("to")
    user_id = text(data, "recipient")
    if not USER_ID.fullmatch(user_id):
        raise invalid_value("Recipient user id is not valid")
    return user_id
