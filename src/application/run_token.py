"""The right of one run of an agent to send messages: its tools give it back to us (see docs/agents.md)."""

from typing import Self

from attrs import frozen

from application.signed_tokens import TokenSigner
from domain.people.person import Conversation

PURPOSE = "run"


@frozen(kw_only=True)
class RunToken:
    """Which run it is: that of the turn `turn_id`, for a person on one channel."""

    conversation: Conversation
    turn_id: str

    def signed(self, signer: TokenSigner, *, expires_at: float) -> str:
        content = {"conversation": str(self.conversation), "turn_id": self.turn_id}
        return signer.sign(content, purpose=PURPOSE, expires_at=expires_at)

    @classmethod
    def read(cls, token: str, signer: TokenSigner, *, now: float) -> Self:
        """Raises `ForgedTokenError` or `ExpiredTokenError` when the token allows nothing."""
        content = signer.read(token, purpose=PURPOSE, now=now)
        return cls(conversation=Conversation.parse(content["conversation"]), turn_id=content["turn_id"])
