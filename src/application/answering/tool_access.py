"""What the tools of a run may ask of us, as keys of the run's context (see docs/agents.md)."""

from collections.abc import Mapping

from attrs import frozen

from application.channels import Channel
from application.ports.clock import Clock
from application.run_token import RunToken
from application.signed_tokens import TokenSigner
from domain.conversations.turn import Turn

# Beyond the longest run, which may wait before it begins (`agents.max_runs`). A token ends with its run in any case.
GRACE_SECONDS = 600.0
# The makers' name. Astromesh shows keys with an underscore to no model.
RUN_TOKEN = "_nexus_run_token"  # noqa: S105  (the name, not the token)


@frozen(kw_only=True)
class ToolAccess:
    """`run_seconds`: how long a run may take, where its tools may send messages; else None."""

    signer: TokenSigner
    clock: Clock
    run_seconds: float | None = None

    def context_of(self, turn: Turn, channel: Channel) -> Mapping[str, object]:  # noqa: ARG002
        """JSON data. The tokens are new each time the turn is tried."""
        context: dict[str, object] = {}
        if self.run_seconds is not None:
            expires_at = self.clock.now() + self.run_seconds + GRACE_SECONDS
            token = RunToken(conversation=turn.conversation, turn_id=turn.id)
            context[RUN_TOKEN] = token.signed(self.signer, expires_at=expires_at)
        return context
