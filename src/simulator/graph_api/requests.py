"""Parses the body of `POST /{phone-number-id}/messages`, as strictly as Meta."""

import re
from collections.abc import Mapping
from typing import Any

from attrs import field, frozen

from simulator.graph_api.contents import GROUP_TYPES, TYPES, read_content
from simulator.graph_api.errors import invalid_parameter, invalid_value, missing_parameter
from simulator.graph_api.json_fields import json_object, text

MAX_REFERENCE = 512
PHONE_NUMBER = re.compile(r"\+?[0-9]{5,20}")
USER_ID = re.compile(r"[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}")


@frozen(kw_only=True)
class SendRequest:
    """A message to a person or a group.

    `address` is a number without its plus sign, a business-scoped user id, or the id of a group when `group` is true.
    `recipient_input` is the recipient as the request has it. `content` is what the request has under the name of the
    `type`, and `body` is its line for the list of chats. `lost` is true for a user id in the field of the number: Meta
    accepts the message, and it never arrives.
    """

    address: str
    recipient_input: str
    type: str
    body: str
    content: Any = field(factory=dict)
    reference: str | None = None
    reply_to: str | None = None
    lost: bool = False
    group: bool = False


@frozen(kw_only=True)
class ReadRequest:
    """The business has read a message. `typing` asks for the typing indicator."""

    message_id: str
    typing: bool = False


def parse_request(data: object) -> SendRequest | ReadRequest:
    """Parse the JSON body of a request.

    Raises:
        GraphError: Meta refuses it.
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
        recipient_input=str(data.get("to") or data.get("recipient")),
        type=kind,
        body=read_content(data, kind),
        content=data[kind],
        reference=text(data, "biz_opaque_callback_data", max_length=MAX_REFERENCE)
        if "biz_opaque_callback_data" in data
        else None,
        reply_to=text(json_object(data, "context"), "message_id") if "context" in data else None,
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
    """`to` has precedence over `recipient`. A user id works only in `recipient`."""
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
