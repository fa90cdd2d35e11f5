"""Finds the phone of a request, and turns what a phone cannot do into answers."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from litestar.exceptions import NotFoundException, ValidationException

from simulator.phone.drafts import ImpossibleActionError
from simulator.simulator import Simulator
from simulator.state.phones import Phone, UnknownPhoneError
from simulator.state.thread import UnknownMessageError

NUMBER = re.compile(r"\+?([0-9]{5,20})")


def digits(number: str) -> str:
    """The number without its plus sign.

    Raises:
        ValidationException: it is not a phone number.
    """
    match = NUMBER.fullmatch(number)
    if match is None:
        raise ValidationException(f"{number!r} is not a phone number")
    return match.group(1)


def phone_of(simulator: Simulator, number: str) -> Phone:
    """The phone with this number.

    Raises:
        NotFoundException: nobody has the number.
        ValidationException: it is not a phone number.
    """
    try:
        return simulator.phones[digits(number)]
    except UnknownPhoneError as error:
        raise NotFoundException(f"nobody has the number {number}") from error


@contextmanager
def translated_errors() -> Iterator[None]:
    """Answer 400 for an impossible action, and 404 for a message that is not there."""
    try:
        yield
    except (ImpossibleActionError, msgspec.DecodeError) as error:
        raise ValidationException(str(error)) from error
    except UnknownMessageError as error:
        raise NotFoundException(f"there is no message {error} in this thread") from error
