"""What each route needs: this is the one place that says who may do what.

A route that is in neither of these tables is refused, and a test goes over all of them.
"""

from collections.abc import Mapping

from attrs import frozen

from domain.operators.operator import Operator, Role


@frozen(kw_only=True)
class Permission:
    """The role that a route needs. `all_channels`: what it shows or changes belongs to no channel alone.

    `action`: the name of what it does, in the audit log. What is only looked at has none, but for people's words.
    `is_read`: when an operator repeats the action after a short time, that is not recorded again.
    """

    role: Role
    all_channels: bool = False
    action: str = ""
    is_read: bool = False


SEE = Permission(role=Role.VIEWER)
SEE_EVERYTHING = Permission(role=Role.VIEWER, all_channels=True)


def see(action: str) -> Permission:
    return Permission(role=Role.VIEWER, action=action, is_read=True)


def act(action: str) -> Permission:
    return Permission(role=Role.OPERATOR, action=action)


def act_on_everything(action: str) -> Permission:
    return Permission(role=Role.OPERATOR, all_channels=True, action=action)


def administer(action: str = "") -> Permission:
    return Permission(role=Role.ADMIN, all_channels=True, action=action)


PERMISSIONS: Mapping[tuple[str, str], Permission] = {
    ("GET", "/v1/channels"): SEE,
    ("GET", "/v1/channels/events"): SEE,
    ("POST", "/v1/channels/{channel}/messages"): act("send_message"),
    ("GET", "/v1/channels/{channel}/messages/{message_id}"): SEE,
    ("GET", "/v1/channels/{channel}/circuit-breaker"): SEE,
    ("DELETE", "/v1/channels/{channel}/circuit-breaker"): act("close_circuit_breaker"),
    ("GET", "/v1/conversations"): see("list_conversations"),
    ("GET", "/v1/conversations/{conversation}"): SEE,
    ("GET", "/v1/conversations/{conversation}/messages"): see("read_messages"),
    ("PUT", "/v1/conversations/{conversation}/agent"): act("choose_agent"),
    ("DELETE", "/v1/conversations/{conversation}/agent"): act("reset_agent"),
    ("PUT", "/v1/conversations/{conversation}/joined"): act("join"),
    ("DELETE", "/v1/conversations/{conversation}/joined"): act("separate"),
    ("POST", "/v1/conversations/{conversation}/human"): act("take_over"),
    ("DELETE", "/v1/conversations/{conversation}/human"): act("give_back"),
    ("GET", "/v1/dead-letters"): see("read_dead_letters"),
    ("GET", "/v1/dead-letters/{letter_id}"): see("read_dead_letter"),
    ("POST", "/v1/dead-letters/{letter_id}/replay"): act("replay_dead_letter"),
    ("DELETE", "/v1/dead-letters/{letter_id}"): act("discard_dead_letter"),
    ("GET", "/v1/proposals"): SEE,
    ("GET", "/v1/proposals/{proposal_id}"): SEE,
    ("POST", "/v1/proposals/{proposal_id}/approve"): act("approve_proposal"),
    ("POST", "/v1/proposals/{proposal_id}/reject"): act("reject_proposal"),
    ("GET", "/v1/usage"): SEE,
    ("GET", "/v1/webhooks"): SEE_EVERYTHING,
    ("GET", "/v1/webhooks/{receiver}/dead-events"): SEE_EVERYTHING,
    ("POST", "/v1/webhooks/{receiver}/dead-events/{event_id}/replay"): act_on_everything("replay_dead_event"),
    ("DELETE", "/v1/webhooks/{receiver}/dead-events/{event_id}"): act_on_everything("discard_dead_event"),
    ("GET", "/v1/operators/me"): SEE,
    ("GET", "/v1/operators"): administer(),
    ("POST", "/v1/operators"): administer("add_operator"),
    ("DELETE", "/v1/operators/{name}"): administer("revoke_operator"),
    ("GET", "/v1/audit"): administer(),
    ("GET", "/v1/audit/export"): administer("export_audit_log"),
    ("GET", "/v1/persons/{conversation}"): administer("show_person"),
    ("GET", "/v1/persons/{conversation}/export"): administer("export_person"),
    ("DELETE", "/v1/persons/{conversation}"): administer("erase_person"),
    ("POST", "/v1/reload"): administer("reload"),
}

# Routes that are not for operators. Each one has credentials of its own, or shows nothing that is secret.
PUBLIC = frozenset(
    {
        ("GET", "/"),
        ("GET", "/console"),
        ("GET", "/docs"),
        ("GET", "/pages/{file_path}"),
        ("HEAD", "/pages/{file_path}"),
        ("GET", "/livez"),
        ("GET", "/readyz"),
        ("GET", "/metrics"),
        ("GET", "/schema"),
        ("GET", "/schema/openapi.json"),
        ("GET", "/schema/{path}"),
        ("GET", "/v1/channels/{channel}/webhook"),
        ("POST", "/v1/channels/{channel}/webhook"),
        ("GET", "/v1/files/{token}"),
        ("POST", "/api/v1/runs/messages/send"),
        ("GET", "/console/login"),
        ("POST", "/console/login"),
        ("POST", "/console/logout"),
        ("GET", "/console/assets/{file_path}"),
        ("HEAD", "/console/assets/{file_path}"),
    }
)

# What is recorded of them, once it is known whose it is.
PUBLIC_ACTIONS = {("POST", "/console/login"): "log_in", ("POST", "/console/logout"): "log_out"}


class NotAllowedError(Exception):
    """The operator may not do this. The message says why."""


def check_permission(operator: Operator, *, method: str, route: str) -> None:
    """Check that the operator may use this route.

    Raises:
        NotAllowedError: they may not.
    """
    needed = PERMISSIONS.get((method, route), administer())
    if not operator.role.includes(needed.role):
        raise NotAllowedError(f"This needs the role {needed.role}, and {operator.name} is a {operator.role}.")
    if needed.all_channels and operator.channels:
        raise NotAllowedError("This concerns all channels, and the operator has some of them only.")
