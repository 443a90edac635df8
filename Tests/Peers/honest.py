"""A peer that behaves: calls Echo all the time on a connection of its own and checks every answer."""

import threading
import time

import grpc

from patience import SOON, wait_until
from server import Server


class HonestCaller:
    """Use as a context manager around abuse: at its end every call must have been right, and answered soon."""

    def __init__(self, server: Server) -> None:
        self._client = server.client()
        self._stop = threading.Event()
        self._answered = 0
        self._trouble: list[str] = []
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "HonestCaller":
        assert self._client.echo(b"first", timeout=10, wait_for_ready=True) == b"first"
        self._thread.start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        seen = self._answered
        deadline = time.monotonic() + 5 * SOON
        while kind is None and self._answered < seen + 3 and not self._trouble and time.monotonic() < deadline:
            time.sleep(0.005)
        self._stop.set()
        self._thread.join()
        self._client.channel.close()
        if kind is None:
            assert not self._trouble, f"an honest caller on another connection: {self._trouble[:3]}"
            assert self._answered >= seen + 3, "an honest caller on another connection got no more answers"

    def await_answers(self, count: int, within: float = 30.0) -> None:
        """Waits for `count` more answers: time enough for the server to have done what others asked for."""
        target = self._answered + count
        wait_until(lambda: self._answered >= target or self._trouble, within, f"{count} more answers")

    def _run(self) -> None:
        number = 0
        while not self._stop.is_set() and len(self._trouble) < 10:
            number += 1
            message = b"honest %d" % number
            try:
                if (answer := self._client.echo(message, timeout=SOON)) != message:
                    self._trouble.append(f"call {number} got {answer!r}")
                self._answered += 1
            except grpc.RpcError as error:
                self._trouble.append(f"call {number}: {error.code()} {error.details()}")
            self._stop.wait(0.002)
