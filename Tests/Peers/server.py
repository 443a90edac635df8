"""Starts the server under test: `rpc-test-server`, or what RPC_TEST_SERVER names."""

import os
import shlex
from collections.abc import Sequence
from pathlib import Path

from echo_service import EchoClient, connect
from process import Process

_ROOT = Path(__file__).resolve().parents[2]


def executable(name: str) -> list[str]:
    """The command that $NAME gives, else the product of that name in the package's build folder."""
    variable = name.upper().replace("-", "_")
    if command := os.environ.get(variable):
        return shlex.split(command)
    for configuration in ("release", "debug"):
        if (binary := _ROOT / ".build" / configuration / name).exists():
            return [str(binary)]
    raise AssertionError(f"{name} is not built: swift build --product {name}, or set {variable}")


class Server(Process):
    """An echo server that listens; `address` is what it printed."""

    def __init__(self, listen: str = "127.0.0.1:0", options: Sequence[str] = ()) -> None:
        super().__init__([*executable("rpc-test-server"), "--listen", listen, *options])
        try:
            self.address = self.line(0)
        except BaseException:
            self.stop()
            raise

    def client(self, **options: object) -> EchoClient:
        return connect(self.address, **options)
