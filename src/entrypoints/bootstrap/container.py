"""The container: it picks the adapter of each port, and builds the use cases from the settings."""

import asyncio
from pathlib import Path

import httpx
from dependency_injector import containers, providers

from adapters.redis.activity_feed import RedisActivityFeed
from adapters.redis.breaker_store import RedisBreakerStore
from adapters.redis.connection import StoreConnections
from adapters.redis.conversation_states import RedisConversationStates
from adapters.redis.dead_letters import RedisDeadLetters
from adapters.redis.directory import RedisDirectory
from adapters.redis.embedded import EmbeddedStore
from adapters.redis.idempotency_keys import RedisIdempotencyKeys
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.redis.message_log import RedisMessageLog
from adapters.redis.probe import StoreProbe
from adapters.redis.rate_store import RedisRateStore
from adapters.redis.send_rate_limiter import RedisSendRateLimiter
from adapters.system_clock import SystemClock
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
from entrypoints.bootstrap import factories
from entrypoints.bootstrap.channels import build_channels
from entrypoints.bootstrap.http_client import make_http_client
from entrypoints.http.services import Services
from entrypoints.observability.measured_agent import MeasuredAgent
from entrypoints.observability.metrics import Metrics
from entrypoints.observability.store_outage_log import StoreOutageLog
from entrypoints.settings import Settings
from entrypoints.worker.worker import Worker


class Container(containers.DeclarativeContainer):
    """Every part by its role. Each can be overridden.

    `settings` must be given. `agents_dir` is the directory that contains `agents/`, for agents that run in this
    process. `admin_open` opens the operators' routes to everybody, for development only.
    """

    settings: providers.Provider[Settings] = providers.Dependency(instance_of=Settings)
    agents_dir: providers.Provider[Path] = providers.Dependency(instance_of=Path, default=Path("config"))
    admin_open: providers.Provider[bool] = providers.Dependency(instance_of=bool, default=False)
    stopping: providers.Provider[asyncio.Event] = providers.Singleton(asyncio.Event)

    worker_settings = settings.provided.service.worker

    clock: providers.Provider[Clock] = providers.Singleton(SystemClock)
    retries: providers.Provider[RetryPolicy] = providers.Singleton(
        RetryPolicy, confirm_seconds=worker_settings.confirm_seconds
    )
    metrics: providers.Provider[Metrics] = providers.Singleton(Metrics)
    outages: providers.Provider[StoreOutageLog] = providers.Singleton(StoreOutageLog)
    http_client: providers.Provider[httpx.AsyncClient] = providers.Singleton(make_http_client)
    embedded_store: providers.Provider[EmbeddedStore] = providers.Singleton(factories.make_embedded_store, settings)
    store_url: providers.Provider[str] = providers.Singleton(factories.store_url, settings, embedded_store)
    keys: providers.Provider[Keys] = providers.Singleton(
        Keys, partitions=providers.Callable(factories.partitions, store_url)
    )
    memory_url: providers.Provider[str | None] = providers.Callable(factories.memory_url, store_url)
    store: providers.Provider[StoreConnections] = providers.Singleton(StoreConnections.to, store_url)
    probe: providers.Provider[StoreProbe] = providers.Singleton(StoreProbe, store=store, keys=keys)

    mailbox: providers.Provider[Mailbox] = providers.Singleton(
        RedisMailbox,
        store=store,
        keys=keys,
        clock=clock,
        lease_seconds=worker_settings.lease_seconds,
        max_waiting=settings.provided.service.max_waiting_messages,
        max_dead_letters=settings.provided.service.max_dead_letters,
    )
    dead_letters: providers.Provider[DeadLetters] = providers.Singleton(RedisDeadLetters, store=store, keys=keys)
    rates: providers.Provider[RateStore] = providers.Singleton(RedisRateStore, store=store, keys=keys)
    feed: providers.Provider[ActivityFeed] = providers.Singleton(RedisActivityFeed, store=store, keys=keys)
    agent: providers.Provider[AgentPort] = providers.Singleton(factories.make_agent, settings, http_client, agents_dir)
    measured_agent: providers.Provider[AgentPort] = providers.Singleton(MeasuredAgent, agent=agent, metrics=metrics)
    channels: providers.Provider[Channels] = providers.Singleton(build_channels, settings, http_client)
    directory: providers.Provider[Directory] = providers.Singleton(RedisDirectory, store=store, keys=keys)
    states: providers.Provider[ConversationStates] = providers.Singleton(
        RedisConversationStates, store=store, keys=keys
    )
    message_log: providers.Provider[MessageLog] = providers.Singleton(
        RedisMessageLog, store=store, keys=keys, keep_seconds=settings.provided.service.remember_seconds
    )
    send_rate_limiter: providers.Provider[SendRateLimiter] = providers.Singleton(
        RedisSendRateLimiter, store=store, keys=keys
    )
    breaker_store: providers.Provider[BreakerStore] = providers.Singleton(RedisBreakerStore, store=store, keys=keys)
    callers_keys: providers.Provider[IdempotencyKeys] = providers.Singleton(
        RedisIdempotencyKeys, store=store, keys=keys
    )
    transcriber: providers.Provider[TranscriberPort | None] = providers.Singleton(
        factories.make_transcriber, settings, http_client
    )

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
    file_budget: providers.Provider[ByteBudget] = providers.Singleton(factories.make_file_budget, settings)
    read_files: providers.Provider[ReadFiles] = providers.Singleton(
        ReadFiles, log=message_log, transcriber=transcriber, budget=file_budget
    )
    read: providers.Provider[BuildAgentInput] = providers.Singleton(BuildAgentInput, log=message_log, files=read_files)
    compose: providers.Provider[ComposeReply] = providers.Singleton(
        ComposeReply, admit=admit, build_input=read, agent=measured_agent, states=states, clock=clock
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

    services: providers.Provider[Services] = providers.Singleton(
        Services,
        receive=receive,
        verify=verify,
        initiate=initiate,
        find=find,
        take_over=take_over,
        breaker=breaker,
        channels=channels,
        states=states,
        clock=clock,
        feed=feed,
        agents=agent,
        dead_letters=dead_letters,
        replay=replay,
        store_ping=probe.provided.ping,
        metrics=metrics,
        outages=outages,
        stopping=stopping,
        body_memory=providers.Singleton(factories.make_body_memory, settings),
        admin_token=providers.Callable(factories.admin_token, settings),
        admin_open=admin_open,
    )
    worker: providers.Provider[Worker] = providers.Singleton(
        Worker,
        name=providers.Callable(factories.worker_name),
        turns=mailbox,
        leases=mailbox,
        answer=answer,
        metrics=metrics,
        outages=outages,
        concurrency=worker_settings.concurrency,
        grace_seconds=worker_settings.grace_seconds,
    )
