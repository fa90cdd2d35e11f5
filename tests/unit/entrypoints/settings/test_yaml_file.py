"""Reading YAML strictly."""

import pytest

from support.configuration import ConfigurationDirectory

HIDDEN = "fake-but-hidden"


def error_of(config: ConfigurationDirectory, text: str) -> str:
    (config.path / "channels.yaml").write_text(text, encoding="utf-8")
    return config.error()


def test_a_missing_file_is_named(config: ConfigurationDirectory) -> None:
    error = config.error()

    assert error.startswith(f"{config.path / 'channels.yaml'}: there is no such file; let `trunkline init`")


def test_a_directory_in_its_place_is_reported(config: ConfigurationDirectory) -> None:
    (config.path / "channels.yaml").mkdir()

    error = config.error()

    assert "channels.yaml: cannot be read" in error


@pytest.mark.parametrize("text", ["", "# only a comment\n", "channels:\n", "channels: {}\n"])
def test_a_file_without_channels_is_refused(config: ConfigurationDirectory, text: str) -> None:
    error = error_of(config, text)

    assert "channels" in error


def test_a_tab_is_named_with_its_place(config: ConfigurationDirectory) -> None:
    error = error_of(config, "channels:\n\twhatsapp: {}\n")

    assert "channels.yaml: line 2, column 1: " in error
    assert error.endswith("; indent with spaces, not tabs")


def test_invalid_yaml_is_named_with_its_place(config: ConfigurationDirectory) -> None:
    error = error_of(config, "channels:\n  whatsapp:\n    verify_token: a\n   access_token: b\n")

    assert "channels.yaml: line 4, column 4: " in error
    assert "check the indentation" in error


@pytest.mark.parametrize(
    "value",
    [
        f"*{HIDDEN}",
        f"!{HIDDEN} x",
        f'"{HIDDEN}',
        f"{HIDDEN}: {HIDDEN}: x",
        f"@{HIDDEN}",
        f"%{HIDDEN}",
        f"'{HIDDEN}' {HIDDEN}",
    ],
)
def test_errors_of_the_parser_quote_nothing(config: ConfigurationDirectory, value: str) -> None:
    """A secret written without quotes may look like YAML."""
    error = error_of(config, f"channels:\n  whatsapp:\n    access_token: {value}\n")

    assert "line " in error
    assert HIDDEN not in error


def test_a_key_written_twice_is_refused(config: ConfigurationDirectory) -> None:
    config.write_whatsapp("default_agent: other\ndefault_agent: another\n", without="default_agent")

    error = config.error()

    assert "line 8: the key default_agent was already written in line 7; keep one of the two" in error


def test_a_channel_written_twice_is_refused(config: ConfigurationDirectory) -> None:
    error = error_of(config, "channels:\n  whatsapp: {}\n  whatsapp: {}\n")

    assert "line 3: the key whatsapp was already written in line 2" in error


def test_several_duplicates_are_reported_together(config: ConfigurationDirectory) -> None:
    (config.path / "channels.yaml").write_text("channels: [{a: 1, a: 2}]\nchannels: {b: 1, b: 1}\n")

    assert len(config.errors()) == 3


@pytest.mark.parametrize("text", ["just a text", "- a\n- list\n", "5"])
def test_a_file_that_is_no_mapping_is_refused(config: ConfigurationDirectory, text: str) -> None:
    assert "channels.yaml: holds no keys" in error_of(config, text)


def test_bytes_that_are_not_text_are_refused(config: ConfigurationDirectory) -> None:
    (config.path / "channels.yaml").write_bytes(b"channels: \xff\xfe\n")

    assert "channels.yaml: is not UTF-8 text; save it as UTF-8" in config.error()


def test_an_invalid_date_is_refused(config: ConfigurationDirectory) -> None:
    assert "holds a value that YAML cannot read" in error_of(config, "channels: 2026-99-99\n")


def test_anchors_and_merged_blocks_work(config: ConfigurationDirectory) -> None:
    """Two numbers may share settings. A key of the entry itself overrides a merged one."""
    config.write_channels(
        """\
        channels:
          whatsapp: &shared
            verify_token: a
            access_token: b
            phone_number_id: "1"
            default_agent: one
          whatsapp-sales:
            <<: *shared
            type: whatsapp
            phone_number_id: "2"
            default_agent: two
        """
    )

    first, second = config.load().channels

    assert (first.default_agent, second.default_agent) == ("one", "two")


def test_both_files_are_reported_together(config: ConfigurationDirectory) -> None:
    config.write_service("strore: embedded\n")

    service, channels = config.errors()

    assert "service.yaml: unknown key strore; did you mean store?" in service
    assert "channels.yaml: there is no such file" in channels
