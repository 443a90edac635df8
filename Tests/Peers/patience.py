"""How long a peer may take. One second on an idle machine; PEERS_PATIENCE=5 stretches it on a busy one."""

import os
import time
from collections.abc import Callable

_FACTOR = float(os.environ.get("PEERS_PATIENCE", "1"))

#: Within this a peer answers, or closes a connection that it gives up on. Seconds.
SOON = 1.0 * _FACTOR


def wait_until(condition: Callable[[], object], within: float, what: str) -> None:
    """Returns when `condition` holds; fails the test after `within` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within:.1f} s: {what}"
        time.sleep(0.005)
