"""Deadlines and cancellation: the caller gets its status, and the handler's task ends."""

import time

import grpc
import pytest

from echo_service import EchoClient
from patience import SOON
from server import Server


def test_a_call_past_its_deadline_fails_and_its_handler_is_cancelled(server: Server) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        server.client().sleep(b"60000", timeout=0.2)
    assert failure.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    server.await_count("cancelled", 1)


def test_a_stream_past_its_deadline_fails_and_its_handler_is_cancelled(server: Server) -> None:
    stream = server.client().ticks(b"", timeout=0.3)
    with pytest.raises(grpc.RpcError) as failure:
        for _ in stream:
            pass
    assert failure.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    server.await_count("cancelled", 1)


def test_a_cancelled_call_cancels_its_handler(server: Server) -> None:
    client = server.client()
    call = client.sleep.future(b"60000", timeout=30)
    assert client.echo(b"the call before has arrived", timeout=5)
    call.cancel()
    server.await_count("cancelled", 1)


def test_a_cancelled_stream_cancels_its_handler(server: Server) -> None:
    stream = server.client().ticks(b"", timeout=30)
    assert int(next(stream)) >= 0
    stream.cancel()
    server.await_count("cancelled", 1)


def test_a_lost_connection_cancels_every_handler_on_it(server: Server) -> None:
    client = server.client()
    calls = [client.sleep.future(b"60000", timeout=30) for _ in range(20)]
    assert client.echo(b"the calls before have arrived", timeout=5)
    client.channel.close()
    server.await_count("cancelled", len(calls))


def test_a_deadline_far_away_does_no_harm(client: EchoClient) -> None:
    assert client.echo(b"later", timeout=10 * 365 * 86_400) == b"later"


def test_500_deadlines_within_a_second_lose_no_other_call(server: Server) -> None:
    client = server.client()
    start = time.monotonic()
    doomed = []
    answered = 0
    for number in range(500):
        doomed.append(client.sleep.future(b"60000", timeout=0.05 + number % 10 * 0.01))
        if number % 60 == 59:  # below the server's 100 streams, so that each reaches the server
            assert client.echo(b"%d" % number, timeout=10) == b"%d" % number
            answered += 1
            while sum(not call.done() for call in doomed) > 20:
                time.sleep(0.001)
    codes = {call.exception().code() for call in doomed}
    assert codes == {grpc.StatusCode.DEADLINE_EXCEEDED}
    assert time.monotonic() - start < 5 * SOON and answered == 8
    assert client.echo(b"after", timeout=5) == b"after"
    server.await_count("cancelled", 450, within=5)
