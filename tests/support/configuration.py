"""Configuration directories for tests."""

import textwrap
from collections.abc import Mapping
from pathlib import Path

import pytest
from attrs import frozen

from entrypoints.bootstrap.configuration import load_settings
from entrypoints.settings import ConfigurationError, Settings

GUIDE_CHANNELS = """\
channels:
  whatsapp:
    verify_token: "${WHATSAPP_VERIFY_TOKEN}"
    access_token: "${WHATSAPP_ACCESS_TOKEN}"
    phone_number_id: "${WHATSAPP_PHONE_NUMBER_ID}"
    app_secret: "${WHATSAPP_APP_SECRET}"
    default_agent: "whatsapp-assistant"
"""

# The same with values written out.
CHANNELS = """
channels:
  whatsapp:
    verify_token: not-a-real-token
    access_token: not-a-real-token
    phone_number_id: "100000000000001"
    app_secret: not-a-real-secret
    default_agent: whatsapp-assistant
"""

GUIDE_RATE_LIMIT = """\
    rate_limit:
      window_seconds: 60
      max_messages: 30
"""

GUIDE_ENVIRON = {
    "WHATSAPP_VERIFY_TOKEN": "fake-verify-token",
    "WHATSAPP_ACCESS_TOKEN": "EAABfakeaccesstoken",
    "WHATSAPP_PHONE_NUMBER_ID": "106543218765432",
    "WHATSAPP_APP_SECRET": "fake-app-secret",
}

# A value that no message may contain.
HIDDEN = "fake-but-hidden"

# The required keys of a WhatsApp entry. Tests add the keys that they are about.
REQUIRED_KEYS = {
    "verify_token": '"fake-verify-token"',
    "access_token": '"EAABfakeaccesstoken"',
    "phone_number_id": '"106543218765432"',
    "app_secret": '"fake-app-secret"',
    "default_agent": '"whatsapp-assistant"',
}


@frozen
class ConfigurationDirectory:
    """A `--config-dir` whose files a test writes."""

    path: Path

    def write_channels(self, text: str) -> None:
        (self.path / "channels.yaml").write_text(textwrap.dedent(text), encoding="utf-8")

    def write_whatsapp(self, more: str = "", *, without: str = "", **keys: str) -> None:
        """One entry `whatsapp`, its values as YAML; `more` is a block of further keys."""
        written = {key: value for key, value in (REQUIRED_KEYS | keys).items() if key != without}
        lines = "".join(f"{key}: {value}\n" for key, value in written.items()) + textwrap.dedent(more)
        self.write_channels("channels:\n  whatsapp:\n" + textwrap.indent(lines, "    "))

    def write_service(self, text: str) -> None:
        (self.path / "service.yaml").write_text(textwrap.dedent(text), encoding="utf-8")

    def load(self, environ: Mapping[str, str] | None = None) -> Settings:
        return load_settings(config_dir=self.path, environ=environ or {})

    def errors(self, environ: Mapping[str, str] | None = None) -> list[str]:
        """The lines of the error that loading raises."""
        with pytest.raises(ConfigurationError) as caught:
            self.load(environ)
        return str(caught.value).splitlines()

    def error(self, environ: Mapping[str, str] | None = None) -> str:
        """The only line of this error."""
        (line,) = self.errors(environ)
        return line
