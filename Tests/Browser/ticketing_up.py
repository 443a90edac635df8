"""The whole platform under test, `ticketing up`, with a redis-server and a data folder of its own."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from executables import executable
from patience import wait_until
from process import Process

#: Hashing passwords costs nothing here, and one address signs up as many people as it likes.
_ENVIRONMENT = {
    "SCRYPT_COST": "1024,8,1",
    "RATE_LIMIT_SIGNIN_PER_MINUTE": "0",
    "RATE_LIMIT_SIGNUP_PER_MINUTE": "0",
    "LOG_LEVEL": "warning",
}


class TicketingUp(Process):
    """`url` is where the shop is."""

    def __init__(self, folder: Path, **environment: str) -> None:
        super().__init__(
            [*executable("ticketing"), "up", "--port", "0", "--data", str(folder)],
            environment=_ENVIRONMENT | environment,
        )
        try:
            self.url = self._find(0, r"Ticketing runs at (\S+)")
            self._redis_port = self._find(1, r"redis-cli -p (\d+)")
        except BaseException:
            self.stop()
            raise

    def _find(self, line: int, pattern: str) -> str:
        found = re.search(pattern, self.line(line))
        assert found, f"it says: {self.line(line)}"
        return found[1]

    def charges(self, order: str) -> list[int]:
        """The cents that the sandbox took for an order (its page's path), charge by charge, as redis-cli shows them."""
        entries = self._redis("XRANGE", "{payments}:sandbox:ledger", "-", "+")
        moves = [dict(zip(fields[::2], fields[1::2], strict=True)) for _, fields in entries]
        return [
            int(move["amount"])
            for move in moves
            if move["kind"] == "charge" and move["order"] == order.removeprefix("/orders/")
        ]

    def await_on_sale(self, ticket: str, version: int = 0) -> None:
        """Waits until the orders service, too, has heard of a ticket (its page's path) in this version or a later one."""
        key = "{orders}:ticket:" + ticket.removeprefix("/tickets/")

        def is_on_sale() -> bool:
            known = self._redis("HGET", key, "version")
            return known is not None and int(known) >= version

        wait_until(is_on_sale, within=20, what=f"orders of {ticket}")

    @contextmanager
    def without_redis(self) -> Iterator[None]:
        """Within it Redis answers nothing."""
        redis = int(re.search(r"process_id:(\d+)", self._redis_cli("INFO", "server"))[1])  # type: ignore[index]
        os.kill(redis, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(redis, signal.SIGCONT)

    def _redis(self, *command: str) -> Any:
        return json.loads(self._redis_cli("--json", *command))

    def _redis_cli(self, *arguments: str) -> str:
        command = ["redis-cli", "-p", self._redis_port, *arguments]
        return subprocess.run(command, check=True, capture_output=True, text=True, timeout=20).stdout

    def end(self) -> None:
        """Stops it as Ctrl-C does, its redis-server too; fails if it had ended before."""
        alive = self.is_alive
        try:
            self.terminate()
            self.wait(within=20)
        finally:
            self.stop()
        assert alive, "the platform died"
