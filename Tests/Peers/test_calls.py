"""Unary calls and server streams as grpcio makes them."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import grpc
import pytest

from echo_service import MESSAGE_LIMIT, SERVICE, EchoClient, returned
from server import Server


@pytest.mark.parametrize("message", [b"", b"x", "zwölf €".encode(), bytes(range(256)) * 64], ids=len)
def test_echo_answers_the_bytes_it_got(client: EchoClient, message: bytes) -> None:
    assert client.echo(message, timeout=5) == message


def test_sleep_answers_after_its_time(client: EchoClient) -> None:
    assert client.sleep(b"50", timeout=5) is not None


def test_a_stream_sends_every_message_in_order_then_ok(client: EchoClient) -> None:
    call = client.flood(b"1000 100", timeout=10)
    assert [len(message) for message in call] == [100] * 1000
    assert call.code() is grpc.StatusCode.OK


def test_a_stream_of_nothing_is_ok(client: EchoClient) -> None:
    call = client.flood(b"0 0", timeout=5)
    assert list(call) == []
    assert call.code() is grpc.StatusCode.OK


def test_empty_messages_are_messages(client: EchoClient) -> None:
    assert list(client.flood(b"5 0", timeout=5)) == [b""] * 5


@pytest.mark.parametrize("size", [65_535, 65_536, MESSAGE_LIMIT - 5, MESSAGE_LIMIT])
def test_messages_up_to_the_limit_pass_both_ways(client: EchoClient, size: int) -> None:
    message = bytes(index & 0xFF for index in range(256)) * (size // 256) + bytes(size % 256)
    assert client.echo(message, timeout=10) == message


def test_large_messages_pass_at_the_same_time_on_one_connection(client: EchoClient) -> None:
    messages = [bytes([index]) * (MESSAGE_LIMIT - index) for index in range(24)]
    calls = [client.echo.future(message, timeout=30) for message in messages]
    assert [call.result() for call in calls] == messages


def test_a_stream_of_large_messages_arrives_whole(client: EchoClient) -> None:
    assert sum(len(message) for message in client.flood(b"40 1000000", timeout=30)) == 40_000_000


def test_one_channel_carries_more_calls_than_the_server_takes_streams(client: EchoClient) -> None:
    calls = [client.sleep.future(b"100", timeout=20) for _ in range(350)]
    assert all(call.result() is not None for call in calls)


def test_many_threads_share_one_channel(client: EchoClient) -> None:
    def echo(number: int) -> bool:
        return client.echo(b"%d" % number, timeout=20) == b"%d" % number

    with ThreadPoolExecutor(16) as threads:
        assert all(threads.map(echo, range(3000)))


def test_streams_and_calls_share_one_channel(client: EchoClient) -> None:
    streams = [client.ticks(b"", timeout=20) for _ in range(20)]
    ticks = [int(next(stream)) for stream in streams]
    assert client.echo(b"between", timeout=5) == b"between"
    later = [int(next(stream)) for stream in streams]
    assert all(second > first for first, second in zip(ticks, later, strict=True))
    for stream in streams:
        stream.cancel()


@pytest.mark.parametrize(
    "path",
    [f"/{SERVICE}/NoSuchMethod", "/no.such.Service/Echo", f"/{SERVICE}/echo", f"/{SERVICE}", "/", "//", "/a/b/c"],
)
def test_an_unknown_method_is_unimplemented(client: EchoClient, path: str) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        client.unary(path)(b"", timeout=5)
    assert failure.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert client.echo(b"still", timeout=5) == b"still"


def test_metadata_comes_back(client: EchoClient) -> None:
    sent = [("echo-one", "1"), ("echo-two", "with space, comma; and ~tilde"), ("echo-one", "again")]
    _, call = client.echo.with_call(b"", timeout=5, metadata=sent)
    assert ", ".join(map(str, returned(call, "echo-one"))) == "1, again"
    assert returned(call, "echo-two") == ["with space, comma; and ~tilde"]


@pytest.mark.parametrize("value", [b"", b"\0\xff\xfe binary", bytes(range(256))], ids=len)
def test_binary_metadata_comes_back(client: EchoClient, value: bytes) -> None:
    _, call = client.echo.with_call(b"", timeout=5, metadata=[("echo-value-bin", value)])
    assert returned(call, "echo-value-bin") == [value]


def test_long_metadata_below_the_header_limit_passes(client: EchoClient) -> None:
    value = "v" * 4_000
    sent = [("echo-long", value), ("x-other", "w" * 10_000)]
    _, call = client.echo.with_call(b"", timeout=5, metadata=sent)
    assert returned(call, "echo-long") == [value]


def test_a_unix_socket_serves_as_tcp_does(start_server: Callable[..., Server], socket_path: Path) -> None:
    server = start_server(f"unix:{socket_path}")
    assert server.address == f"unix:{socket_path}"
    client = server.client()
    assert client.echo(b"over a file", timeout=5) == b"over a file"
    assert len(list(client.flood(b"100 1000", timeout=5))) == 100
    with pytest.raises(grpc.RpcError) as failure:
        client.sleep(b"60000", timeout=0.1)
    assert failure.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
    client.channel.close()
