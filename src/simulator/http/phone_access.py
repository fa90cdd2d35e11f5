"""Finds the phone of a request."""

import re

from litestar.exceptions import NotFoundException, ValidationException

from simulator.simulator import Simulator
from simulator.state.phones import Phone, UnknownPhoneError

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
