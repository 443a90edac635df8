"""Our client and a server that floods it or breaks the rules of HTTP/2: contained, and the client still works."""

import struct
from collections.abc import Callable

import pytest

from http2_wire import (
    CONTINUATION,
    DATA,
    END_HEADERS,
    HEADERS,
    PING,
    SETTINGS,
    frame,
    message,
    ping,
    rst_stream,
    settings,
    window_update,
)
from our_client import OurClient
from patience import SOON
from scripted_server import Request, Script, ScriptedServer, outcome


def _flood(unit: Callable[[int], bytes], count: int = 100_000) -> Script:
    def script(request: Request) -> None:
        request.begin()
        burst = unit(request.stream) * 1000
        for _ in range(count // 1000):
            request.session.send(burst)
        request.send_data(message(b"survived"))
        request.end()

    return script


@pytest.mark.parametrize(
    "unit",
    [
        lambda stream: ping(1),
        lambda stream: frame(PING, 1, 0, bytes(8)),
        lambda stream: frame(SETTINGS, 0, 0),
        lambda stream: settings({4: 70_000}),
        lambda stream: frame(SETTINGS, 1, 0),
        lambda stream: frame(DATA, 0, stream),
        lambda stream: window_update(stream, 1),
        lambda stream: window_update(0, 1),
        lambda stream: frame(0x42, 0, 0, b"?"),
    ],
    ids=[
        "PING", "PING ACK", "empty SETTINGS", "SETTINGS", "SETTINGS ACK", "empty DATA", "WINDOW_UPDATE stream",
        "WINDOW_UPDATE connection", "unknown",
    ],
)  # fmt: skip
def test_a_flood_from_the_server_is_contained(
    liar: ScriptedServer, our: OurClient, unit: Callable[[int], bytes]
) -> None:
    result = outcome(liar, our, _flood(unit), timeout=10 * SOON)
    assert result.messages == [b"survived"] or result.code in ("UNAVAILABLE", "INTERNAL", "RESOURCE_EXHAUSTED")


def test_endless_continuation_from_the_server_is_contained(liar: ScriptedServer, our: OurClient) -> None:
    field = b"\x00\x09x-padding\x64" + b"v" * 100

    def script(request: Request) -> None:
        request.session.send(frame(HEADERS, 0, request.stream, b"\x88"))
        for _ in range(10_000):
            request.session.send(frame(CONTINUATION, 0, request.stream, field * 140))

    assert outcome(liar, our, script, timeout=10 * SOON).code in ("UNAVAILABLE", "INTERNAL", "RESOURCE_EXHAUSTED")


def test_a_header_bomb_from_the_server_is_contained(liar: ScriptedServer, our: OurClient) -> None:
    def script(request: Request) -> None:
        request.session.send(frame(HEADERS, END_HEADERS, request.stream, b"\x88" + b"\x90" * 16_000))

    assert outcome(liar, our, script, timeout=5 * SOON).code in (
        "UNAVAILABLE",
        "INTERNAL",
        "RESOURCE_EXHAUSTED",
        "UNKNOWN",
    )


@pytest.mark.parametrize(
    "wrong",
    [
        frame(DATA, 0, 0, b"x"),
        frame(DATA, 0, 777, b"x"),
        frame(HEADERS, END_HEADERS, 2, b"\x88"),
        frame(0x5, END_HEADERS, 1, struct.pack(">I", 2) + b"\x82"),
        frame(SETTINGS, 0, 0, b"abc"),
        settings({4: 0x8000_0000}),
        settings({5: 0}),
        window_update(0, 0),
        window_update(0, 0x7FFF_FFFF),
        frame(DATA, 0, 1, bytes(20_000)),
        frame(HEADERS, END_HEADERS, 3, b"\xff\xff\xff\xff\xff\xff\xff\xff\x7f"),
        rst_stream(0),
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n",
    ],
    ids=[
        "DATA on stream 0", "DATA on an idle stream", "HEADERS on an even stream", "PUSH_PROMISE",
        "SETTINGS of 3 bytes", "window above 2^31-1", "frame size 0", "WINDOW_UPDATE of 0", "window overflow",
        "frame above the limit", "bad HPACK", "RST_STREAM on stream 0", "HTTP/1.1",
    ],
)  # fmt: skip
def test_a_broken_rule_from_the_server_ends_the_connection(liar: ScriptedServer, our: OurClient, wrong: bytes) -> None:
    result = outcome(liar, our, lambda request: request.session.send(wrong), timeout=5 * SOON)
    assert result.code in ("UNAVAILABLE", "INTERNAL")
