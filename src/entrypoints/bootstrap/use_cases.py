"""Build the use cases over the ports. Tests build theirs here too, over parts in memory."""

from dependency_injector import containers, providers

from application.answering.agent_input import BuildAgentInput
from application.answering.answer_conversation import AnswerConversation
from application.answering.apply_rate_limit import ApplyRateLimit
from application.answering.byte_budget import ByteBudget
from application.answering.compose_reply import ComposeReply
from application.answering.read_files import ReadFiles
from application.answering.settle_turn import SettleTurn
from application.channels import Channels
from application.operating.find_conversation import FindConversation
from application.operating.initiate_message import InitiateMessage
from application.operating.replay_dead_letter import ReplayDeadLetter
from application.operating.take_over import TakeOver
from application.ports.activity_feed import ActivityFeed
from application.ports.agent import AgentPort
from application.ports.breaker_store import BreakerStore
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates
from application.ports.dead_letters import DeadLetters
from application.ports.directory import Directory
from application.ports.idempotency_keys import IdempotencyKeys
from application.ports.mailbox import Mailbox
from application.ports.message_log import MessageLog
from application.ports.rate_store import RateStore
from application.ports.send_rate_limiter import SendRateLimiter
from application.ports.transcriber import TranscriberPort
from application.receiving.apply_events import ApplyEvents
from application.receiving.handle_delivery_failure import HandleDeliveryFailure
from application.receiving.receive_webhook import ReceiveWebhook
from application.receiving.verify_subscription import VerifySubscription
from application.sending.circuit_breaker import CircuitBreaker
from application.sending.deliver_reply import DeliverReply
from application.sending.handle_send_failure import HandleSendFailure
from application.sending.send_part import SendPart
from domain.policies.retry import RetryPolicy


class UseCases(containers.DeclarativeContainer):
    """Every use case. The ports, channels and policies that they need must be given."""

    clock: providers.Provider[Clock] = providers.Dependency()
    retries: providers.Provider[RetryPolicy] = providers.Dependency()
    channels: providers.Provider[Channels] = providers.Dependency()
    mailbox: providers.Provider[Mailbox] = providers.Dependency()
    dead_letters: providers.Provider[DeadLetters] = providers.Dependency()
    rates: providers.Provider[RateStore] = providers.Dependency()
    feed: providers.Provider[ActivityFeed] = providers.Dependency()
    agent: providers.Provider[AgentPort] = providers.Dependency()
    directory: providers.Provider[Directory] = providers.Dependency()
    states: providers.Provider[ConversationStates] = providers.Dependency()
    message_log: providers.Provider[MessageLog] = providers.Dependency()
    send_rate_limiter: providers.Provider[SendRateLimiter] = providers.Dependency()
    breaker_store: providers.Provider[BreakerStore] = providers.Dependency()
    callers_keys: providers.Provider[IdempotencyKeys] = providers.Dependency()
    transcriber: providers.Provider[TranscriberPort | None] = providers.Dependency()
    file_budget: providers.Provider[ByteBudget] = providers.Dependency()

    verify: providers.Provider[VerifySubscription] = providers.Singleton(VerifySubscription, channels=channels)
    take_over: providers.Provider[TakeOver] = providers.Singleton(TakeOver, states=states, feed=feed, clock=clock)
    breaker: providers.Provider[CircuitBreaker] = providers.Singleton(
        CircuitBreaker, store=breaker_store, feed=feed, clock=clock
    )
    failures: providers.Provider[HandleDeliveryFailure] = providers.Singleton(
        HandleDeliveryFailure,
        channels=channels,
        inbox=mailbox,
        states=states,
        log=message_log,
        send_rate_limiter=send_rate_limiter,
        breaker=breaker,
    )
    apply_events: providers.Provider[ApplyEvents] = providers.Singleton(
        ApplyEvents,
        channels=channels,
        inbox=mailbox,
        directory=directory,
        states=states,
        log=message_log,
        take_over=take_over,
        breaker=breaker,
        failures=failures,
        feed=feed,
    )
    receive: providers.Provider[ReceiveWebhook] = providers.Singleton(
        ReceiveWebhook,
        channels=channels,
        directory=directory,
        inbox=mailbox,
        states=states,
        apply_events=apply_events,
        feed=feed,
        clock=clock,
    )
    initiate: providers.Provider[InitiateMessage] = providers.Singleton(
        InitiateMessage,
        channels=channels,
        directory=directory,
        states=states,
        inbox=mailbox,
        keys=callers_keys,
        clock=clock,
    )
    find: providers.Provider[FindConversation] = providers.Singleton(
        FindConversation, channels=channels, directory=directory, states=states
    )
    admit: providers.Provider[ApplyRateLimit] = providers.Singleton(ApplyRateLimit, rates=rates)
    read_files: providers.Provider[ReadFiles] = providers.Singleton(
        ReadFiles, log=message_log, transcriber=transcriber, budget=file_budget
    )
    read: providers.Provider[BuildAgentInput] = providers.Singleton(BuildAgentInput, log=message_log, files=read_files)
    compose: providers.Provider[ComposeReply] = providers.Singleton(
        ComposeReply, admit=admit, build_input=read, agent=agent, states=states, clock=clock
    )
    send: providers.Provider[SendPart] = providers.Singleton(
        SendPart, retries=retries, log=message_log, directory=directory, states=states, clock=clock
    )
    handle_failure: providers.Provider[HandleSendFailure] = providers.Singleton(
        HandleSendFailure, retries=retries, send_rate_limiter=send_rate_limiter, breaker=breaker
    )
    deliver: providers.Provider[DeliverReply] = providers.Singleton(
        DeliverReply,
        retries=retries,
        states=states,
        send_rate_limiter=send_rate_limiter,
        breaker=breaker,
        handle_failure=handle_failure,
        send=send,
        clock=clock,
    )
    replay: providers.Provider[ReplayDeadLetter] = providers.Singleton(
        ReplayDeadLetter, letters=dead_letters, states=states, clock=clock
    )
    settle_turn: providers.Provider[SettleTurn] = providers.Singleton(SettleTurn, feed=feed, clock=clock)
    answer: providers.Provider[AnswerConversation] = providers.Singleton(
        AnswerConversation,
        channels=channels,
        compose=compose,
        deliver=deliver,
        handle_failure=handle_failure,
        settle=settle_turn,
        breaker=breaker,
        retries=retries,
    )
