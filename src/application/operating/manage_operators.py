"""Add, revoke and recognise operators with a token of their own."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Collection

from attrs import frozen

from application.ports.clock import Clock
from application.ports.operators import Operators, RegisteredOperator
from domain.operators.operator import MAX_CHANNELS, NAME_PATTERN, RESERVED_NAMES, Operator, Role

# 256 random bits cannot be guessed, so that a plain digest of them is safe.
SECRET_BYTES = 32
MAX_TOKEN_LENGTH = 128


class InvalidOperatorError(ValueError):
    """No operator can be like that. The message says what to change."""


@frozen(kw_only=True)
class ManageOperators:
    """A token is `name.secret`. Only its digest is kept."""

    operators: Operators
    clock: Clock

    async def add(self, *, operator: Operator, known_channels: Collection[str]) -> str:
        """Keep a new operator, and return their token. It is shown this once.

        Raises:
            InvalidOperatorError: the name, or a channel, cannot be used.
            OperatorExistsError, TooManyOperatorsError, StoreUnavailableError: nobody was added.
        """
        _check(operator, known_channels)
        token = f"{operator.name}.{secrets.token_urlsafe(SECRET_BYTES)}"
        registered = RegisteredOperator(operator=operator, digest=digest_of(token), created_at=self.clock.now())
        await self.operators.add(registered=registered)
        return token

    async def identify(self, token: str) -> RegisteredOperator | None:
        """Whose token it is; None if it is nobody's.

        Raises:
            StoreUnavailableError: ask again.
        """
        name, _, secret = token.rpartition(".")
        if not secret or len(token) > MAX_TOKEN_LENGTH or not re.fullmatch(NAME_PATTERN, name):
            return None
        registered = await self.operators.of(name=name)
        if registered is None or not hmac.compare_digest(registered.digest, digest_of(token)):
            return None
        return registered


def digest_of(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()


def _check(operator: Operator, known_channels: Collection[str]) -> None:
    if not re.fullmatch(NAME_PATTERN, operator.name):
        raise InvalidOperatorError("a name has 1 to 64 letters, digits, and . _ - @ but not at its beginning")
    if operator.name.lower() in RESERVED_NAMES:
        raise InvalidOperatorError(f"the name {operator.name} has a meaning of its own; choose another one")
    if operator.role is Role.ADMIN and operator.channels:
        raise InvalidOperatorError("an admin has all channels; leave the channels out, or choose another role")
    if len(operator.channels) > MAX_CHANNELS:
        raise InvalidOperatorError(f"more than {MAX_CHANNELS} channels; leave the channels out for all of them")
    for channel in operator.channels:
        if channel not in known_channels:
            known = ", ".join(sorted(known_channels)) or "none"
            raise InvalidOperatorError(f"there is no channel {channel}; channels.yaml has {known}")
