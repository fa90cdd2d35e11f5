"""Record what operators do over HTTP."""

import contextlib
from http import HTTPStatus
from typing import Any

import structlog
from attrs import define
from litestar import Request
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from application.channels import UnknownChannelError
from application.ports.store import StoreUnavailableError
from domain.operators.audit import AuditEntry, AuditOutcome
from domain.operators.operator import Operator
from domain.people.person import channel_of
from entrypoints.http.permissions import PERMISSIONS, PUBLIC_ACTIONS
from entrypoints.http.recent_reads import RecentReads
from entrypoints.http.services import Services

logger = structlog.get_logger(__name__)


@define
class ActionTarget:
    """What a request is about. Routes write here what the path does not say."""

    channel: str = ""
    conversation: str = ""
    subject: str = ""
    is_found: bool = False

    def name(self, conversation: object) -> None:
        """Name the conversation that the action turned out to be about."""
        self.conversation, self.is_found = str(conversation), True


def present_target(request: Request[Any, Any, Any]) -> ActionTarget:
    """The target of this request, for routes that know more of it than its path."""
    target: ActionTarget = request.scope["state"]["target"]
    return target


def begin_trail(scope: Scope, operator: Operator) -> None:
    """Note who makes this request, as soon as that is known: what is refused afterwards is recorded too."""
    names = {name: str(value) for name, value in scope["path_params"].items()}
    channel, conversation = names.pop("channel", ""), names.pop("conversation", "")
    scope["state"]["operator"] = operator
    scope["state"]["target"] = ActionTarget(
        channel=channel, conversation=conversation, subject=" ".join(names.values())
    )


def audit_trail(app: ASGIApp) -> ASGIApp:
    """Middleware that records each action before its answer begins, so that who has the answer finds the entry.

    What an operator reads again after a short time is not recorded again.
    When the store is away, the log of the service has the entry instead: the action may have happened.
    """

    async def recorded(scope: Scope, receive: Receive, send: Send) -> None:
        async def recording_send(message: Message) -> None:
            if message["type"] == "http.response.start" and "operator" in scope["state"]:
                await _record(scope, message["status"])
            await send(message)

        await app(scope, receive, recording_send)

    return recorded


async def _record(scope: Scope, status: int) -> None:
    route = (str(scope.get("method")), scope["path_template"])
    permission = PERMISSIONS.get(route)
    action = permission.action if permission else PUBLIC_ACTIONS.get(route, "")
    if status == HTTPStatus.FORBIDDEN:
        action = action or " ".join(route)
    if not action:
        return
    services: Services = scope["litestar_app"].state["services"]
    operator: Operator = scope["state"]["operator"]
    target: ActionTarget = scope["state"]["target"]
    outcome = AuditOutcome.REFUSED if status == HTTPStatus.FORBIDDEN else AuditOutcome.FAILED
    if status < HTTPStatus.BAD_REQUEST:
        outcome = AuditOutcome.DONE
    with contextlib.suppress(UnknownChannelError, StoreUnavailableError):
        if outcome is AuditOutcome.DONE and "conversation" in scope["path_params"] and not target.is_found:
            target.name(await services.find(target.conversation))
    entry = AuditEntry(
        at=services.clock.now(),
        operator=operator.name,
        action=action,
        outcome=outcome,
        place="http",
        channel=target.channel or channel_of(target.conversation),
        conversation=target.conversation,
        subject=target.subject,
    )
    reads: RecentReads = scope["litestar_app"].state["recent_reads"]
    is_read = permission is not None and permission.is_read and outcome is not AuditOutcome.REFUSED
    if is_read and reads.have(entry):
        return
    if await _is_written(entry, services) and is_read:
        reads.add(entry)


async def _is_written(entry: AuditEntry, services: Services) -> bool:
    """Write the entry into the audit log, or into the log of the service. Returns whether it is in the former."""
    try:
        await services.audit_log.record(entry=entry)
    except StoreUnavailableError:
        logger.warning(
            "an operator's action is not in the audit log: the store is away",
            operator=entry.operator,
            action=entry.action,
            outcome=entry.outcome.value,
            channel=entry.channel,
        )
        return False
    return True
