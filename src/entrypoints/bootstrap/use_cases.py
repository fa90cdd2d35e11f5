"""Build the use cases over the ports. Tests build theirs here too, over parts in memory."""

import functools

from attrs import field, frozen

from application.answering.agent_input import BuildAgentInput
from application.answering.agent_runtimes import AgentRuntimes
from application.answering.answer_conversation import AnswerConversation
from application.answering.byte_budget import ByteBudget
from application.answering.compose_reply import ComposeReply
from application.answering.leave_turn import LeaveTurn
from application.answering.read_files import ReadFiles
from application.answering.run_agent import RunAgent
from application.answering.settle_turn import SettleTurn
from application.answering.tool_access import ToolAccess
from application.channels import Channels
from application.joining.join_people import JoinPeople
from application.joining.share_session import ShareSession
from application.operating.choose_agent import ChooseAgent
from application.operating.expire_dead_letters import ExpireDeadLetters
from application.operating.find_conversation import FindConversation
from application.operating.find_delivery import FindDelivery
from application.operating.forget_sessions import ForgetSessions
from application.operating.initiate_message import InitiateMessage
from application.operating.list_conversations import ListConversations
from application.operating.open_file import MAX_OPENED_BYTES, OpenFile
from application.operating.person_data import PersonsData
from application.operating.replay_dead_letter import ReplayDeadLetter
from application.operating.report_usage import ReportUsage
from application.operating.send_for_run import SendForRun
from application.operating.take_over import TakeOver
from application.ports.activity_feed import ActivityFeed
from application.ports.breaker_store import BreakerStore
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates
from application.ports.dead_letters import DeadLetters
from application.ports.directory import Directory
from application.ports.forgetting import Forgetting
from application.ports.idempotency_keys import IdempotencyKeys
from application.ports.intake import Intake
from application.ports.mailbox import Mailbox
from application.ports.measurements import Measurements
from application.ports.message_log import MessageLog
from application.ports.personal_data import PersonalData
from application.ports.proposals import Proposals
from application.ports.send_rate_limiter import SendRateLimiter
from application.ports.shared_sessions import SharedSessions
from application.ports.tracer import Tracer
from application.ports.transcriber import TranscriberPort
from application.ports.transcripts import Transcripts
from application.ports.usage import UsageReader
from application.ports.webhook_sender import WebhookSender
from application.proposing.decide_proposal import DecideProposal
from application.proposing.expire_proposals import ExpireProposals
from application.proposing.follow_up_decisions import FollowUpDecisions
from application.proposing.notify_outcome import NotifyOutcome
from application.receiving.apply_events import ApplyEvents
from application.receiving.handle_delivery_failure import HandleDeliveryFailure
from application.receiving.receive_webhook import ReceiveWebhook
from application.receiving.store_messages import StoreMessages
from application.receiving.verify_subscription import VerifySubscription
from application.sending.circuit_breaker import CircuitBreaker
from application.sending.deliver_reply import DeliverReply
from application.sending.handle_send_failure import HandleSendFailure
from application.sending.send_credit import SendCredit
from application.sending.send_part import SendPart
from domain.policies.proposals import ProposalPolicy
from domain.policies.retry import RetryPolicy


@frozen(kw_only=True)
class UseCases:
    """The use cases over these ports, channels and policies. Each is built once, when it is first asked for."""

    clock: Clock
    retries: RetryPolicy
    channels: Channels
    mailbox: Mailbox
    dead_letters: DeadLetters
    feed: ActivityFeed
    runtimes: AgentRuntimes
    directory: Directory
    intake: Intake
    states: ConversationStates
    message_log: MessageLog
    send_rate_limiter: SendRateLimiter
    shared_sessions: SharedSessions
    breaker_store: BreakerStore
    callers_keys: IdempotencyKeys
    transcriber: TranscriberPort | None
    file_budget: ByteBudget
    measurements: Measurements
    proposals: Proposals
    receiver: WebhookSender | None
    proposal_policy: ProposalPolicy
    tracer: Tracer
    usage: UsageReader
    forgetting: Forgetting
    transcripts: Transcripts
    personal_data: PersonalData
    dead_letter_days: int = 30
    tools: ToolAccess | None = None
    opened_files: ByteBudget = field(factory=lambda: ByteBudget(total=MAX_OPENED_BYTES))

    @functools.cached_property
    def verify(self) -> VerifySubscription:
        return VerifySubscription(channels=self.channels)

    @functools.cached_property
    def take_over(self) -> TakeOver:
        return TakeOver(states=self.states, transcripts=self.transcripts, feed=self.feed, clock=self.clock)

    @functools.cached_property
    def choose_agent(self) -> ChooseAgent:
        return ChooseAgent(
            channels=self.channels, runtimes=self.runtimes, states=self.states, feed=self.feed, clock=self.clock
        )

    @functools.cached_property
    def breaker(self) -> CircuitBreaker:
        return CircuitBreaker(store=self.breaker_store, feed=self.feed, clock=self.clock)

    @functools.cached_property
    def failures(self) -> HandleDeliveryFailure:
        return HandleDeliveryFailure(
            channels=self.channels,
            inbox=self.mailbox,
            states=self.states,
            log=self.message_log,
            send_rate_limiter=self.send_rate_limiter,
            breaker=self.breaker,
        )

    @functools.cached_property
    def apply_events(self) -> ApplyEvents:
        return ApplyEvents(
            channels=self.channels,
            inbox=self.mailbox,
            directory=self.directory,
            states=self.states,
            log=self.message_log,
            take_over=self.take_over,
            breaker=self.breaker,
            failures=self.failures,
            transcripts=self.transcripts,
            feed=self.feed,
            tracer=self.tracer,
        )

    @functools.cached_property
    def receive(self) -> ReceiveWebhook:
        return ReceiveWebhook(
            channels=self.channels,
            store_messages=StoreMessages(
                channels=self.channels,
                directory=self.directory,
                intake=self.intake,
                states=self.states,
                transcripts=self.transcripts,
                feed=self.feed,
            ),
            apply_events=self.apply_events,
            clock=self.clock,
            tracer=self.tracer,
        )

    @functools.cached_property
    def initiate(self) -> InitiateMessage:
        return InitiateMessage(
            channels=self.channels,
            directory=self.directory,
            states=self.states,
            inbox=self.mailbox,
            keys=self.callers_keys,
            clock=self.clock,
        )

    @functools.cached_property
    def send_for_run(self) -> SendForRun | None:
        """None where runs may not send messages."""
        if self.tools is None or self.tools.run_seconds is None:
            return None
        return SendForRun(
            signer=self.tools.signer,
            runs=self.mailbox,
            channels=self.channels,
            find=self.find,
            keys=self.callers_keys,
            initiate=self.initiate,
            clock=self.clock,
        )

    @functools.cached_property
    def open_file(self) -> OpenFile | None:
        """None where tools get no files."""
        if self.tools is None or self.tools.files_url is None:
            return None
        return OpenFile(signer=self.tools.signer, channels=self.channels, clock=self.clock, budget=self.opened_files)

    @functools.cached_property
    def find_delivery(self) -> FindDelivery:
        return FindDelivery(channels=self.channels, log=self.message_log)

    @functools.cached_property
    def find(self) -> FindConversation:
        return FindConversation(channels=self.channels, directory=self.directory, states=self.states)

    @functools.cached_property
    def join(self) -> JoinPeople:
        return JoinPeople(
            channels=self.channels, directory=self.directory, states=self.states, feed=self.feed, clock=self.clock
        )

    @functools.cached_property
    def persons_data(self) -> PersonsData:
        return PersonsData(
            find=self.find,
            data=self.personal_data,
            forget=self.forget_sessions,
            feed=self.feed,
            clock=self.clock,
            lease_seconds=self.mailbox.lease_seconds,
        )

    @functools.cached_property
    def read_files(self) -> ReadFiles:
        return ReadFiles(log=self.message_log, transcriber=self.transcriber)

    @functools.cached_property
    def read(self) -> BuildAgentInput:
        return BuildAgentInput(log=self.message_log, files=self.read_files, runtimes=self.runtimes)

    @functools.cached_property
    def compose(self) -> ComposeReply:
        return ComposeReply(
            build_input=self.read,
            run_agent=RunAgent(runtimes=self.runtimes, tools=self.tools),
            runtimes=self.runtimes,
            budget=self.file_budget,
            measurements=self.measurements,
            clock=self.clock,
        )

    @functools.cached_property
    def send(self) -> SendPart:
        return SendPart(
            retries=self.retries,
            log=self.message_log,
            directory=self.directory,
            states=self.states,
            measurements=self.measurements,
            clock=self.clock,
            tracer=self.tracer,
        )

    @functools.cached_property
    def handle_failure(self) -> HandleSendFailure:
        return HandleSendFailure(retries=self.retries, send_rate_limiter=self.send_rate_limiter, breaker=self.breaker)

    @functools.cached_property
    def credit(self) -> SendCredit:
        return SendCredit(limiter=self.send_rate_limiter, measurements=self.measurements)

    @functools.cached_property
    def deliver(self) -> DeliverReply:
        return DeliverReply(
            retries=self.retries,
            states=self.states,
            credit=self.credit,
            breaker=self.breaker,
            handle_failure=self.handle_failure,
            send=self.send,
            clock=self.clock,
        )

    @functools.cached_property
    def replay(self) -> ReplayDeadLetter:
        return ReplayDeadLetter(letters=self.dead_letters, states=self.states, clock=self.clock)

    @functools.cached_property
    def expire_dead_letters(self) -> ExpireDeadLetters:
        return ExpireDeadLetters(
            letters=self.dead_letters, feed=self.feed, clock=self.clock, keep_days=self.dead_letter_days
        )

    @functools.cached_property
    def forget_sessions(self) -> ForgetSessions:
        return ForgetSessions(
            forgetting=self.forgetting,
            runtimes=self.runtimes,
            channels=self.channels,
            states=self.states,
            clock=self.clock,
        )

    @functools.cached_property
    def list_conversations(self) -> ListConversations:
        return ListConversations(transcripts=self.transcripts, clock=self.clock)

    @functools.cached_property
    def report_usage(self) -> ReportUsage:
        return ReportUsage(usage=self.usage)

    @functools.cached_property
    def settle_turn(self) -> SettleTurn:
        return SettleTurn(feed=self.feed, measurements=self.measurements, clock=self.clock)

    @functools.cached_property
    def leave_turn(self) -> LeaveTurn:
        return LeaveTurn(feed=self.feed, retries=self.retries, clock=self.clock)

    @functools.cached_property
    def answer(self) -> AnswerConversation:
        return AnswerConversation(
            channels=self.channels,
            compose=self.compose,
            deliver=self.deliver,
            credit=self.credit,
            handle_failure=self.handle_failure,
            settle=self.settle_turn,
            leave=self.leave_turn,
            breaker=self.breaker,
            share=ShareSession(sessions=self.shared_sessions, join=self.join),
            retries=self.retries,
            tracer=self.tracer,
            measurements=self.measurements,
            clock=self.clock,
        )

    @functools.cached_property
    def decide_proposal(self) -> DecideProposal:
        return DecideProposal(proposals=self.proposals, feed=self.feed, clock=self.clock)

    @functools.cached_property
    def follow_up_decisions(self) -> FollowUpDecisions:
        return FollowUpDecisions(
            proposals=self.proposals,
            receiver=self.receiver,
            redelivery=self.proposal_policy.redelivery,
            notify=NotifyOutcome(
                channels=self.channels,
                states=self.states,
                inbox=self.mailbox,
                clock=self.clock,
                notifies_people=self.proposal_policy.notifies_people,
            ),
            feed=self.feed,
            measurements=self.measurements,
            clock=self.clock,
        )

    @functools.cached_property
    def expire_proposals(self) -> ExpireProposals:
        return ExpireProposals(proposals=self.proposals, feed=self.feed, clock=self.clock, policy=self.proposal_policy)
