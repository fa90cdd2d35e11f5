"""Counters of sent messages."""

import pytest

from application.receiving.receive_webhook import Receipt
from domain.conversations.delivery import DeliveryStatus, StatusUpdate
from domain.policies.retry import SendFailure
from entrypoints.observability.metrics import Metrics

CHANNEL = "whatsapp"


def counted(*statuses: StatusUpdate) -> list[str]:
    """The lines of delivery counters that are not zero, without their common beginning."""
    metrics = Metrics()
    metrics.webhook(channel=CHANNEL, receipt=Receipt(messages=0, duplicates=0, others=0, statuses=statuses))
    lines = metrics.render().decode().splitlines()
    names = ("deliveries_total", "delivery_failures_total", "billable_messages_total")
    starts = tuple(f"trunkline_{name}" for name in names)
    return [line.removeprefix("trunkline_") for line in lines if line.startswith(starts)]


def status(what: DeliveryStatus, **more: object) -> StatusUpdate:
    return StatusUpdate(channel=CHANNEL, message_id="wamid.out.1", status=what, at=1, **more)  # type: ignore[arg-type]


def test_each_status_is_counted_by_number() -> None:
    """For every message."""
    assert counted(status(DeliveryStatus.SENT), status(DeliveryStatus.READ), status(DeliveryStatus.READ)) == [
        'deliveries_total{channel="whatsapp",status="sent"} 1.0',
        'deliveries_total{channel="whatsapp",status="read"} 2.0',
    ]


def test_a_failure_is_counted_by_its_class() -> None:
    """In addition to its status."""
    failed = status(DeliveryStatus.FAILED, failure=SendFailure.MEDIA_REFUSED)

    assert counted(failed) == [
        'deliveries_total{channel="whatsapp",status="failed"} 1.0',
        'delivery_failures_total{channel="whatsapp",failure="media_refused"} 1.0',
    ]


@pytest.mark.parametrize("arrived", [DeliveryStatus.DELIVERED, DeliveryStatus.READ])
def test_a_billable_message_is_counted_once(arrived: DeliveryStatus) -> None:
    """The price comes with `sent` and with one later status. Only messages that arrived are charged."""
    price = {"billable": True, "category": "service"}

    lines = counted(status(DeliveryStatus.SENT, **price), status(arrived, **price))

    assert lines[-1] == 'billable_messages_total{category="service",channel="whatsapp"} 1.0'


def test_free_messages_are_not_billable() -> None:
    """Nor are messages without a price."""
    lines = counted(status(DeliveryStatus.DELIVERED, billable=False), status(DeliveryStatus.DELIVERED))

    assert lines == ['deliveries_total{channel="whatsapp",status="delivered"} 2.0']
