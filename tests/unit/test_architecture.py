"""Rules of the architecture: our packages, what each may import, and what an import may do."""

import ast
import importlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from dependency_injector import providers

from entrypoints.bootstrap.container import Container
from support.configuration import GUIDE_CHANNELS, GUIDE_ENVIRON, ConfigurationDirectory

SRC = Path(__file__).parents[2] / "src"
PACKAGES = ("domain", "application", "adapters", "entrypoints", "simulator", "page_kit")
# What each of the inner packages may import, beside the standard library.
ALLOWED = {"domain": {"attrs", "domain"}, "application": {"attrs", "application", "domain"}}

# Runs without any configuration: every module is imported while connecting, listening and starting processes fail.
IMPORT_ALL = """
import importlib, sys

def refuse(event, arguments):
    if event in {"socket.connect", "socket.bind", "socket.getaddrinfo", "subprocess.Popen", "os.system", "os.fork"}:
        raise RuntimeError(f"{event} while importing")

sys.addaudithook(refuse)
for name in sys.stdin.read().split():
    importlib.import_module(name)
"""


def modules(package: str) -> Iterator[tuple[str, Path]]:
    """Every module of a package, by its dotted name."""
    for path in sorted((SRC / package).rglob("*.py")):
        parts = path.relative_to(SRC).with_suffix("").parts
        yield ".".join(parts[:-1] if parts[-1] == "__init__" else parts), path


@pytest.mark.parametrize("package", PACKAGES)
def test_the_package_is_ours(package: str) -> None:
    """A package of the same name from the package index would be imported in its place."""
    (place,) = importlib.import_module(package).__path__

    assert Path(place).resolve() == SRC / package


@pytest.mark.parametrize("package", ALLOWED)
def test_the_core_imports_only_itself(package: str) -> None:
    """The standard library, attrs, and inner packages, also inside functions and under TYPE_CHECKING."""
    allowed = ALLOWED[package] | sys.stdlib_module_names

    strangers = {
        (name, imported)
        for name, path in modules(package)
        for imported in imports(path)
        if imported.partition(".")[0] not in allowed
    }

    assert strangers == set()


def imports(path: Path) -> Iterator[str]:
    """Each module that a file imports. A relative import is given by its dots."""
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=module, level=level):
                yield "." * level + (module or "")


def test_importing_has_no_side_effects(tmp_path: Path) -> None:
    """No module connects, listens, starts a process or needs a setting when it is imported."""
    names = [name for package in PACKAGES for name, _ in modules(package)]

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORT_ALL],
        input="\n".join(names),
        env={"PYTHONPATH": str(SRC)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("service", ["", "agents: {embedded: true}\n", "store: redis://127.0.0.1:1\n"])
async def test_every_provider_resolves(tmp_path: Path, service: str) -> None:
    """Every dependency of a factory exists, and building all of them neither connects nor writes."""
    files = ConfigurationDirectory(tmp_path)
    files.write_channels(GUIDE_CHANNELS)
    files.write_service(service + f"data_dir: {tmp_path / 'data'}\n")
    container = Container(settings=files.load(GUIDE_ENVIRON))

    made = {name: provider() for name, provider in container.providers.items() if is_role(provider)}
    await made["http_client"].aclose()

    assert {"use_cases", "services", "worker"} <= made.keys()
    assert not (tmp_path / "data").exists()


def is_role(provider: object) -> bool:
    """Whether it makes an object, and does not only pass on a part of the settings."""
    return not isinstance(provider, providers.AttributeGetter)


@pytest.mark.parametrize("channel", ["telegram", "whatsapp"])
def test_a_channel_repeats_nothing_of_the_kit(channel: str) -> None:
    """No three lines in a row of what every channel needs are in its adapter, too. Imports do not count."""
    kit = {lines for _, path in modules("adapters/channel_kit") for lines in runs_of_lines(path)}

    assert {lines for _, path in modules(f"adapters/{channel}") for lines in runs_of_lines(path)} & kit == set()


def test_telegram_is_a_small_adapter() -> None:
    """What a second channel needed beside the kit. A third one will not need more."""
    assert sum(len(path.read_text().splitlines()) for _, path in modules("adapters/telegram")) <= 900


def runs_of_lines(path: Path) -> Iterator[tuple[str, ...]]:
    """Each three lines in a row of a file's code, without imports and comments."""
    tree = ast.parse(path.read_bytes())
    tree.body = [node for node in tree.body if not isinstance(node, ast.Import | ast.ImportFrom)]
    lines = [line.strip() for line in ast.unparse(tree).splitlines() if line.strip()]
    return zip(lines, lines[1:], lines[2:], strict=False)
