"""Checks the API version, the token and the phone number id of a call of the Graph API."""

import re
import secrets

from simulator.graph_api.errors import GraphError, invalid_token, unknown_object
from simulator.http.dependencies import AnyRequest
from simulator.simulator import Simulator

VERSION = re.compile(r"v[0-9]+\.[0-9]+")


def authorize(request: AnyRequest, simulator: Simulator, version: str) -> None:
    """Check the API version and the token.

    Raises:
        GraphError: one of them is wrong.
    """
    if not VERSION.fullmatch(version):
        raise GraphError(f"Unknown path components: /{version}", code=2500)
    check_token(request, simulator)


def check_token(request: AnyRequest, simulator: Simulator) -> None:
    """Check that the call has the token of the business.

    Raises:
        GraphError: it has another token, or none.
    """
    expected = f"Bearer {simulator.business.access_token}"
    given = request.headers.get("authorization", "")
    if not secrets.compare_digest(given.encode("latin-1", "replace"), expected.encode()):
        raise invalid_token()


def check_number(simulator: Simulator, phone_number_id: str) -> None:
    """Check that this is the phone number id of the business.

    Raises:
        GraphError: it is not.
    """
    if phone_number_id != simulator.business.phone_number_id:
        raise unknown_object(phone_number_id)
