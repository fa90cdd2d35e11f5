"""The use cases and ports that the routes use."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from attrs import field, frozen

from application.answering.agent_runtimes import AgentRuntimes
from application.channels import Channels
from application.joining.join_people import JoinPeople
from application.operating.choose_agent import ChooseAgent
from application.operating.dead_events import DeadEvents
from application.operating.find_conversation import FindConversation
from application.operating.find_delivery import FindDelivery
from application.operating.initiate_message import InitiateMessage
from application.operating.list_conversations import ListConversations
from application.operating.manage_operators import ManageOperators
from application.operating.open_file import OpenFile
from application.operating.person_data import PersonsData
from application.operating.replay_dead_letter import ReplayDeadLetter
from application.operating.report_usage import ReportUsage
from application.operating.send_for_run import SendForRun
from application.operating.take_over import TakeOver
from application.ports.activity_feed import ActivityFeed
from application.ports.audit_log import AuditLog
from application.ports.backlog import BacklogReader
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates
from application.ports.dead_letters import DeadLetters
from application.ports.proposals import Proposals
from application.ports.sessions import Sessions
from application.ports.store import StoreDefect
from application.ports.transcripts import Transcripts
from application.proposing.decide_proposal import DecideProposal
from application.receiving.receive_webhook import ReceiveWebhook
from application.receiving.verify_subscription import VerifySubscription
from application.sending.circuit_breaker import CircuitBreaker
from entrypoints.http.server.byte_limit import MEGABYTE, ByteLimit
from entrypoints.observability.metrics import Metrics
from entrypoints.observability.store_outage_log import StoreOutageLog
from entrypoints.settings.reloading import Reloaded


@frozen(kw_only=True)
class Services:
    """The use cases and ports behind the routes.

    `store_ping` raises `StoreUnavailableError` when the store is away, and so does `store_defects`.
    `fetching` says how it goes for each channel whose updates are fetched.
    `stopping` is set when the process must end: streams close, and /readyz answers 503.
    `reload` reads the configuration again, and raises `ConfigurationError` when it cannot be used.
    `send_for_run` is None where runs of agents may not send messages, and `open_file` where their tools get no files:
    the route does not exist then.
    `body_memory` limits the bytes of all request bodies together.
    `admin_token` opens the operators' routes. Without it they do not exist, unless `admin_open`: that opens them to
    everybody, for development on a loopback address.
    """

    receive: ReceiveWebhook
    verify: VerifySubscription
    initiate: InitiateMessage
    find: FindConversation
    find_delivery: FindDelivery
    take_over: TakeOver
    choose_agent: ChooseAgent
    join: JoinPeople
    persons_data: PersonsData
    breaker: CircuitBreaker
    backlog: BacklogReader
    channels: Channels
    states: ConversationStates
    clock: Clock
    feed: ActivityFeed
    dead_events: DeadEvents
    runtimes: AgentRuntimes
    dead_letters: DeadLetters
    replay: ReplayDeadLetter
    proposals: Proposals
    decide_proposal: DecideProposal
    report_usage: ReportUsage
    list_conversations: ListConversations
    transcripts: Transcripts
    manage_operators: ManageOperators
    audit_log: AuditLog
    sessions: Sessions
    store_ping: Callable[[], Awaitable[None]]
    store_defects: Callable[[], Awaitable[tuple[StoreDefect, ...]]]
    metrics: Metrics
    outages: StoreOutageLog
    stopping: asyncio.Event
    reload: Callable[[], Awaitable[Reloaded]]
    fetching: Callable[[], Mapping[str, str]] = dict
    body_memory: ByteLimit = field(factory=lambda: ByteLimit(64 * MEGABYTE))
    send_for_run: SendForRun | None = None
    open_file: OpenFile | None = None
    admin_token: str | None = None
    admin_open: bool = False
