"""Translates the driver's errors into the errors of the ports."""

import contextlib
from collections.abc import Iterator
from typing import Any

from redis.exceptions import AuthenticationError, RedisClusterException, RedisError, ResponseError

from application.ports.leases import LeaseLostError
from application.ports.store import StoreLoginError, StoreUnavailableError

# What an event loop raises when the driver writes to a connection that was just lost: uvloop the first, asyncio of
# Python 3.12 the second.
LOST_CONNECTION_ERRORS = (RuntimeError, TypeError)
STORE_ERRORS = (RedisError, RedisClusterException, OSError, *LOST_CONNECTION_ERRORS)


def translation_of(error: Exception) -> Exception:
    """`LeaseLostError`, `StoreLoginError` or `StoreUnavailableError` for one of `STORE_ERRORS`."""
    message = str(error) or type(error).__name__
    if isinstance(error, ResponseError) and message.startswith("LEASELOST"):
        return LeaseLostError()
    if _is_login_error(error):
        return StoreLoginError(f"the store refuses the login ({message}): correct user and password")
    return StoreUnavailableError(message)


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Raise the errors of store commands as `LeaseLostError`, `StoreLoginError` or `StoreUnavailableError`."""
    try:
        yield
    except STORE_ERRORS as error:
        raise translation_of(error) from error


def result_of(answer: object) -> Any:
    """The result of one of several calls that were run together.

    Raises:
        LeaseLostError, StoreUnavailableError: `answer` is the error of the call.
    """
    if not isinstance(answer, Exception):
        return answer
    if isinstance(answer, STORE_ERRORS):
        raise translation_of(answer) from answer
    raise answer


def _is_login_error(error: Exception) -> bool:
    """Whether the server refused the login. The driver wraps that in an error of the connection."""
    return isinstance(error, AuthenticationError) or isinstance(error.__cause__, AuthenticationError)
