"""What each route needs: this is the one place that says who may do what.

A route that is in neither of these tables is refused, and a test goes over all of them.
"""

from collections.abc import Mapping

from attrs import frozen

from domain.operators.operator import Operator, Role


@frozen(kw_only=True)
class Permission:
    """The role that a route needs. `all_channels`: what it shows or changes belongs to no channel alone."""

    role: Role
    all_channels: bool = False


SEE = Permission(role=Role.VIEWER)
ACT = Permission(role=Role.OPERATOR)
SEE_EVERYTHING = Permission(role=Role.VIEWER, all_channels=True)
ACT_ON_EVERYTHING = Permission(role=Role.OPERATOR, all_channels=True)
ADMINISTER = Permission(role=Role.ADMIN, all_channels=True)

PERMISSIONS: Mapping[tuple[str, str], Permission] = {
    ("GET", "/v1/channels"): SEE,
    ("GET", "/v1/channels/events"): SEE,
    ("POST", "/v1/channels/{channel}/messages"): ACT,
    ("GET", "/v1/channels/{channel}/messages/{message_id}"): SEE,
    ("GET", "/v1/channels/{channel}/circuit-breaker"): SEE,
    ("DELETE", "/v1/channels/{channel}/circuit-breaker"): ACT,
    ("GET", "/v1/conversations"): SEE,
    ("GET", "/v1/conversations/{conversation}"): SEE,
    ("GET", "/v1/conversations/{conversation}/messages"): SEE,
    ("PUT", "/v1/conversations/{conversation}/agent"): ACT,
    ("DELETE", "/v1/conversations/{conversation}/agent"): ACT,
    ("PUT", "/v1/conversations/{conversation}/joined"): ACT,
    ("DELETE", "/v1/conversations/{conversation}/joined"): ACT,
    ("POST", "/v1/conversations/{conversation}/human"): ACT,
    ("DELETE", "/v1/conversations/{conversation}/human"): ACT,
    ("GET", "/v1/dead-letters"): SEE,
    ("GET", "/v1/dead-letters/{letter_id}"): SEE,
    ("POST", "/v1/dead-letters/{letter_id}/replay"): ACT,
    ("DELETE", "/v1/dead-letters/{letter_id}"): ACT,
    ("GET", "/v1/proposals"): SEE,
    ("GET", "/v1/proposals/{proposal_id}"): SEE,
    ("POST", "/v1/proposals/{proposal_id}/approve"): ACT,
    ("POST", "/v1/proposals/{proposal_id}/reject"): ACT,
    ("GET", "/v1/usage"): SEE,
    ("GET", "/v1/webhooks"): SEE_EVERYTHING,
    ("GET", "/v1/webhooks/{receiver}/dead-events"): SEE_EVERYTHING,
    ("POST", "/v1/webhooks/{receiver}/dead-events/{event_id}/replay"): ACT_ON_EVERYTHING,
    ("DELETE", "/v1/webhooks/{receiver}/dead-events/{event_id}"): ACT_ON_EVERYTHING,
    ("GET", "/v1/operators/me"): SEE,
    ("GET", "/v1/operators"): ADMINISTER,
    ("POST", "/v1/operators"): ADMINISTER,
    ("DELETE", "/v1/operators/{name}"): ADMINISTER,
    ("POST", "/v1/reload"): ADMINISTER,
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
    }
)


class NotAllowedError(Exception):
    """The operator may not do this. The message says why."""


def check_permission(operator: Operator, *, method: str, route: str) -> None:
    """Check that the operator may use this route.

    Raises:
        NotAllowedError: they may not.
    """
    needed = PERMISSIONS.get((method, route), ADMINISTER)
    if not operator.role.includes(needed.role):
        raise NotAllowedError(f"This needs the role {needed.role}, and {operator.name} is a {operator.role}.")
    if needed.all_channels and operator.channels:
        raise NotAllowedError("This concerns all channels, and the operator has some of them only.")
