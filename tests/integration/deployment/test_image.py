"""The image, built where buildah is, and where its base image and the packages can be had."""

import json
import shutil
import subprocess
from collections.abc import Iterator

import pytest

from support.documents import ROOT
from support.service import CREDENTIALS

BASE = "docker.io/library/python:3.12-slim"
# Where everybody may write on every Debian.
FOR_EVERYBODY = {"/tmp", "/var/tmp", "/run/lock"}

pytestmark = [
    pytest.mark.skipif(shutil.which("buildah") is None, reason="there is no buildah here"),
    pytest.mark.timeout(600),
]


def buildah(*arguments: str) -> str:
    """Returns what it prints on stdout."""
    done = subprocess.run(["buildah", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout.strip()


@pytest.fixture
def container(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A container of the image. Nothing runs in it yet."""
    pulled = subprocess.run(["buildah", "pull", "--policy", "missing", BASE], capture_output=True, check=False)
    if pulled.returncode != 0:
        pytest.skip(f"{BASE} cannot be had here")
    name = tmp_path_factory.mktemp("image").parent.name  # of this run alone
    buildah("bud", "--isolation", "chroot", "--file", "deploy/Dockerfile", "--tag", name, ".")
    container = buildah("from", "--pull-never", f"localhost/{name}")
    try:
        yield container
    finally:
        buildah("rm", container)
        buildah("rmi", name)


def run(container: str, *command: str) -> str:
    return buildah("run", "--isolation", "chroot", container, "--", *command)


def test_it_runs_the_service_as_somebody_who_may_write_to_its_data_alone(container: str) -> None:
    """As the chart expects it: not root, and with a root that can be read-only. What `trunkline init` writes is valid.

    One test, since the image is built once for each process of the tests.
    """
    config = json.loads(buildah("inspect", container))["OCIv1"]["config"]
    directories = run(container, "sh", "-c", "find / -xdev -type d -writable 2>/dev/null; true").splitlines()
    written_by_tests = {directory for directory in directories if directory.startswith("/tmp/")}
    variables = " ".join(f"{name}={value}" for name, value in CREDENTIALS.items())
    init, doctor = (f"trunkline {command} --config-dir /tmp/config" for command in ("init", "doctor --offline"))

    assert (config["Entrypoint"], config["Cmd"]) == (["trunkline"], ["serve"])
    assert config["User"] == "10001:10001"
    assert run(container, "id", "-u") == "10001"
    assert set(directories) - FOR_EVERYBODY - written_by_tests == {"/var/lib/trunkline"}
    assert "ok: configuration: loads" in run(container, "sh", "-c", f"{init} && {variables} {doctor}")
