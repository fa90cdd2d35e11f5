"""Make what posts to addresses of the operator from the settings: events, and approved proposals."""

import httpx

from adapters.outgoing_webhooks.sender import SignedWebhookSender
from application.forwarding.forward_events import ForwardEvents
from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.event_outbox import EventOutbox
from application.ports.measurements import Measurements
from application.ports.webhook_sender import WebhookSender
from entrypoints.bootstrap.http_client import make_http_client
from entrypoints.settings import Settings
from entrypoints.settings.webhooks import SignedAddressSettings

FEED_LENGTH = 10_000


def feed_length(settings: Settings) -> int:
    """How many activities are kept: more where they are a queue for receivers."""
    service = settings.service
    return service.webhook_backlog if service.webhooks else FEED_LENGTH


def receivers(settings: Settings) -> tuple[str, ...]:
    return tuple(receiver.name for receiver in settings.service.webhooks)


def make_receivers_client(settings: Settings, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """The client for receivers at public addresses: one of its own that connects to no others."""
    is_needed = any(receiver.is_public_only for receiver in settings.service.webhooks)
    return make_http_client(public_only=True) if is_needed else client


def make_forwarders(
    settings: Settings,
    *,
    worker: str,
    outbox: EventOutbox,
    feed: ActivityFeed,
    clock: Clock,
    measurements: Measurements,
    client: httpx.AsyncClient,
    public_client: httpx.AsyncClient,
) -> tuple[ForwardEvents, ...]:
    """What sends events to the receivers. Each process has these, and one of them serves a receiver."""
    return tuple(
        ForwardEvents(
            receiver=receiver.name,
            kinds=frozenset(receiver.kinds),
            worker=worker,
            outbox=outbox,
            sender=sender,
            feed=feed,
            clock=clock,
            measurements=measurements,
        )
        for receiver in settings.service.webhooks
        if (sender := make_sender(receiver, public_client if receiver.is_public_only else client, clock))
    )


def make_proposals_client(settings: Settings, client: httpx.AsyncClient) -> httpx.AsyncClient:
    """The client for the receiver of proposals: one of its own where it may connect to public addresses only."""
    proposals = settings.service.proposals
    return make_http_client(public_only=True) if proposals.is_public_only else client


def make_proposal_receiver(settings: Settings, client: httpx.AsyncClient, clock: Clock) -> WebhookSender | None:
    return make_sender(settings.service.proposals, client, clock)


def make_sender(address: SignedAddressSettings, client: httpx.AsyncClient, clock: Clock) -> WebhookSender | None:
    """What posts signed messages to this address; None where there is none."""
    if address.url is None:
        return None
    return SignedWebhookSender(
        client=client,
        clock=clock,
        url=address.url,
        secrets=[secret.reveal() for secret in address.secret],
        timeout_seconds=address.timeout_seconds,
    )
