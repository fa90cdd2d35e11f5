"""What every mailbox promises, whatever store it uses."""

from contracts.forgetting_contract import ForgettingContract
from contracts.initiated_turns_contract import InitiatedTurnsContract
from contracts.mailbox_accepting_contract import AcceptingContract
from contracts.mailbox_confirmation_contract import ConfirmationContract
from contracts.mailbox_debounce_contract import DebounceContract
from contracts.mailbox_decision_contract import DecisionContract
from contracts.mailbox_lease_contract import LeaseContract
from contracts.mailbox_replay_contract import ReplayContract
from contracts.mailbox_retry_contract import RetryContract
from contracts.runs_under_way_contract import RunsUnderWayContract
from contracts.turn_changes_contract import TurnChangesContract
from contracts.usage_contract import UsageContract


class MailboxContract(
    AcceptingContract,
    DebounceContract,
    DecisionContract,
    LeaseContract,
    RetryContract,
    ConfirmationContract,
    ReplayContract,
    InitiatedTurnsContract,
    TurnChangesContract,
    UsageContract,
    ForgettingContract,
    RunsUnderWayContract,
):
    """Inherit, and provide the fixtures `mailbox` (lease of LEASE_SECONDS, five messages a turn) and `dead_letters`."""
