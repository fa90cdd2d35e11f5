"""Decides whether Meta accepts a send.

Limits: Meta, "About the platform" (2026): one message to a person each 6 seconds, and 45 of them in advance.
"""

import time
from collections import deque

from attrs import evolve

from simulator.graph_api.errors import GraphError, refusal
from simulator.graph_api.requests import SendRequest
from simulator.state.control import Control
from simulator.state.phones import Phone
from simulator.webhooks.caller import WebhookCaller

PAIR_SECONDS = 6.0
PAIR_BURST = 45
PAIR_LIMIT_HIT = 131056
RATE_LIMIT_HIT = 130429
WINDOW_CLOSED = 131047
WINDOW_DETAILS = "Message failed to send because more than 24 hours have passed since the customer last replied."


class SendPolicy:
    """Refuses sends: those that the control wants refused, those outside the window, and those over the limits."""

    def __init__(self, caller: WebhookCaller) -> None:
        self._caller = caller
        self._free_at: dict[str, float] = {}
        self._recent: deque[float] = deque()

    def refuse_on_purpose(self, request: SendRequest) -> None:
        """Refuse the send if the control wants that.

        Raises:
            GraphError: the error that the control names.
        """
        control = self._caller.control
        if control.fail_sends == 0 or control.fail_to not in ("", request.address):
            return
        self._caller.control = evolve(control, fail_sends=control.fail_sends - 1)
        raise _in_form(control, refusal(control.fail_code, "Refused on purpose", status=control.fail_status))

    def refuse_outside_window(self, request: SendRequest, phone: Phone | None) -> None:
        """Refuse the send if the person's window is closed and it is no template.

        Raises:
            GraphError: with code 131047.
        """
        strict = self._caller.control.strict_window
        if phone is not None and request.type != "template" and not phone.window_open(strict=strict):
            raise refusal(WINDOW_CLOSED, WINDOW_DETAILS)

    def refuse_over_rate(self, request: SendRequest) -> None:
        """Count the send, and refuse it if there are too many.

        Raises:
            GraphError: with code 131056 for the limit of the person, 130429 for that of the number.
        """
        now, control = time.monotonic(), self._caller.control
        while self._recent and self._recent[0] <= now - 1:
            self._recent.popleft()
        if 0 < control.messages_per_second <= len(self._recent):
            raise refusal(RATE_LIMIT_HIT, "Cloud API message throughput has been reached.")
        free_at = max(self._free_at.get(request.address, 0.0), now)
        if control.pair_limit and free_at - now > (PAIR_BURST - 1) * PAIR_SECONDS:
            raise refusal(PAIR_LIMIT_HIT, "Too many messages sent from this phone number to the same person.")
        self._recent.append(now)
        self._free_at[request.address] = free_at + PAIR_SECONDS

    def later_failure(self) -> tuple[int, str] | None:
        """Why an accepted message fails: Meta's code and the details. None when it does not fail."""
        control = self._caller.control
        if control.fail_later > 0:
            self._caller.control = evolve(control, fail_later=control.fail_later - 1)
            return control.fail_later_code, "Failed on purpose"
        return None


def _in_form(control: Control, error: GraphError) -> GraphError:
    """Put the error into the form that the control wants: Meta may send a text, and a proxy sends a page."""
    if control.fail_as == "html":
        error.page = "<html><body><h1>Sorry, something went wrong.</h1></body></html>"
    elif control.fail_as == "text":
        error.body["error"]["error_data"] = "Refused on purpose"
    return error
