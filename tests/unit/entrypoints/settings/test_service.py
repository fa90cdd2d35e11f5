"""service.yaml, and the environment variables that override it."""

from pathlib import Path

import pytest

from entrypoints.settings import AgentsSettings, HttpSettings, Secret, ServiceSettings, default_config_dir
from support.configuration import ConfigurationDirectory

HIDDEN = "fake-but-hidden"


@pytest.fixture
def config(config: ConfigurationDirectory) -> ConfigurationDirectory:
    config.write_whatsapp()
    return config


@pytest.mark.parametrize("text", [None, "", "# nothing\n", "agents: {}\n"])
def test_everything_has_a_default(config: ConfigurationDirectory, text: str | None) -> None:
    if text is not None:
        config.write_service(text)

    service = config.load().service

    assert service == ServiceSettings(
        store="embedded",
        data_dir=Path(".trunkline"),
        agents=AgentsSettings(url="http://localhost:8000", embedded=False, timeout_seconds=25),
        http=HttpSettings(host="127.0.0.1", port=8080),
        admin_token=None,
        log_level="info",
    )


def test_the_values_of_the_file_are_used(config: ConfigurationDirectory) -> None:
    config.write_service(
        """\
        store: redis://store:6379/1
        data_dir: /var/lib/trunkline
        agents: {embedded: true, timeout_seconds: 12.5}
        http: {host: "::1", port: 0}
        admin_token: "fake-admin-token"
        log_level: debug
        """
    )

    assert config.load().service == ServiceSettings(
        store="redis://store:6379/1",
        data_dir=Path("/var/lib/trunkline"),
        agents=AgentsSettings(embedded=True, timeout_seconds=12.5),
        http=HttpSettings(host="::1", port=0),
        admin_token=Secret("fake-admin-token"),
        log_level="debug",
    )


def test_the_environment_overrides_the_file(config: ConfigurationDirectory) -> None:
    config.write_service("store: embedded\nagents: {embedded: true, timeout_seconds: 5}\nhttp: {port: 1}\n")

    service = config.load(
        {
            "TRUNKLINE_STORE": "redis://store",
            "TRUNKLINE_DATA_DIR": "/data",
            "TRUNKLINE_AGENTS_URL": "http://agents:8000/",
            "TRUNKLINE_HTTP_HOST": "192.168.1.5",
            "TRUNKLINE_HTTP_PORT": "9000",
            "TRUNKLINE_ADMIN_TOKEN": "fake-admin-token",
            "TRUNKLINE_LOG_LEVEL": "DEBUG",
        }
    ).service

    assert service == ServiceSettings(
        store="redis://store",
        data_dir=Path("/data"),
        agents=AgentsSettings(url="http://agents:8000", timeout_seconds=5),
        http=HttpSettings(host="192.168.1.5", port=9000),
        admin_token=Secret("fake-admin-token"),
        log_level="debug",
    )


def test_an_empty_variable_does_not_override_the_file(config: ConfigurationDirectory) -> None:
    config.write_service("store: redis://store\n")

    assert config.load({"TRUNKLINE_STORE": ""}).service.store == "redis://store"


@pytest.mark.parametrize("written", ['"${TRUNKLINE_ADMIN_TOKEN}"', '"${TRUNKLINE_ADMIN_TOKEN:-}"', '""', '" "', ""])
def test_without_an_admin_token_there_is_none(config: ConfigurationDirectory, written: str) -> None:
    """The admin routes are off then; an empty token never opens them."""
    config.write_service(f"admin_token: {written}\n")

    assert config.load().service.admin_token is None
    assert config.load({"TRUNKLINE_ADMIN_TOKEN": ""}).service.admin_token is None


def test_the_home_directory_can_be_named(config: ConfigurationDirectory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    config.write_service("data_dir: ~/trunkline\n")

    assert config.load().service.data_dir == Path("/home/somebody/trunkline")


@pytest.mark.parametrize(
    "store",
    [
        "embedded",
        "redis://localhost",
        "redis://:p@h:6379/0",
        "rediss://h",
        "unix:///run/v.sock",
        "redis+cluster://h:7000,i:7000",
        "rediss+sentinel://h,i/service",
    ],
)
def test_stores(config: ConfigurationDirectory, store: str) -> None:
    config.write_service(f'store: "{store}"\n')

    assert config.load().service.store == store


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("store: redis\n", "store: is not a store address; write embedded, redis://host:6379"),
        ("store: mysql://host\n", "store: is not a store address; write embedded, redis://host:6379"),
        ("store: redis://\n", "store: is not a store address; write embedded, redis://host:6379"),
        ("store: unix://\n", "store: is not a store address; write embedded, redis://host:6379"),
        ('store: "${STORE}"\n', "store: the environment variable STORE is not set; set the environment variable STORE"),
        ('data_dir: ""\n', "data_dir: is empty; name a directory"),
        ("agents: {url: http://x, embedded: true}\n", "agents: has both url and embedded: true; keep one of the two"),
        ("agents: {url: null}\n", "agents: has neither url nor embedded: true; write one of the two"),
        ("agents: {url: localhost:8000}\n", "agents.url: is not a web address; write it like http://localhost:8000"),
        ('agents: {url: "${URL}"}\n', "agents.url: the environment variable URL is not set"),
        ("agents: {timeout_seconds: 0}\n", "agents.timeout_seconds: must be > 0"),
        ("agents: {timeout: 5}\n", "agents: unknown key timeout; did you mean timeout_seconds?"),
        ("agents:\n", "agents: must be a block of keys, but is nothing; write its keys indented"),
        ("http: 8080\n", "http: must be a block of keys, but is a number; write its keys indented"),
        ('http: {host: ""}\n', "http.host: is empty; give it a value"),
        ('http: {port: "8080"}\n', "http.port: must be a whole number, but is text; write digits, without quotes"),
        ("http: {port: 65536}\n", "http.port: must be <= 65535; correct the number"),
        ("admin_token: 5\n", "admin_token: must be text, but is a number; put the value in quotes"),
        ('admin_token: "x${UNSET}"\n', "admin_token: the environment variable UNSET is not set"),
        ("log_level: loud\n", "log_level: is not a log level; write one of debug, info, warning, error"),
        ("sotre: embedded\n", "unknown key sotre; did you mean store?"),
    ],
)
def test_a_wrong_value_is_named_with_its_fix(config: ConfigurationDirectory, text: str, message: str) -> None:
    config.write_service(text)

    error = config.error()

    assert error.startswith(f"{config.path / 'service.yaml'}: {message}")
    assert HIDDEN not in error


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        ("TRUNKLINE_STORE", "is not a store address; write embedded"),
        ("TRUNKLINE_AGENTS_URL", "is not a web address; write it like"),
        ("TRUNKLINE_HTTP_PORT", "must be a whole number, but is text"),
        ("TRUNKLINE_LOG_LEVEL", "is not a log level; write one of"),
    ],
)
def test_a_wrong_variable_is_named_as_such(config: ConfigurationDirectory, variable: str, message: str) -> None:
    error = config.error({variable: HIDDEN})

    assert f": {message}" in error
    assert error.endswith(f"(the value comes from the environment variable {variable})")
    assert HIDDEN not in error


def test_a_number_may_come_from_a_variable(config: ConfigurationDirectory) -> None:
    """The value of a variable is always text. Only a value in the file itself must be a number."""
    config.write_service('http: {port: "${PORT:-8080}"}\nworker: {lease_seconds: "${LEASE}"}\n')

    service = config.load({"PORT": "9000", "LEASE": "2.5"}).service

    assert (service.http.port, service.worker.lease_seconds) == (9000, 2.5)


@pytest.mark.parametrize("written", ["nan", "inf", "1e999", "", " 8", "8,5"])
def test_a_variable_that_is_no_number_is_refused(config: ConfigurationDirectory, written: str) -> None:
    config.write_service('worker: {lease_seconds: "${LEASE}"}\n')

    error = config.error({"LEASE": written})

    assert "worker.lease_seconds: must be a finite number, but is text; write digits" in error
    assert error.endswith("(the value comes from the environment variable LEASE)")


def test_a_variable_does_not_hide_a_mistake_in_its_block(config: ConfigurationDirectory) -> None:
    config.write_service("http: 8080\n")

    assert "service.yaml: http: must be a block of keys" in config.error({"TRUNKLINE_HTTP_PORT": "1"})


@pytest.mark.parametrize(
    ("environ", "expected"),
    [({}, "config"), ({"TRUNKLINE_CONFIG_DIR": ""}, "config"), ({"TRUNKLINE_CONFIG_DIR": "/etc/t"}, "/etc/t")],
)
def test_where_the_configuration_is(environ: dict[str, str], expected: str) -> None:
    assert default_config_dir(environ) == Path(expected)
