"""Starts the server under test: `rpc-test-server`, or what RPC_TEST_SERVER names."""

from collections.abc import Sequence

from echo_service import EchoClient, connect
from executables import executable
from process import Process


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
