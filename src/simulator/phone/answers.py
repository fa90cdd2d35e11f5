"""The contents of answers to forms, to address requests and to requests for a call permission.

Shapes: Meta, "messages webhook reference", "Address messages" and "User call permissions" of the Cloud API (2026).
"""

import json
import time
from collections.abc import Mapping

WEEK_SECONDS = 7 * 86_400
ALLOW, REFUSE = "accept", "reject"
CALLS = {ALLOW: "Allow calls", REFUSE: "Do not allow calls"}
SAMPLE_ADDRESS = {
    "name": "Ana",
    "phone_number": "+15550002222",
    "address": "Hauptstraße 1",
    "city": "Berlin",
    "in_pin_code": "10115",
}

type Data = Mapping[str, object]


def form(values: Data, *, token: object = None) -> Data:
    """The answer to a flow. `token` is the flow token of the business, if it gave one."""
    return _filled("flow", "Sent", {**({} if token is None else {"flow_token": token}), **values})


def address(values: Data) -> Data:
    """The answer to an address request. Its body has one line for each value."""
    return _filled("address_message", "\n".join(map(str, values.values())), {"values": values})


def call_permission(response: str) -> Data:
    """The object in `call_permission_reply`. `response` is one of `CALLS`. A permission ends after a week."""
    reply = {"response": response, "response_source": "user_action"}
    ends = {"is_permanent": False, "expiration_timestamp": str(int(time.time()) + WEEK_SECONDS)}
    return reply | ends if response == ALLOW else reply


def _filled(name: str, body: str, response: Data) -> Data:
    """Meta sends the values as JSON in a string of the JSON."""
    reply = {"name": name, "body": body, "response_json": json.dumps(response, ensure_ascii=False)}
    return {"type": "nfm_reply", "nfm_reply": reply}
