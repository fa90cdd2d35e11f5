"""Packages with a type of channel, as an installer leaves them in a directory of Python's path."""

import textwrap
import uuid
from pathlib import Path

WORKING = """
    from attrs import evolve
    from entrypoints.bootstrap.whatsapp import WHATSAPP

    CHANNEL = evolve(WHATSAPP, name="telex", contract={contract})
"""


def install(
    directory: Path,
    *,
    source: str = WORKING,
    contract: object = "WHATSAPP.contract",
    name: str = "telex",
    package: str = "acme-telex",
) -> None:
    """Write a module of a new name and the metadata of its package, which has the type of channel `name`."""
    module = f"acme_{uuid.uuid4().hex}"
    text = textwrap.dedent(source).replace("{contract}", str(contract))
    (directory / f"{module}.py").write_text(text, encoding="utf-8")
    metadata = directory / f"{package.replace('-', '_')}-2.1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 2.1\n", encoding="utf-8")
    (metadata / "entry_points.txt").write_text(f"[trunkline.channels]\n{name} = {module}:CHANNEL\n", encoding="utf-8")
