"""The Dockerfile: by its linter, and by what an image of it must have."""

import subprocess
import sys
from pathlib import Path

import pytest

from support.documents import ROOT

DOCKERFILE = ROOT / "deploy" / "Dockerfile"
HADOLINT = Path(sys.executable).with_name("hadolint")


@pytest.fixture(scope="module")
def final_stage() -> str:
    return DOCKERFILE.read_text(encoding="utf-8").split("\nFROM ")[-1]


def test_the_linter_finds_nothing() -> None:
    """Not even a hint."""
    done = subprocess.run([HADOLINT, DOCKERFILE], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (0, "")


def test_it_runs_as_somebody_who_is_not_root(final_stage: str) -> None:
    """By number: Kubernetes cannot tell whether a name is root."""
    assert "\nUSER 10001:10001\n" in final_stage


def test_nothing_is_built_in_the_image(final_stage: str) -> None:
    """Source and installer stay in the first stage."""
    assert "pip" not in final_stage.replace("# ", "")
    assert "COPY src" not in final_stage


def test_the_builder_gets_every_file_that_it_copies() -> None:
    """`.dockerignore` admits them, and they exist."""
    ignore = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    lines = DOCKERFILE.read_text(encoding="utf-8").splitlines()
    copied = [name for line in lines if line.startswith("COPY ") for name in line.split()[1:-1]]
    from_checkout = [name for name in copied if not name.startswith(("--", "/"))]

    assert from_checkout
    assert [name for name in from_checkout if f"!{name}" not in ignore or not (ROOT / name).exists()] == []
