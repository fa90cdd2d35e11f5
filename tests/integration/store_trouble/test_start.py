"""A store with another number of partitions."""

from pathlib import Path

from support.service import trunkline, write_config
from support.store_proxy import StoreProxy


async def test_another_number_of_partitions_is_an_error_of_one_line(tmp_path: Path, proxy: StoreProxy) -> None:
    """Exit code 1 without a traceback. Otherwise messages would be searched in the wrong place."""
    await proxy.server.command("SET", "trunkline:partitions", 16)
    config = write_config(
        tmp_path / "config", graph_url="http://127.0.0.1:9", store=proxy.url, agents_url="http://127.0.0.1:9"
    )

    ended = await trunkline("serve", "--role", "worker", "--config-dir", str(config))

    assert ended.returncode == 1
    assert "Error: the store has 16 partitions, the configuration says 1" in ended.stderr
    assert "Traceback" not in ended.stderr
