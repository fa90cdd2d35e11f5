"""`webhooks` in service.yaml: who gets events."""

import pytest

from entrypoints.settings import ConfigurationError
from support.configuration import CHANNELS, HIDDEN, ConfigurationDirectory

GOOD = """\
webhooks:
  - name: crm
    url: https://crm.example/events
    secret: ["${NEW_SECRET}", "${OLD_SECRET}"]
    kinds: [answered, failed]
  - {name: local, url: "http://127.0.0.1:9000", secret: "${NEW_SECRET}"}
"""
SECRETS = {"NEW_SECRET": f"{HIDDEN}-long-enough", "OLD_SECRET": f"{HIDDEN}-old-enough"}


def test_receivers(config: ConfigurationDirectory) -> None:
    """A local one needs no TLS. No secret is shown."""
    config.write_channels(CHANNELS)
    config.write_service(GOOD)

    settings = config.load(SECRETS).service

    crm, local = settings.webhooks
    assert (crm.name, crm.kinds, len(crm.secret)) == ("crm", ("answered", "failed"), 2)
    assert (local.kinds, local.is_public_only, crm.is_public_only) == ((), False, True)
    assert HIDDEN not in repr(settings)


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            "{name: Crm, url: 'https://x.example', secret: aaaaaaaaaaaaaaaa}",
            "webhooks.1.name: is no name",
        ),
        ("{url: 'https://x.example', secret: aaaaaaaaaaaaaaaa}", "webhooks.1.name"),
        ("{name: crm, secret: aaaaaaaaaaaaaaaa}", "has a secret without a url"),
        ("{name: crm}", "webhooks.1: has no url"),
        ("{name: crm, url: 'https://x.example'}", "has a url without a secret"),
        ("{name: crm, url: 'http://x.example', secret: aaaaaaaaaaaaaaaa}", "has a url without TLS"),
        ("{name: crm, url: 'https://x.example', secret: short}", "is shorter than 16 characters"),
        ("{name: crm, url: 'https://x.example', secret: aaaaaaaaaaaaaaaa, kinds: [answer]}", "webhooks.1.kinds: has 1"),
    ],
)
def test_what_is_wrong_is_said(config: ConfigurationDirectory, entry: str, message: str) -> None:
    config.write_service(f"webhooks:\n  - {entry}\n")

    with pytest.raises(ConfigurationError) as raised:
        config.load({})

    assert message in str(raised.value)


def test_names_are_told_apart(config: ConfigurationDirectory) -> None:
    entry = "  - {name: crm, url: 'https://x.example', secret: aaaaaaaaaaaaaaaa}\n"
    config.write_service("webhooks:\n" + 2 * entry)

    with pytest.raises(ConfigurationError, match="has the name of another entry"):
        config.load({})
