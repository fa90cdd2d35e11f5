"""Where approved proposals go: `proposals` in service.yaml."""

import httpx
import pytest

from adapters.memory.clock import FakeClock
from adapters.outgoing_webhooks.sender import SignedWebhookSender
from domain.policies.proposals import ProposalPolicy
from domain.policies.redelivery import Redelivery
from entrypoints.bootstrap.factories import proposal_policy
from entrypoints.bootstrap.webhook_senders import make_proposal_receiver, make_proposals_client
from entrypoints.doctor.installation import proposals
from entrypoints.settings import Settings
from support.configuration import HIDDEN, ConfigurationDirectory

SECRET = f"{HIDDEN}-secret"


@pytest.fixture
def config(config: ConfigurationDirectory) -> ConfigurationDirectory:
    config.write_whatsapp()
    return config


def load(config: ConfigurationDirectory, *lines: str) -> Settings:
    config.write_service("proposals:\n" + "".join(f"  {line}\n" for line in lines))
    return config.load({"SECRET": SECRET})


def error(config: ConfigurationDirectory, *lines: str) -> str:
    config.write_service("proposals:\n" + "".join(f"  {line}\n" for line in lines))
    return config.error({"SECRET": SECRET})


async def test_an_address_and_its_secrets(config: ConfigurationDirectory) -> None:
    """They are not shown."""
    settings = load(config, "url: https://erp.example/hook", 'secret: ["${SECRET}", another-long-secret]')

    async with httpx.AsyncClient() as client:
        sender = make_proposal_receiver(settings, client, FakeClock())

    assert isinstance(sender, SignedWebhookSender)
    assert (sender.url, sender.secrets) == ("https://erp.example/hook", [SECRET, "another-long-secret"])
    assert HIDDEN not in repr(settings)


async def test_without_an_address_there_is_no_receiver(config: ConfigurationDirectory) -> None:
    async with httpx.AsyncClient() as client:
        assert make_proposal_receiver(config.load(), client, FakeClock()) is None


def test_the_rest_is_a_policy(config: ConfigurationDirectory) -> None:
    settings = load(config, "expire_seconds: 600", "max_open: 20", "tell_people: false", "give_up_seconds: 60")

    assert proposal_policy(settings) == ProposalPolicy(
        expire_seconds=600, max_open=20, notifies_people=False, redelivery=Redelivery(give_up_seconds=60)
    )
    assert proposal_policy(config.load({})) == proposal_policy(settings)


@pytest.mark.parametrize(
    "lines",
    [
        ["url: http://127.0.0.1:9000/hook"],
        ["url: http://localhost:9000/hook"],
        ['url: "http://[::1]:9000/hook"'],
        ["url: http://erp.internal/hook", "allow_private: true"],
    ],
)
def test_where_tls_is_not_needed(config: ConfigurationDirectory, lines: list[str]) -> None:
    """On this machine, or where the configuration says so."""
    assert load(config, *lines, 'secret: "${SECRET}"').service.proposals.url


@pytest.mark.parametrize(
    ("lines", "own"),
    [
        (["url: https://erp.example/hook"], True),
        (["url: https://erp.example/hook", "allow_private: true"], False),
        (["url: http://127.0.0.1:9000/hook"], False),
    ],
)
async def test_only_public_addresses_are_connected_to(
    config: ConfigurationDirectory, lines: list[str], *, own: bool
) -> None:
    """By a client of its own, unless a private address is meant."""
    settings = load(config, *lines, 'secret: "${SECRET}"')

    async with httpx.AsyncClient() as common:
        client = make_proposals_client(settings, common)
        assert (client is not common) == own
        if own:
            with pytest.raises(httpx.UnsupportedProtocol, match="not public"):
                await client.get("https://127.0.0.1:9/")
        await client.aclose()


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["url: http://erp.example/hook", 'secret: "${SECRET}"'], "has a url without TLS; write an https:// address"),
        (["url: http://10.0.0.1/hook", 'secret: "${SECRET}"'], "has a url without TLS"),
        (["url: ftp://erp.example/hook", 'secret: "${SECRET}"'], "proposals.url: is not a web address"),
        (["url: https://erp.example/hook"], "has a url without a secret; write a secret"),
        (['secret: "${SECRET}"'], "has a secret without a url; write the url, or remove the secret"),
        (["url: https://erp.example/hook", "secret: short"], "proposals.secret: is shorter than 16 characters"),
        (["timeout_seconds: 31"], "proposals.timeout_seconds: must be <= 30"),
        (["expire_seconds: 1"], "proposals.expire_seconds: must be >= 60"),
        (["max_open: 1"], "proposals.max_open: must be >= 20"),
        (["adress: x"], "unknown key adress"),
    ],
)
def test_mistakes_are_named(config: ConfigurationDirectory, lines: list[str], message: str) -> None:
    """Without the secret."""
    found = error(config, *lines)

    assert message in found
    assert HIDDEN not in found


@pytest.mark.parametrize(
    ("service", "message"),
    [
        ("log_level: info\n", "what agents propose is only kept, and approved ones go nowhere"),
        ("agents: {embedded: true}\n", "agents know that they cannot propose actions"),
        (
            "proposals: {url: 'https://me:hidden-word@erp.example/', secret: not-a-real-secret-of-proposals}\n",
            "approved ones are posted to https://erp.example/",
        ),
    ],
)
def test_doctor_says_what_becomes_of_proposals(config: ConfigurationDirectory, service: str, message: str) -> None:
    """Nothing of it is a problem: it may be meant so."""
    config.write_service(service)

    finding = proposals(config.load())

    assert finding.message.startswith(message)
    assert finding.fix == ""
