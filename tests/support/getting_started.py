"""What the page for newcomers tells them to write, and what it shows them."""

import re
from pathlib import Path

from entrypoints.cli.init import IN_CHECKOUT
from support.documents import ROOT

PAGE = (ROOT / "docs/getting-started.md").read_text(encoding="utf-8")
AGENT = re.compile(r"^Write the file `([\w.-]+)` in `config/agents/`:\n\n```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CHANNEL_LINE = re.compile(r"^\| `config/channels.yaml` \| `(default_agent: .+)` \|$", re.MULTILINE)
SERVICE_LINE = re.compile(r"^\| `config/service.yaml` \| .* `url`: `(embedded: true)` \|$", re.MULTILINE)
CREDENTIALS = re.findall(r"^\| `(WHATSAPP_\w+)` \|", PAGE, re.MULTILINE)


def shown(command: str) -> list[str]:
    """What the page shows below a command, without what it leaves out."""
    (block,) = re.findall(rf"^\$ {re.escape(command)}\n(.*?)^```$", PAGE, re.MULTILINE | re.DOTALL)
    return [line for line in block.splitlines() if line != "[...]"]


def write_newcomers_config(folder: Path) -> None:
    """Write `config` into a folder: the example, with the agent and the two lines of the page."""
    for source in IN_CHECKOUT.rglob("*.yaml"):
        target = folder / "config" / source.relative_to(IN_CHECKOUT)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    ((name, agent),) = AGENT.findall(PAGE)
    (folder / "config/agents" / name).write_text(agent, encoding="utf-8")
    _replace_line(folder / "config/channels.yaml", r"default_agent:.*", CHANNEL_LINE)
    _replace_line(folder / "config/service.yaml", r"url: http://localhost:8000.*", SERVICE_LINE)


def _replace_line(path: Path, old: str, new: re.Pattern[str]) -> None:
    (line,) = new.findall(PAGE)
    text, count = re.subn(
        rf"^(  +){old}$", rf"\g<1>{line}", path.read_text(encoding="utf-8"), count=1, flags=re.MULTILINE
    )
    assert count == 1
    path.write_text(text, encoding="utf-8")
