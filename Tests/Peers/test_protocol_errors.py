"""Frames that HTTP/2 forbids, and peers that speak something else: the connection is closed."""

import pytest

from http2_wire import (
    CONTINUATION,
    DATA,
    END_HEADERS,
    HEADERS,
    INITIAL_WINDOW_SIZE,
    SETTINGS,
    Connection,
    frame,
    ping,
    request_headers,
    rst_stream,
    settings,
    window_update,
)
from server import Server


@pytest.mark.parametrize(
    "wrong",
    [
        frame(DATA, 0, 1, b"x"),
        frame(DATA, 0, 0, b"x"),
        frame(HEADERS, END_HEADERS, 0, b"\x82"),
        frame(HEADERS, END_HEADERS, 2, b"\x82"),
        frame(CONTINUATION, END_HEADERS, 1, b"\x82"),
        frame(SETTINGS, 0, 0, b"abc"),
        frame(SETTINGS, 0, 1),
        frame(SETTINGS, 0x1, 0, bytes(6)),
        settings({INITIAL_WINDOW_SIZE: 0x8000_0000}),
        settings({0x5: 1}),
        settings({0x2: 7}),
        ping(1)[:-1].replace(b"\x08\x06", b"\x07\x06"),
        frame(0x6, 0, 3, bytes(8)),
        rst_stream(1),
        rst_stream(0),
        window_update(0, 0),
        window_update(0, 0x7FFF_FFFF),
        window_update(1, 1),
        frame(0x5, END_HEADERS, 1, bytes(4)),
        frame(DATA, 0, 1, bytes(16_385)),
        frame(0x42, 0, 0, bytes(2_000_000)),
        frame(0x7, 0, 0, b""),
    ],
    ids=[
        "DATA on an idle stream", "DATA on stream 0", "HEADERS on stream 0", "HEADERS on an even stream",
        "CONTINUATION of nothing", "SETTINGS of 3 bytes", "SETTINGS on a stream", "SETTINGS ACK with values",
        "window above 2^31-1", "frame size below 16384", "push neither on nor off", "PING of 7 bytes",
        "PING on a stream", "RST_STREAM on an idle stream", "RST_STREAM on stream 0", "WINDOW_UPDATE of 0",
        "window overflow", "WINDOW_UPDATE on an idle stream", "PUSH_PROMISE from a client", "frame above the limit",
        "unknown frame of 2 MB", "GOAWAY of 0 bytes",
    ],
)  # fmt: skip
def test_a_broken_connection_rule_closes_the_connection(attacked: Server, connection: Connection, wrong: bytes) -> None:
    connection.send(wrong)
    assert connection.closes()


def test_stream_numbers_that_go_backwards_close_the_connection(attacked: Server, connection: Connection) -> None:
    block = connection.encoder.encode(request_headers("Sleep"), huffman=False)
    connection.send(frame(HEADERS, END_HEADERS, 5, block), frame(HEADERS, END_HEADERS, 3, block))
    assert connection.closes()


@pytest.mark.parametrize(
    "hello",
    [
        b"PRI * HTTP/2.0\r\n\r\nXX\r\n\r\n" + settings({}),
        b"\x00" * 64,
        b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"POST /ticketing.test.v1.EchoService/Echo HTTP/1.1\r\nContent-Length: 5\r\n\r\n12345",
        bytes.fromhex("16030100c8010000c403035e") + bytes(200),
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + ping(),
    ],
    ids=["garbage preface", "zeros", "HTTP/1.1 GET", "HTTP/1.1 POST", "TLS hello", "no SETTINGS first"],
)
def test_a_peer_that_speaks_something_else_is_closed(attacked: Server, hello: bytes) -> None:
    with Connection(attacked.address, preface=False) as connection:
        connection._take = lambda received: None  # type: ignore[method-assign]  # whatever it says before it goes
        connection.send(hello)
        assert connection.closes()


def test_data_beyond_the_window_is_an_error(attacked: Server, connection: Connection) -> None:
    stream = connection.open(request_headers())
    for _ in range(2_000):
        connection.send(frame(DATA, 0, stream, bytes(16_384)))
        if connection.closed or connection.streams[stream].over:
            break
    assert connection.streams[stream].over or connection.closes()
