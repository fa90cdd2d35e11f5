"""What the doctor checks of the channels of one type."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import httpx
from attrs import frozen

from entrypoints.doctor.findings import Finding

type OfflineCheck = Callable[[Any, date], Finding]
type OnlineCheck = Callable[[Any, httpx.AsyncClient], Awaitable[Finding]]


@frozen(kw_only=True)
class ChannelChecks:
    """The checks of one entry of channels.yaml, which is the first argument of each.

    `offline`: checks without a connection, on a given day. They are also made at each start, and what they find is
    logged. `online`: checks that ask the provider.
    """

    offline: tuple[OfflineCheck, ...] = ()
    online: tuple[OnlineCheck, ...] = ()
