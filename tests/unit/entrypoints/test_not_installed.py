"""What is installed can be hidden from those that would import it."""

import importlib
import sys

import pytest

from entrypoints.not_installed import not_installed


def test_a_hidden_module_cannot_be_imported_until_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)

    with not_installed("colorsys"), pytest.raises(ModuleNotFoundError, match="colorsys is hidden"):
        importlib.import_module("colorsys")

    assert importlib.import_module("colorsys") is sys.modules["colorsys"]


def test_what_was_imported_before_stays() -> None:
    with not_installed("pytest"):
        assert importlib.import_module("pytest") is pytest
