"""The one place where the driver's errors become ours."""

import contextlib
from collections.abc import Iterator

from redis.exceptions import RedisClusterException, RedisError, ResponseError

from application.ports.leases import LeaseLostError
from application.ports.store import StoreUnavailableError

# What an event loop raises when the driver writes to a connection that was lost a moment ago: uvloop the first,
# asyncio of Python 3.12 the second.
WRITTEN_INTO_THE_VOID = (RuntimeError, TypeError)


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Run store commands; what goes wrong comes out as the ports' errors."""
    try:
        yield
    except ResponseError as error:
        if str(error).startswith("LEASELOST"):
            raise LeaseLostError from error
        raise StoreUnavailableError(str(error)) from error
    except (RedisError, RedisClusterException, OSError, *WRITTEN_INTO_THE_VOID) as error:
        raise StoreUnavailableError(str(error) or type(error).__name__) from error
