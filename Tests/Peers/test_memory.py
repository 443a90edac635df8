"""Peers that make the server hold what they do not take, or never finish: memory stays within the fixture's bound."""

from honest import HonestCaller
from http2_wire import (
    DATA,
    END_STREAM,
    INITIAL_WINDOW_SIZE,
    Connection,
    frame,
    message,
    request_headers,
    window_update,
)
from patience import SOON
from server import Server


def test_answers_that_find_no_window_cost_no_memory(attacked: Server) -> None:
    """A peer that never opens its window: 95 answers of 1 MB once were 112 MB."""
    with Connection(attacked.address, settings_values={INITIAL_WINDOW_SIZE: 0}, opens_windows=False) as connection:
        for _ in range(95):
            stream = connection.open(request_headers())
            connection.send(_data_frames(stream, message(bytes(1_000_000))), within=2 * SOON)
            if connection.closed:
                break
        connection.quiet()


def test_streams_that_find_no_window_cost_no_memory(attacked: Server) -> None:
    with Connection(attacked.address, settings_values={INITIAL_WINDOW_SIZE: 0}, opens_windows=False) as connection:
        for _ in range(95):
            stream = connection.open(request_headers("Flood"))
            connection.send(frame(DATA, END_STREAM, stream, message(b"1000 100000")))
        connection.quiet()


def test_a_deadline_ends_a_call_that_finds_no_window(attacked: Server) -> None:
    with Connection(attacked.address, settings_values={INITIAL_WINDOW_SIZE: 0}, opens_windows=False) as connection:
        stream = connection.open(request_headers("Flood", timeout="200m"))
        connection.send(frame(DATA, END_STREAM, stream, message(b"1000 100000")))
        assert connection.outcome(stream, 0.2 + SOON).over or connection.closed


def test_a_peer_that_never_reads_its_socket_costs_no_memory(attacked: Server, honest: HonestCaller) -> None:
    with Connection(
        attacked.address, settings_values={INITIAL_WINDOW_SIZE: 0x7FFF_FFFF}, opens_windows=False
    ) as connection:
        connection.send(window_update(0, 0x7FFF_0000))
        for _ in range(50):
            stream, block = connection.prepare(request_headers("Flood"))
            connection.send(block, frame(DATA, END_STREAM, stream, message(b"1000 100000")), reads=False)
        honest.await_answers(300)


def _data_frames(stream: int, body: bytes, end: bool = True) -> bytes:
    chunks = [body[index : index + 16_384] for index in range(0, len(body), 16_384)]
    last = END_STREAM if end else 0
    return b"".join(
        frame(DATA, last if index == len(chunks) - 1 else 0, stream, chunk) for index, chunk in enumerate(chunks)
    )


def _send_what_fits(connection: Connection, stream: int, body: bytes, sent_before: int) -> int:
    """Sends `body` as far as the server opens windows for it; answers how far."""
    initial = (connection.settings or {}).get(INITIAL_WINDOW_SIZE, 65_535)
    sent = 0

    def room() -> int:
        of_stream = initial + connection.window_updates.get(stream, 0) - sent
        of_connection = 65_535 + connection.window_updates.get(0, 0) - sent_before - sent
        return min(of_stream, of_connection, len(body) - sent, 16_384)

    while sent < len(body) and connection.pump(lambda: room() > 0, 0.2) and not connection.closed:
        size = room()
        connection.send(frame(DATA, 0, stream, body[sent : sent + size]))
        sent += size
    return sent


def test_requests_that_never_end_cost_no_memory(attacked: Server, connection: Connection) -> None:
    """95 requests that stop one byte short of 1 MiB. The sender keeps to the windows that the server opens."""
    sent = 0
    for _ in range(95):
        stream = connection.open(request_headers(timeout="30S"))
        sent += _send_what_fits(connection, stream, message(bytes(1_048_575), length=1_048_576), sent)
    assert sent > 0
