"""Connections as grpcio keeps them: keepalive, slow readers, restarts, graceful shutdown."""

from collections.abc import Callable
from pathlib import Path

import grpc
import pytest

from echo_service import connect
from patience import SOON
from server import Server


def test_keepalive_pings_keep_a_quiet_call_alive(server: Server) -> None:
    client = server.client(
        grpc_keepalive_time_ms=1000, grpc_keepalive_timeout_ms=500, grpc_http2_max_pings_without_data=0
    )
    assert client.sleep(b"2500", timeout=10) is not None


def test_a_slow_reader_gets_everything_and_costs_no_memory(server: Server) -> None:
    client = server.client()
    assert client.echo(b"warm", timeout=5)
    with server.flat_memory(mebibytes=16):
        stream = client.flood(b"1000 65536", timeout=60)
        received = [len(next(stream))]
        server.await_idle()  # it has filled every window and waits for the reader
        received += [len(message) for message in stream]
    assert received == [65_536] * 1000


def test_twenty_readers_that_stop_cost_no_memory(server: Server) -> None:
    client = server.client()
    assert client.echo(b"warm", timeout=5)
    with server.flat_memory(mebibytes=32):
        streams = [client.flood(b"1000 65536", timeout=60) for _ in range(20)]
        assert [len(next(stream)) for stream in streams] == [65_536] * 20
        server.await_idle()
        assert client.echo(b"not behind them", timeout=5 * SOON) == b"not behind them"
        for stream in streams:
            stream.cancel()


def test_a_call_waits_for_a_server_that_is_not_there_yet(
    start_server: Callable[..., Server], socket_path: Path
) -> None:
    client = connect(f"unix:{socket_path}", grpc_initial_reconnect_backoff_ms=50, grpc_max_reconnect_backoff_ms=50)
    call = client.echo.future(b"early", timeout=30, wait_for_ready=True)
    with pytest.raises(grpc.RpcError) as failure:
        client.echo(b"impatient", timeout=5)
    assert failure.value.code() is grpc.StatusCode.UNAVAILABLE
    start_server(f"unix:{socket_path}")
    assert call.result() == b"early"


@pytest.mark.parametrize("transport", ["tcp", "unix"])
def test_a_channel_finds_a_server_that_was_killed_and_started_again(
    start_server: Callable[..., Server], socket_path: Path, transport: str
) -> None:
    first = start_server("127.0.0.1:0" if transport == "tcp" else f"unix:{socket_path}")
    client = connect(first.address, grpc_initial_reconnect_backoff_ms=50, grpc_max_reconnect_backoff_ms=50)
    assert client.echo(b"before", timeout=5) == b"before"
    interrupted = client.sleep.future(b"60000", timeout=30)
    assert client.echo(b"the call before has arrived", timeout=5)
    first.kill()
    assert interrupted.exception().code() is grpc.StatusCode.UNAVAILABLE
    start_server(first.address)  # the same port; the socket file of the dead server is still there
    assert client.echo(b"after", timeout=10, wait_for_ready=True) == b"after"


def test_a_server_told_to_stop_finishes_its_calls_first(start_server: Callable[..., Server]) -> None:
    server = start_server()
    client = server.client()
    calls = [client.sleep.future(b"700", timeout=10) for _ in range(10)]
    assert client.echo(b"the calls before have arrived", timeout=5)
    server.terminate()
    assert all(call.result() is not None for call in calls)
    assert server.wait(within=5 * SOON) == 0
    with pytest.raises(grpc.RpcError) as failure:
        server.client().echo(b"too late", timeout=5)
    assert failure.value.code() is grpc.StatusCode.UNAVAILABLE


def test_an_idle_connection_does_not_hold_up_the_end(start_server: Callable[..., Server]) -> None:
    server = start_server()
    client = server.client()
    assert client.echo(b"then idle", timeout=5)
    server.terminate()
    assert server.wait(within=5 * SOON) == 0
