"""`trunkline dev` with a plug-in."""

import os
from pathlib import Path

import pytest

from support.dev import newcomer, running_dev
from support.plug_ins import WORKING, install
from support.polling import eventually
from support.service import COMMAND

ENTRIES = """\
channels:
  fax:
    default_agent: whatsapp-assistant
    verify_token: "1"
    access_token: "1"
    phone_number_id: "1"
  telex:
    default_agent: whatsapp-assistant
    verify_token: "${WHATSAPP_VERIFY_TOKEN}"
    access_token: "${WHATSAPP_ACCESS_TOKEN}"
    phone_number_id: "${WHATSAPP_PHONE_NUMBER_ID}"
"""
WITHOUT_SIMULATOR = WORKING.replace('name="telex"', 'name="fax", simulator=""')


async def test_the_simulator_of_a_plug_in_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A message is answered. Entries of a type without a simulator are left out."""
    packages = tmp_path / "packages"
    packages.mkdir()
    install(packages)
    install(packages, name="fax", package="acme-fax", source=WITHOUT_SIMULATOR)
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(packages), os.environ.get("PYTHONPATH", "")]))
    directory = newcomer(tmp_path)
    (directory / "config" / "channels.yaml").write_text(ENTRIES)

    async with running_dev(directory, trunkline=COMMAND) as dev:
        await dev.write("Hello")
        await eventually(dev.answers, seconds=20)

    assert dev.addresses["webhook"].endswith("/v1/channels/telex/webhook")
