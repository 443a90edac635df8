"""The real tickets service, `ticketing tickets`, on a redis-server of its own; and stubs and tokens to call it with."""

import base64
import hashlib
import hmac
import importlib
import json
import re
import socket
import sys
import time
from pathlib import Path
from types import ModuleType

from grpc_tools import protoc

from executables import executable
from process import START_TIMEOUT, Process

_PROTO = Path(__file__).resolve().parents[2] / "proto"
_JWT_KEY = "the peers' key of thirty-two bytes or more"


class TicketsService:
    """Both processes; `address` is where gRPC is served, `metrics_url` where its numbers are.

    Everything is kept in `folder`."""

    def __init__(self, folder: Path) -> None:
        redis_socket = folder / "redis.sock"
        self._redis = Process(["redis-server", "--port", "0", "--unixsocket", str(redis_socket), "--dir", str(folder)])
        try:
            _await_listener(redis_socket)
            environment = {
                "REDIS_URL": f"unix://{redis_socket}",
                "JWT_KEY": _JWT_KEY,
                "RPC_HOST": "127.0.0.1",
                "RPC_PORT": "0",
                "METRICS_HOST": "127.0.0.1",
                "METRICS_PORT": "0",
            }
            self._service = Process([*executable("ticketing"), "tickets"], environment=environment)
        except BaseException:
            self._redis.stop()
            raise
        try:
            # The two in any order.
            said = f"{self._service.line(0)}\n{self._service.line(1)}"
            listening = re.search(r"^ticketing tickets listens on (\S+)$", said, re.MULTILINE)
            measured = re.search(r"^ticketing tickets shows its metrics at (\S+)$", said, re.MULTILINE)
            assert listening and measured, f"it says: {said}"
            self.address, self.metrics_url = listening[1], measured[1]
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        self._service.stop()
        self._redis.stop()


def session_token(user_id: str, key: str = _JWT_KEY, **more: str) -> str:
    """A session as the auth service signs it: a JWT with HS256. With `service=…` it is that service's, for the user."""
    now = int(time.time())
    claims = {"id": user_id, "email": f"{user_id}@example.com", "iat": now, "exp": now + 60, **more}
    text = ".".join(_base64(json.dumps(part).encode()) for part in ({"alg": "HS256", "typ": "JWT"}, claims))
    return f"{text}.{_base64(hmac.digest(key.encode(), text.encode(), hashlib.sha256))}"


def generate_stubs(folder: Path) -> tuple[ModuleType, ModuleType]:
    """What protoc and grpc's plugin for Python make of our .proto files: messages and stubs of the tickets service."""
    file = _PROTO / "ticketing/tickets/v1/tickets.proto"
    arguments = ["protoc", f"-I{_PROTO}", f"--python_out={folder}", f"--grpc_python_out={folder}", str(file)]
    assert protoc.main(arguments) == 0
    sys.path.insert(0, str(folder))
    try:
        return tuple(importlib.import_module(f"ticketing.tickets.v1.tickets_{kind}") for kind in ("pb2", "pb2_grpc"))
    finally:
        sys.path.remove(str(folder))


def _await_listener(path: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT
    while True:
        with socket.socket(socket.AF_UNIX) as connection:
            try:
                return connection.connect(str(path))
            except OSError:
                assert time.monotonic() < deadline, "redis-server does not start"
        time.sleep(0.02)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
