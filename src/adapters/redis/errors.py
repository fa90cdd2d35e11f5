"""The one place where the driver's errors become ours."""

import contextlib
from collections.abc import Iterator

from redis.exceptions import RedisError, ResponseError

from application.ports.mailbox import LeaseLostError
from application.ports.store import StoreUnavailableError


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Run store commands; what goes wrong comes out as the ports' errors."""
    try:
        yield
    except ResponseError as error:
        if str(error).startswith("LEASELOST"):
            raise LeaseLostError from error
        raise StoreUnavailableError(str(error)) from error
    except (RedisError, OSError) as error:
        raise StoreUnavailableError(str(error) or type(error).__name__) from error
