"""Floods of frames that are legal one by one. Each is contained: its connection is closed, or still works."""

import struct
from collections.abc import Callable

import pytest

from http2_wire import (
    CONTINUATION,
    DATA,
    END_STREAM,
    HEADERS,
    INITIAL_WINDOW_SIZE,
    PRIORITY,
    SETTINGS,
    Connection,
    frame,
    message,
    ping,
    request_headers,
    rst_stream,
    settings,
    window_update,
)
from patience import SOON
from server import Server

#: Frames in one flood.
FLOOD = 100_000


def test_rapid_reset_closes_the_connection(attacked: Server, connection: Connection) -> None:
    """CVE-2023-44487."""
    for _ in range(10_000):
        stream, block = connection.prepare(request_headers("Sleep"))
        connection.send(block, frame(DATA, END_STREAM, stream, message(b"60000")), rst_stream(stream))
        if connection.closed:
            break
    assert connection.closes()


def test_rapid_reset_in_one_write_closes_the_connection(attacked: Server, connection: Connection) -> None:
    burst = bytearray()
    for _ in range(10_000):
        stream, block = connection.prepare(request_headers("Sleep"))
        burst += block + rst_stream(stream)
    connection.send(bytes(burst))
    assert connection.closes()


def _closed_stream_data(stream: int) -> bytes:
    return frame(DATA, END_STREAM, stream, message(b"60000")) + frame(DATA, 0, stream, b"after the end")


@pytest.mark.parametrize(
    "provoke",
    [
        _closed_stream_data,
        lambda stream: window_update(stream, 0),
        lambda stream: window_update(stream, 0x7FFF_FFFF),
        lambda stream: frame(PRIORITY, 0, stream, struct.pack(">IB", stream, 0)),
    ],
    ids=["DATA after END_STREAM", "WINDOW_UPDATE 0", "window overflow", "depends on itself"],
)
def test_making_the_server_reset_closes_the_connection(
    attacked: Server, connection: Connection, provoke: Callable[[int], bytes]
) -> None:
    """CVE-2025-8671: the resets are the server's own, so a limit on the client's does not see them."""
    for _ in range(10_000):
        stream, block = connection.prepare(request_headers("Sleep"))
        connection.send(block, provoke(stream))
        if connection.closed:
            break
    assert connection.closes() or connection.echo()


def test_requests_that_break_a_rule_of_grpc_do_not_pile_up(attacked: Server, connection: Connection) -> None:
    for _ in range(10_000):
        stream, block = connection.prepare(request_headers(content_type="text/plain"))
        connection.send(block)
        if connection.closed:
            break
    assert connection.closes() or connection.echo()


def _literal(name: bytes, value: bytes) -> bytes:
    """A header field that enters no table, below 127 bytes each."""
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


@pytest.mark.parametrize("fragment", [_literal(b"x-padding", b"v" * 100) * 140, b""], ids=["full", "empty"])
def test_endless_continuation_closes_the_connection(attacked: Server, connection: Connection, fragment: bytes) -> None:
    connection.send(frame(HEADERS, 0, 1, connection.encoder.encode(request_headers())))
    for _ in range(FLOOD):
        connection.send(frame(CONTINUATION, 0, 1, fragment))
        if connection.closed:
            break
    assert connection.closes()


def _parked(connection: Connection) -> int:
    """An open call whose request has not ended."""
    return connection.open(request_headers())


@pytest.mark.parametrize(
    "unit",
    [
        lambda stream: frame(SETTINGS, 0, 0),
        lambda stream: settings({INITIAL_WINDOW_SIZE: 65_535}),
        lambda stream: ping(7),
        lambda stream: frame(DATA, 0, stream),
        lambda stream: frame(DATA, 0x8, stream, b"\x00"),
        lambda stream: window_update(0, 1),
        lambda stream: window_update(stream, 1),
        lambda stream: frame(PRIORITY, 0, stream, struct.pack(">IB", 0, 1)),
    ],
    ids=[
        "empty SETTINGS", "SETTINGS", "PING", "empty DATA", "padded empty DATA",
        "WINDOW_UPDATE connection", "WINDOW_UPDATE stream", "PRIORITY",
    ],
)  # fmt: skip
@pytest.mark.parametrize("reads", [True, False], ids=["reading", "not reading"])
def test_a_flood_of_control_frames_is_contained(
    attacked: Server, connection: Connection, unit: Callable[[int], bytes], reads: bool
) -> None:
    connection.send(unit(_parked(connection)) * FLOOD, reads=reads, within=5 * SOON)
    if connection.closes():
        return
    assert connection.unsent == 0, "the server neither reads on nor closes"
    assert connection.echo()


@pytest.mark.parametrize(
    "unit",
    [
        lambda stream: frame(SETTINGS, 0, 0),
        lambda stream: ping(7),
        lambda stream: frame(DATA, 0, stream),
        lambda stream: window_update(0, 1),
    ],
    ids=["SETTINGS", "PING", "empty DATA", "WINDOW_UPDATE"],
)
def test_a_flood_without_end_closes_the_connection(
    attacked: Server, connection: Connection, unit: Callable[[int], bytes]
) -> None:
    burst = unit(_parked(connection)) * 10_000
    for _ in range(50):
        connection.send(burst, within=5 * SOON)
        if connection.closed:
            break
    assert connection.closes()
