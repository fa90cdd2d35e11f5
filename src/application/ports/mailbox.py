"""The roles that one store plays for every conversation."""

from typing import Protocol

from application.ports.inbox import Inbox
from application.ports.leases import Leases
from application.ports.runs_under_way import RunsUnderWay
from application.ports.turns import Turns


class Mailbox(Inbox, Turns, Leases, RunsUnderWay, Protocol):
    """What an adapter implements. A use case takes the narrowest role that it needs."""
