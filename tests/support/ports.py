"""Free ports."""

import socket
from contextlib import ExitStack


def free_ports(count: int) -> list[int]:
    """So many free ports of this machine, all different and below the range that outgoing connections use.

    A cluster node also takes its port plus 10000.
    """
    with ExitStack() as stack:
        ports: list[int] = []
        while len(ports) < count:
            probe = stack.enter_context(socket.socket())
            probe.bind(("127.0.0.1", 0))
            ports.append(_lower(probe.getsockname()[1]))
        return ports


def _lower(port: int) -> int:
    """A port in 10000..29999 that stays clear of the ephemeral range."""
    for candidate in range(10000 + port % 10000, 20000):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", candidate)) != 0:
                return candidate
    raise AssertionError("no free port")
