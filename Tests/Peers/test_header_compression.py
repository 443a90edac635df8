"""HPACK bombs and broken header blocks."""

import hpack
import pytest

from http2_wire import (
    END_HEADERS,
    END_STREAM,
    HEADERS,
    Connection,
    frame,
    request_headers,
)
from server import Server


def test_a_small_block_that_expands_to_a_huge_header_list_is_turned_away(
    attacked: Server, connection: Connection
) -> None:
    """One entry of 4,000 bytes in the dynamic table, named 16,000 times by one byte each: 64 MB."""
    bomb = connection.encoder.encode(request_headers(), huffman=False)
    bomb += b"\x40\x01b" + hpack.hpack.encode_integer(3_900, 7) + b"v" * 3_900
    bomb += b"\xbe" * (16_384 - len(bomb))
    connection.send(frame(HEADERS, END_HEADERS, 1, bomb))
    assert connection.pump(lambda: connection.closed or connection.streams[1].over)
    assert not connection.streams[1].messages


@pytest.mark.parametrize("count", [300, 14_000])
def test_a_header_list_above_16_kib_is_turned_away(attacked: Server, connection: Connection, count: int) -> None:
    """Static table index 16, accept-encoding: one byte on the wire, 61 bytes in the list."""
    block = connection.encoder.encode(request_headers(), huffman=False) + b"\x90" * count
    connection.send(frame(HEADERS, END_HEADERS, 1, block[:16_384]))
    stopped = connection.pump(lambda: connection.closed or connection.streams[1].over)
    assert stopped and not connection.streams[1].messages


@pytest.mark.parametrize(
    "block",
    [
        b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
        b"\xbf",
        b"\x80",
        b"\x3f\xe1\xff\xff\xff\x7f",
        b"\x40\x7f\xff\xff\xff\xff\x0f",
        b"\x40\x01x\x7f\xff\xff\x03short",
        b"\x40\x81\x00\x01x",
        b"\x82\x84\x86\x41",
    ],
    ids=[
        "endless integer", "index beyond the tables", "index 0", "table size update of 4 GiB", "name of 4 GiB",
        "value longer than the block", "bad Huffman code", "cut",
    ],
)  # fmt: skip
def test_broken_header_compression_closes_the_connection(
    attacked: Server, connection: Connection, block: bytes
) -> None:
    connection.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, block))
    assert connection.closes()
