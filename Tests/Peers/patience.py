"""How long a peer may take: one second for an optimised build on an idle machine."""

import os
import time
from collections.abc import Callable

from executables import is_optimised

#: PEERS_PATIENCE stretches the second on a busy machine. A debug build handles some 2,000 streams a second.
_FACTOR = float(os.environ.get("PEERS_PATIENCE", "1")) * (1 if is_optimised("rpc-test-server") else 5)

#: Within this a peer answers, or closes a connection that it gives up on. Seconds.
SOON = 1.0 * _FACTOR


def wait_until(condition: Callable[[], object], within: float, what: str) -> None:
    """Returns when `condition` holds; fails the test after `within` seconds."""
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"not within {within:.1f} s: {what}"
        time.sleep(0.005)
