"""The use case that receives webhooks, with the parts of a test."""

from application.channels import Channels
from application.operating.take_over import TakeOver
from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.conversation_states import ConversationStates
from application.ports.directory import Directory
from application.ports.inbox import Inbox
from application.ports.message_log import MessageLog
from application.ports.send_rate_limiter import SendRateLimiter
from application.receiving.apply_events import ApplyEvents
from application.receiving.handle_delivery_failure import HandleDeliveryFailure
from application.receiving.receive_webhook import ReceiveWebhook
from application.sending.circuit_breaker import CircuitBreaker


def receive_webhook(
    *,
    channels: Channels,
    inbox: Inbox,
    directory: Directory,
    states: ConversationStates,
    log: MessageLog,
    send_rate_limiter: SendRateLimiter,
    breaker: CircuitBreaker,
    feed: ActivityFeed,
    clock: Clock,
) -> ReceiveWebhook:
    """The use case with everything that it passes events to."""
    failures = HandleDeliveryFailure(
        channels=channels, inbox=inbox, states=states, log=log, send_rate_limiter=send_rate_limiter, breaker=breaker
    )
    apply_events = ApplyEvents(
        channels=channels,
        inbox=inbox,
        directory=directory,
        states=states,
        log=log,
        take_over=TakeOver(states=states, feed=feed, clock=clock),
        breaker=breaker,
        failures=failures,
        feed=feed,
    )
    return ReceiveWebhook(
        channels=channels,
        directory=directory,
        inbox=inbox,
        states=states,
        apply_events=apply_events,
        feed=feed,
        clock=clock,
    )
