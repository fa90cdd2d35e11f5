"""What a step of a turn changes beside the turn itself."""

from collections.abc import Mapping
from types import MappingProxyType

from attrs import define, field

from application.ports.conversation_states import StateChanges
from application.ports.forgetting import OldSession
from application.ports.message_log import Remembered
from application.ports.send_rate_limiter import CreditRequest
from application.ports.usage import CountedUsage
from domain.conversations.activity import Activity
from domain.conversations.agent_notes import AgentNote
from domain.conversations.proposals import Proposal
from domain.conversations.transcript import SentPart, TranscriptEvent
from domain.policies.budget import BudgetScope
from domain.policies.rate_limit import RateLog


@define(kw_only=True)
class TurnChanges:
    """Collects the changes of one step. The commit that ends the step stores all of them, or none.

    `sent` has the channel's id of each part that was sent, by its number. `state` and `heard` are as in
    `ConversationStates.change`, `agent_notes` as in `ConversationStates.note`. `rate_log` has what was admitted; it is
    kept for `keep_seconds` after the last change. Only `words` may get lost, as in `MessageLog.remember`. `usage` is
    stored with the reply, and only once a turn, however often the turn is tried. `agent` becomes `Turn.agent`. `forget`
    are sessions whose memory the runtime is to clear. `proposals` are stored by `Turns.save_reply` alone: after any
    other step the agent runs again, and proposes again. `trace` names the present try of the turn, when it is traced.
    `parts` are those in `sent` as the transcript keeps them, and `events` go there after them.

    `credit` is asked for beside the step, by `save_reply` alone. It is counted again when that step is repeated.

    `activities` are published once, together with the step: by `save_reply`, `complete`, `retry_later` and
    `dead_letter`. On a cluster they are published after it: they may get lost, or come twice. `warnings` has an
    activity for each budget; `save_reply` publishes those that are due.
    """

    sent: dict[int, str] = field(factory=dict)
    state: StateChanges = field(factory=StateChanges)
    heard: tuple[AgentNote, ...] = ()
    agent_notes: tuple[AgentNote, ...] = ()
    rate_log: RateLog = field(default=RateLog())
    keep_seconds: float = 0.0
    words: tuple[Remembered, ...] = ()
    usage: CountedUsage | None = None
    agent: str = ""
    forget: tuple[OldSession, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    trace: str = ""
    parts: dict[int, SentPart] = field(factory=dict)
    events: tuple[TranscriptEvent, ...] = ()
    activities: tuple[Activity, ...] = ()
    warnings: Mapping[BudgetScope, Activity] = field(default=MappingProxyType({}))
    credit: CreditRequest | None = None
