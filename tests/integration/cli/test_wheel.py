"""The wheel, installed where there is no checkout."""

import subprocess
import sys
import venv
from pathlib import Path

import httpx
import pytest

from support.dev import bare_environment, running_dev
from support.documents import ROOT
from support.polling import eventually
from support.service import CREDENTIALS


@pytest.fixture(scope="module")
def trunkline(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The installed command. The packages that Trunkline needs are those of this environment."""
    directory = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", directory], cwd=ROOT, check=True)
    (wheel,) = directory.glob("trunkline-*.whl")
    environment = directory / "environment"
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", python, "--disable-pip-version-check", "install", "--quiet"]
    subprocess.run([*pip, "--no-index", "--no-deps", wheel], check=True)
    (site_packages,) = environment.glob("lib/python*/site-packages")
    shared = [path for path in sys.path if path.endswith("site-packages")]
    (site_packages / "shared.pth").write_text("\n".join(shared), encoding="utf-8")
    return environment / "bin" / "trunkline"


@pytest.fixture(autouse=True)
def no_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    """The code is imported from the wheel alone."""
    monkeypatch.delenv("PYTHONPATH", raising=False)


@pytest.fixture
def directory(trunkline: Path, tmp_path: Path) -> Path:
    """An empty directory after `trunkline init`."""
    subprocess.run([trunkline, "init"], cwd=tmp_path, env=bare_environment(), check=True)
    return tmp_path


def test_init_writes_the_configuration_of_the_checkout(directory: Path) -> None:
    """Every file of it, with its comments."""
    written = {path.relative_to(directory): path.read_text() for path in directory.rglob("*.yaml")}

    assert written == {path.relative_to(ROOT): path.read_text() for path in (ROOT / "config").rglob("*.yaml")}


def test_a_missing_configuration_names_the_command(trunkline: Path, tmp_path: Path) -> None:
    """A newcomer reads what to do."""
    ended = subprocess.run([trunkline, "serve"], cwd=tmp_path, env=bare_environment(), capture_output=True, check=False)

    assert ended.returncode == 1
    assert b"`trunkline init`" in ended.stderr


def test_the_written_configuration_is_valid(trunkline: Path, directory: Path) -> None:
    """`trunkline doctor` finds nothing wrong when the four variables are set."""
    environment = bare_environment(**CREDENTIALS)

    command = [trunkline, "doctor", "--offline"]
    ended = subprocess.run(command, cwd=directory, env=environment, capture_output=True, text=True, check=False)

    assert ended.returncode == 0, ended.stdout


def test_serve_answers(trunkline: Path, directory: Path) -> None:
    """With its own store, on a free port. It reloads, and ends in good order."""
    command = [trunkline, "serve", "--port", "0"]
    query = f"hub.mode=subscribe&hub.verify_token={CREDENTIALS['WHATSAPP_VERIFY_TOKEN']}&hub.challenge=4711"
    environment = bare_environment(**CREDENTIALS)
    with (
        (directory / "log").open("w") as log,
        subprocess.Popen(
            command, cwd=directory, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        ) as serve,
    ):
        assert serve.stdout is not None
        url = serve.stdout.readline().removeprefix("listening on ").strip()
        try:
            shaken = httpx.get(f"{url}/v1/channels/whatsapp/webhook?{query}", trust_env=False)
            token = {"Authorization": f"Bearer {CREDENTIALS['TRUNKLINE_ADMIN_TOKEN']}"}
            reloaded = httpx.post(f"{url}/v1/reload", headers=token, trust_env=False)
        finally:
            serve.terminate()

    assert (shaken.status_code, shaken.text) == (200, "4711")
    assert reloaded.json()["channels"] == ["whatsapp"]
    assert serve.returncode == 0, (directory / "log").read_text()


async def test_dev_answers(trunkline: Path, directory: Path) -> None:
    """Store, agent, service and simulator are all in the wheel or its dependencies."""
    async with running_dev(directory, trunkline=trunkline) as dev:
        await dev.write("What time is it?")

        await eventually(dev.answers)

        assert 'You said: "What time is it?"' in (await dev.answers())[0]
