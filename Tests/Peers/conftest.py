"""Fixtures. A server that several tests share gets only honest calls; abuse starts one of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from certificates import Certificates
from echo_service import EchoClient
from honest import HonestCaller
from http2_wire import Connection
from our_client import OurClient
from scripted_server import ScriptedServer
from server import Server


@pytest.fixture(scope="module")
def shared_server() -> Iterator[Server]:
    server = Server()
    yield server
    alive = server.is_alive
    server.stop()
    assert alive, "the server died"


@pytest.fixture
def client(shared_server: Server) -> Iterator[EchoClient]:
    client = shared_server.client()
    yield client
    client.channel.close()


@pytest.fixture
def start_server() -> Iterator[Callable[..., Server]]:
    """Starts servers of the test's own; they are stopped after it."""
    servers: list[Server] = []

    def start(*arguments: object, **keywords: object) -> Server:
        servers.append(Server(*arguments, **keywords))  # type: ignore[arg-type]
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def server(start_server: Callable[..., Server]) -> Iterator[Server]:
    """A server of the test's own that must outlive it."""
    server = start_server()
    yield server
    assert server.is_alive, "the server died"


@pytest.fixture
def honest(server: Server) -> Iterator[HonestCaller]:
    with Connection(server.address) as first:
        assert first.echo()
    with HonestCaller(server) as honest:
        yield honest


@pytest.fixture
def attacked(server: Server, honest: HonestCaller) -> Iterator[Server]:
    """The test's own server: whatever is done to it, an honest caller gets right answers and memory stays flat."""
    with server.flat_memory(mebibytes=24):
        yield server


@pytest.fixture
def connection(attacked: Server) -> Iterator[Connection]:
    """A connection to attack with."""
    with Connection(attacked.address) as connection:
        yield connection


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return Certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture
def socket_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Short enough for sun_path (108 bytes)."""
    return tmp_path_factory.mktemp("s") / "s"


@pytest.fixture
def liar() -> Iterator[ScriptedServer]:
    """A server that answers each call but Echo as its script says."""
    with ScriptedServer() as server:
        yield server


@pytest.fixture
def our(liar: ScriptedServer) -> Iterator[OurClient]:
    """Our client, connected to the liar. It must still work after the test, and its memory stays flat."""
    client = OurClient(liar.address)
    try:
        assert client.echoes(b"warm")
        with client.flat_memory(mebibytes=16):
            yield client
            assert client.is_alive, "the client died"
            assert client.echoes(b"after"), "the client is of no more use"
    finally:
        client.stop()
