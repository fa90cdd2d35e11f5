"""Any configuration files end in settings or in an error message."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from entrypoints.bootstrap.configuration import load_settings
from entrypoints.settings import ConfigurationError, Settings
from support.configuration import GUIDE_CHANNELS, GUIDE_ENVIRON, GUIDE_RATE_LIMIT

SERVICE = """\
store: embedded
agents:
  url: http://localhost:8000
  timeout_seconds: 25
http: {host: 127.0.0.1, port: 8080}
admin_token: "${TRUNKLINE_ADMIN_TOKEN:-}"
"""
TOKENS = r"""
    channels: whatsapp: type: app_secret: texts: rate_limit: null ~ [] {} [ ] { } , - ? : | > & * &a *a !!int !!float
    !!timestamp !!binary !!bool !!null !!set !!omap !!pairs !!str !!python/object:a.b !x <<: "" '' " ' # % @ ` \t \x00
    ${A} ${ ${A:-b} 0x 0b 0o 1:2 .inf .nan 1e400 2026-99-99 9999-12-31T23:59:59-24:00 --- ... é
"""

tokens = st.sampled_from([*TOKENS.split(), "\t", "\0", "\n", "\n  ", "\n    ", "\n- ", " "])
yaml_texts = st.lists(tokens | st.text(max_size=5), max_size=40).map("".join) | st.text()
contents = yaml_texts.map(str.encode) | st.binary()
unhurried = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def load(directory: Path, *, channels: bytes, service: bytes = b"") -> Settings | None:
    (directory / "channels.yaml").write_bytes(channels)
    (directory / "service.yaml").write_bytes(service)
    try:
        return load_settings(config_dir=directory, environ=GUIDE_ENVIRON)
    except ConfigurationError as error:
        check(error)
        return None


def check(error: ConfigurationError) -> None:
    """The error has a message, which holds no secret."""
    assert error.problems
    assert all(problem.message and problem.fix for problem in error.problems)
    assert not any(secret in str(error) for secret in GUIDE_ENVIRON.values())


@unhurried
@given(channels=contents, service=contents)
def test_any_files(tmp_path: Path, channels: bytes, service: bytes) -> None:
    """Text, almost text, and bytes."""
    load(tmp_path, channels=channels, service=service)


@unhurried
@given(data=st.data())
def test_valid_files_with_one_value_replaced(tmp_path: Path, data: st.DataObject) -> None:
    """At any place, by any value."""
    files = []
    for text in (GUIDE_CHANNELS + GUIDE_RATE_LIMIT, SERVICE):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(start + 30, len(text))))
        files.append(text[:start] + data.draw(yaml_texts) + text[end:])

    load(tmp_path, channels=files[0].encode(errors="replace"), service=files[1].encode(errors="replace"))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 2_000,
        "{a: " * 2_000,
        "a: &a [*a]",
        "&a {b: *a}",
        "a: !!int ''",
        "a: !!bool x",
        "a: !!timestamp x",
        "a: !!float x",
        f"a: {'9' * 5000}",
        "\n".join(["a0: &a0 [x, x]", *(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60))]),
    ],
    ids=lambda text: text[:20],
)
def test_traps_of_yaml(tmp_path: Path, text: str) -> None:
    """Deep nesting, a value inside itself, wrong tags, and a file that grows when it is read."""
    assert load(tmp_path, channels=text.encode(), service=text.encode()) is None
