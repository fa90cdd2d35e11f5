"""Headers that go with each request to the agents. Their values may be secrets."""

import re

from entrypoints.settings.errors import ConfigurationError, Problem, collected
from entrypoints.settings.reading import block, scalar
from entrypoints.settings.secret import Secret
from entrypoints.settings.validators import header_value

NAME = re.compile(r"[-!#$%&'*+.^_`|~0-9A-Za-z]+")
# They belong to the request itself, and a second one would break it or contradict ours.
OURS = frozenset(
    {
        *("host", "connection", "content-length", "content-type", "transfer-encoding", "idempotency-key"),
        *("x-astromesh-provider-key", "x-astromesh-provider-name"),
    }
)

type Headers = tuple[tuple[str, Secret], ...]


def read_headers(value: object) -> Headers:
    """Read a block of names and values.

    Raises:
        ConfigurationError: a name or a value is none that HTTP allows, or the header is ours.
    """
    headers, problems = list[tuple[str, Secret]](), list[Problem]()
    for name, written in block(value).items():
        with collected(problems, key=str(name), value=written):
            headers.append((_name(str(name)), _value(written)))
    if problems:
        raise ConfigurationError(problems)
    return tuple(headers)


def _name(name: str) -> str:
    if not NAME.fullmatch(name):
        raise ConfigurationError.of("is not the name of a header", fix="write it like X-Tenant")
    if name.lower() in OURS:
        raise ConfigurationError.of("is a header that Trunkline writes itself", fix="remove it")
    return name


def _value(value: object) -> Secret:
    secret = Secret(scalar(str, value))
    header_value(None, None, secret)
    return secret
