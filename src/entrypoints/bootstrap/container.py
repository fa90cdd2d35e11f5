"""The container: it picks the adapter of each port, and builds the use cases from the settings."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx

from adapters.redis.activity_feed import RedisActivityFeed
from adapters.redis.audit_log import RedisAuditLog
from adapters.redis.backlog import RedisBacklogReader
from adapters.redis.breaker_store import RedisBreakerStore
from adapters.redis.connection import StoreConnections
from adapters.redis.conversation_states import RedisConversationStates
from adapters.redis.dead_letters import RedisDeadLetters
from adapters.redis.directory import RedisDirectory
from adapters.redis.embedded import EmbeddedStore
from adapters.redis.event_outbox import RedisEventOutbox
from adapters.redis.forgetting import RedisForgetting
from adapters.redis.idempotency_keys import RedisIdempotencyKeys
from adapters.redis.inspection import StoreInspection
from adapters.redis.intake import RedisIntake
from adapters.redis.keys import Keys
from adapters.redis.mailbox import RedisMailbox
from adapters.redis.operators import RedisOperators
from adapters.redis.personal_data import RedisPersonalData
from adapters.redis.poll_leases import RedisPollLeases
from adapters.redis.probe import StoreProbe
from adapters.redis.proposals import RedisProposals
from adapters.redis.send_rate_limiter import RedisSendRateLimiter
from adapters.redis.sessions import RedisSessions
from adapters.redis.shared_sessions import RedisSharedSessions
from adapters.redis.store_format import StoreFormat
from adapters.redis.usage import RedisUsage
from adapters.system_clock import SystemClock
from application.answering.agent_runtimes import AgentRuntimes
from application.answering.byte_budget import ByteBudget
from application.answering.tool_access import ToolAccess
from application.channels import Channels
from application.forwarding.forward_events import ForwardEvents
from application.operating.dead_events import DeadEvents
from application.operating.manage_operators import ManageOperators
from application.operating.open_file import MAX_OPENED_BYTES
from application.ports.activity_feed import ActivityFeed
from application.ports.agent import AgentPort
from application.ports.audit_log import AuditLog
from application.ports.backlog import BacklogReader
from application.ports.breaker_store import BreakerStore
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates
from application.ports.dead_letters import DeadLetters
from application.ports.directory import Directory
from application.ports.event_outbox import EventOutbox
from application.ports.forgetting import Forgetting
from application.ports.idempotency_keys import IdempotencyKeys
from application.ports.intake import Intake
from application.ports.mailbox import Mailbox
from application.ports.message_log import MessageLog
from application.ports.operators import Operators
from application.ports.personal_data import PersonalData
from application.ports.poll_leases import PollLeases
from application.ports.proposals import Proposals
from application.ports.send_rate_limiter import SendRateLimiter
from application.ports.sessions import Sessions
from application.ports.shared_sessions import SharedSessions
from application.ports.tracer import Tracer
from application.ports.transcriber import TranscriberPort
from application.ports.transcripts import Transcripts
from application.ports.usage import UsageReader
from application.ports.webhook_sender import WebhookSender
from domain.policies.proposals import ProposalPolicy
from domain.policies.retry import RetryPolicy
from entrypoints.bootstrap import agent_runtimes, factories, webhook_senders
from entrypoints.bootstrap.channels import build_channels
from entrypoints.bootstrap.http_client import make_http_client
from entrypoints.bootstrap.injector import containers, providers
from entrypoints.bootstrap.installed_channel_types import ChannelTypes
from entrypoints.bootstrap.use_cases import UseCases
from entrypoints.http.services import Services
from entrypoints.observability.metrics import Metrics
from entrypoints.observability.store_outage_log import StoreOutageLog
from entrypoints.polling.poller import Poller
from entrypoints.settings import Settings
from entrypoints.settings.reloading import Reloaded
from entrypoints.worker.worker import Worker


class Container(containers.DeclarativeContainer):
    """Every part by its role. Each can be overridden.

    `settings` must be given. `agent` is the first agent runtime, or the only one. `agents_dir` is the directory that
    contains `agents/`, for agents that run in this process. `admin_open` opens the operators' routes to everybody, for
    development only. `reload` reads the configuration again (see `wiring.py`, which also says what lasts then).
    """

    settings: providers.Provider[Settings] = providers.Dependency(instance_of=Settings)
    agents_dir: providers.Provider[Path] = providers.Dependency(instance_of=Path, default=Path("config"))
    admin_open: providers.Provider[bool] = providers.Dependency(instance_of=bool, default=False)
    stopping: providers.Provider[asyncio.Event] = providers.Singleton(asyncio.Event)
    reload: providers.Provider[Callable[[], Awaitable[Reloaded]]] = providers.Object(factories.cannot_reload)

    worker_settings = settings.provided.service.worker

    clock: providers.Provider[Clock] = providers.Singleton(SystemClock)
    retries: providers.Provider[RetryPolicy] = providers.Singleton(
        RetryPolicy, confirm_seconds=worker_settings.confirm_seconds
    )
    metrics: providers.Provider[Metrics] = providers.Singleton(Metrics)
    outages: providers.Provider[StoreOutageLog] = providers.Singleton(StoreOutageLog)
    tracer: providers.Provider[Tracer] = providers.Singleton(factories.make_tracer)
    http_client: providers.Provider[httpx.AsyncClient] = providers.Singleton(make_http_client)
    embedded_store: providers.Provider[EmbeddedStore] = providers.Singleton(factories.make_embedded_store, settings)
    store_url: providers.Provider[str] = providers.Singleton(factories.store_url, settings, embedded_store)
    keys: providers.Provider[Keys] = providers.Singleton(
        Keys, partitions=providers.Callable(factories.partitions, store_url)
    )
    memory_url: providers.Provider[str | None] = providers.Callable(factories.memory_url, store_url)
    store: providers.Provider[StoreConnections] = providers.Singleton(
        StoreConnections.to, store_url, measure=metrics.provided.store_trip
    )
    probe: providers.Provider[StoreProbe] = providers.Singleton(StoreProbe, store=store, keys=keys)
    store_format: providers.Provider[StoreFormat] = providers.Singleton(StoreFormat, store=store, keys=keys)
    inspection: providers.Provider[StoreInspection] = providers.Singleton(
        StoreInspection,
        store=store,
        keys=keys,
        require_durable=settings.provided.service.store_require_durable,
    )

    states: providers.Provider[ConversationStates] = providers.Singleton(
        RedisConversationStates, store=store, keys=keys
    )
    message_log: providers.Provider[MessageLog] = providers.Singleton(factories.make_message_log, settings, store, keys)
    proposal_policy: providers.Provider[ProposalPolicy] = providers.Singleton(factories.proposal_policy, settings)
    proposals: providers.Provider[Proposals] = providers.Singleton(
        RedisProposals, store=store, keys=keys, keep_seconds=proposal_policy.provided.keep_seconds
    )
    breaker_store: providers.Provider[BreakerStore] = providers.Singleton(RedisBreakerStore, store=store, keys=keys)
    usage: providers.Provider[UsageReader] = providers.Singleton(
        RedisUsage, store=store, keys=keys, keep_days=settings.provided.service.usage_days
    )
    forgetting: providers.Provider[Forgetting] = providers.Singleton(RedisForgetting, store=store, keys=keys)
    transcripts: providers.Provider[Transcripts] = providers.Singleton(
        factories.make_transcripts, settings, store, keys, message_log
    )
    feed: providers.Provider[ActivityFeed] = providers.Singleton(
        RedisActivityFeed, store=store, keys=keys, length=providers.Callable(webhook_senders.feed_length, settings)
    )
    send_rate_limiter: providers.Provider[SendRateLimiter] = providers.Singleton(
        RedisSendRateLimiter, store=store, keys=keys
    )
    mailbox: providers.Provider[Mailbox] = providers.Singleton(
        RedisMailbox,
        store=store,
        keys=keys,
        clock=clock,
        lease_seconds=worker_settings.lease_seconds,
        max_waiting=settings.provided.service.max_waiting_messages,
        max_dead_letters=settings.provided.service.max_dead_letters,
        states=states,
        breakers=breaker_store,
        log=message_log,
        limiter=send_rate_limiter,
        proposals=proposals,
        usage=usage,
        forgetting=forgetting,
        transcripts=transcripts,
        feed=feed,
    )
    backlog: providers.Provider[BacklogReader] = providers.Singleton(RedisBacklogReader, store=store, keys=keys)
    dead_letters: providers.Provider[DeadLetters] = providers.Singleton(RedisDeadLetters, store=store, keys=keys)
    operators: providers.Provider[Operators] = providers.Singleton(RedisOperators, store=store, keys=keys)
    manage_operators: providers.Provider[ManageOperators] = providers.Singleton(
        ManageOperators, operators=operators, clock=clock
    )
    sessions: providers.Provider[Sessions] = providers.Singleton(RedisSessions, store=store, keys=keys)
    audit_log: providers.Provider[AuditLog] = providers.Singleton(
        RedisAuditLog, store=store, keys=keys, keep_days=settings.provided.service.audit_days
    )
    outbox: providers.Provider[EventOutbox] = providers.Singleton(RedisEventOutbox, store=store, keys=keys, feed=feed)
    dead_events: providers.Provider[DeadEvents] = providers.Singleton(
        DeadEvents, receivers=providers.Callable(webhook_senders.receivers, settings), outbox=outbox
    )
    receivers_client: providers.Provider[httpx.AsyncClient] = providers.Singleton(
        webhook_senders.make_receivers_client, settings, http_client
    )
    forwarders: providers.Provider[tuple[ForwardEvents, ...]] = providers.Singleton(
        webhook_senders.make_forwarders,
        settings,
        worker=providers.Callable(factories.worker_name),
        outbox=outbox,
        feed=feed,
        clock=clock,
        measurements=metrics.provided.turns,
        client=http_client,
        public_client=receivers_client,
    )
    agents_clients: providers.Provider[tuple[httpx.AsyncClient, ...]] = providers.Singleton(
        agent_runtimes.make_agents_clients, settings, http_client
    )
    agent: providers.Provider[AgentPort] = providers.Singleton(
        agent_runtimes.make_first_agent, settings, agents_clients, agents_dir, tracer
    )
    runtimes: providers.Provider[AgentRuntimes] = providers.Singleton(
        agent_runtimes.make_runtimes, settings, agent, agents_clients, agents_dir, tracer
    )
    measured_runtimes: providers.Provider[AgentRuntimes] = providers.Singleton(
        agent_runtimes.make_measured_runtimes, settings, runtimes, metrics.provided.turns, tracer
    )
    channel_types: providers.Provider[ChannelTypes] = providers.Singleton(ChannelTypes.installed)
    channels: providers.Provider[Channels] = providers.Singleton(build_channels, settings, channel_types, http_client)
    directory: providers.Provider[Directory] = providers.Singleton(RedisDirectory, store=store, keys=keys)
    intake: providers.Provider[Intake] = providers.Singleton(
        RedisIntake, mailbox=mailbox, directory=directory, states=states, feed=feed
    )
    callers_keys: providers.Provider[IdempotencyKeys] = providers.Singleton(
        RedisIdempotencyKeys, store=store, keys=keys
    )
    shared_sessions: providers.Provider[SharedSessions] = providers.Singleton(
        RedisSharedSessions, store=store, keys=keys
    )
    personal_data: providers.Provider[PersonalData] = providers.Singleton(
        RedisPersonalData,
        store=store,
        keys=keys,
        rewrite_files=providers.Callable(factories.rewriter, settings, embedded_store),
    )
    poll_leases: providers.Provider[PollLeases] = providers.Singleton(RedisPollLeases, store=store, keys=keys)
    transcriber: providers.Provider[TranscriberPort | None] = providers.Singleton(
        factories.make_transcriber, settings, http_client
    )
    proposals_client: providers.Provider[httpx.AsyncClient] = providers.Singleton(
        webhook_senders.make_proposals_client, settings, http_client
    )
    proposal_receiver: providers.Provider[WebhookSender | None] = providers.Singleton(
        webhook_senders.make_proposal_receiver, settings, proposals_client, clock
    )
    file_budget: providers.Provider[ByteBudget] = providers.Singleton(factories.make_file_budget, settings)
    opened_files: providers.Provider[ByteBudget] = providers.Singleton(ByteBudget, total=MAX_OPENED_BYTES)
    tools: providers.Provider[ToolAccess | None] = providers.Singleton(factories.make_tool_access, settings, clock)

    use_cases: providers.Provider[UseCases] = providers.Singleton(
        UseCases,
        clock=clock,
        retries=retries,
        channels=channels,
        mailbox=mailbox,
        dead_letters=dead_letters,
        feed=feed,
        runtimes=measured_runtimes,
        directory=directory,
        intake=intake,
        states=states,
        message_log=message_log,
        send_rate_limiter=send_rate_limiter,
        shared_sessions=shared_sessions,
        breaker_store=breaker_store,
        callers_keys=callers_keys,
        transcriber=transcriber,
        file_budget=file_budget,
        measurements=metrics.provided.turns,
        proposals=proposals,
        receiver=proposal_receiver,
        proposal_policy=proposal_policy,
        usage=usage,
        forgetting=forgetting,
        transcripts=transcripts,
        personal_data=personal_data,
        dead_letter_days=settings.provided.service.dead_letter_days,
        tools=tools,
        opened_files=opened_files,
        tracer=tracer,
    )
    poller: providers.Provider[Poller] = providers.Singleton(
        Poller,
        name=providers.Callable(factories.worker_name),
        channels=channels,
        receive=use_cases.provided.receive,
        leases=poll_leases,
        metrics=metrics,
        outages=outages,
    )
    services: providers.Provider[Services] = providers.Singleton(
        Services,
        receive=use_cases.provided.receive,
        verify=use_cases.provided.verify,
        initiate=use_cases.provided.initiate,
        send_for_run=use_cases.provided.send_for_run,
        open_file=use_cases.provided.open_file,
        find=use_cases.provided.find,
        find_delivery=use_cases.provided.find_delivery,
        take_over=use_cases.provided.take_over,
        choose_agent=use_cases.provided.choose_agent,
        join=use_cases.provided.join,
        persons_data=use_cases.provided.persons_data,
        breaker=use_cases.provided.breaker,
        backlog=backlog,
        channels=channels,
        states=states,
        clock=clock,
        feed=feed,
        dead_events=dead_events,
        runtimes=runtimes,
        dead_letters=dead_letters,
        replay=use_cases.provided.replay,
        proposals=proposals,
        decide_proposal=use_cases.provided.decide_proposal,
        report_usage=use_cases.provided.report_usage,
        list_conversations=use_cases.provided.list_conversations,
        transcripts=transcripts,
        manage_operators=manage_operators,
        audit_log=audit_log,
        sessions=sessions,
        store_ping=probe.provided.ping,
        store_defects=inspection.provided.defects,
        metrics=metrics,
        outages=outages,
        fetching=poller.provided.states,
        stopping=stopping,
        reload=reload,
        body_memory=providers.Singleton(factories.make_body_memory, settings),
        admin_token=providers.Callable(factories.admin_token, settings),
        admin_open=admin_open,
    )
    worker: providers.Provider[Worker] = providers.Singleton(
        Worker,
        name=providers.Callable(factories.worker_name),
        turns=mailbox,
        leases=mailbox,
        answer=use_cases.provided.answer,
        metrics=metrics.provided.turns,
        outages=outages,
        concurrency=worker_settings.concurrency,
        grace_seconds=worker_settings.grace_seconds,
    )
