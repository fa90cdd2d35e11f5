"""The page for newcomers, followed up to the doctor, with the simulator as Meta."""

import re
from pathlib import Path

from support.getting_started import CREDENTIALS, shown, write_newcomers_config
from support.service import trunkline
from support.simulator import ACCESS_TOKEN, APP_SECRET, VERIFY_TOKEN, RunningSimulator


async def test_the_doctor_prints_what_the_page_shows(tmp_path: Path, guide_meta: RunningSimulator) -> None:
    """Only the number and the webhook are those of somebody else."""
    write_newcomers_config(tmp_path)
    channels, service = tmp_path / "config/channels.yaml", tmp_path / "config/service.yaml"
    key = f'    api_url: "{guide_meta.url}"\n    default_agent:'
    channels.write_text(channels.read_text("utf-8").replace("    default_agent:", key, 1), "utf-8")
    service.write_text(service.read_text("utf-8").replace(".trunkline", str(tmp_path / "data"), 1), "utf-8")
    values = (VERIFY_TOKEN, ACCESS_TOKEN, guide_meta.simulator.business.phone_number_id, APP_SECRET)
    environ = dict(zip(CREDENTIALS, values, strict=True)) | {"OPENAI_API_KEY": "not-a-real-key"}

    ended = await trunkline("doctor", "--config-dir", str(tmp_path / "config"), environ=environ)

    shown_lines = [_with_any_number(line) for line in shown("trunkline doctor") if "webhook:" not in line]
    assert [line for line in shown_lines if line not in map(_with_any_number, ended.stdout.splitlines())] == []
    assert ended.returncode == 0


def _with_any_number(line: str) -> str:
    return re.sub(r"number: \+[\d -]+ \([^)]*\)", "number: any", line)
