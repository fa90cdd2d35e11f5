"""Taking webhooks in, over a test's own parts."""

from application.channels import Channels
from application.heed_failures import HeedFailures
from application.note_events import NoteEvents
from application.number_stops import NumberStops
from application.ports.activity_feed import ActivityFeed
from application.ports.clock import Clock
from application.ports.directory import Directory
from application.ports.mailbox import Mailbox
from application.ports.message_log import MessageLog
from application.ports.pacer import Pacer
from application.ports.standings import Standings
from application.receive_webhook import ReceiveWebhook
from application.take_over import TakeOver


def receive_webhook(
    *,
    channels: Channels,
    mailbox: Mailbox,
    directory: Directory,
    standings: Standings,
    log: MessageLog,
    pacer: Pacer,
    feed: ActivityFeed,
    clock: Clock,
) -> ReceiveWebhook:
    """The use case with those it hands events to."""
    stops = NumberStops(pacer=pacer, feed=feed, clock=clock)
    failures = HeedFailures(channels=channels, mailbox=mailbox, standings=standings, log=log, pacer=pacer, stops=stops)
    note = NoteEvents(
        channels=channels,
        mailbox=mailbox,
        directory=directory,
        standings=standings,
        log=log,
        take_over=TakeOver(standings=standings, feed=feed, clock=clock),
        stops=stops,
        failures=failures,
        feed=feed,
    )
    return ReceiveWebhook(
        channels=channels,
        directory=directory,
        mailbox=mailbox,
        standings=standings,
        note=note,
        feed=feed,
        clock=clock,
    )
