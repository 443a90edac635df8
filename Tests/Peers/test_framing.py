"""Requests that are wrong at the level of gRPC or HTTP: each gets the right status, and its connection goes on."""

from collections.abc import Callable, Iterator

import pytest

from echo_service import MESSAGE_LIMIT
from honest import HonestCaller
from http2_wire import (
    CANCEL,
    DATA,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEADERS,
    Connection,
    frame,
    message,
    ping,
    request_headers,
    rst_stream,
)
from patience import SOON
from server import Server

CANCELLED, INVALID_ARGUMENT, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNIMPLEMENTED, INTERNAL = 1, 3, 4, 8, 12, 13

#: What gRPC implementations answer to a message that is cut, missing or one too many.
BAD_MESSAGE = (INVALID_ARGUMENT, UNIMPLEMENTED, INTERNAL)


@pytest.fixture(scope="module")
def raw_server() -> Iterator[Server]:
    server = Server()
    with HonestCaller(server), server.flat_memory(mebibytes=32):
        yield server
    server.stop()


@pytest.fixture
def connection(raw_server: Server) -> Iterator[Connection]:
    with Connection(raw_server.address) as connection:
        yield connection
    assert raw_server.is_alive, "the server died"


def test_a_plain_call_is_answered_as_grpc_says(connection: Connection) -> None:
    outcome = connection.call(message(b"hello"))
    assert outcome.header(":status") == "200"
    assert (outcome.header("content-type") or "").startswith("application/grpc")
    assert outcome.messages == [b"hello"] and outcome.grpc_status == 0
    assert len(outcome.blocks) == 2 and outcome.ended, "headers, messages, trailers"


def test_a_failed_call_sends_its_status_with_http_200(connection: Connection) -> None:
    outcome = connection.call(message(b"NOT_FOUND 50 % gr\xc3\xbcn REASON"), method="Fail")
    assert outcome.header(":status") == "200" and outcome.grpc_status == 5
    assert outcome.header("grpc-message") == "50 %25 gr%C3%BCn"


def test_a_message_may_come_byte_by_byte(connection: Connection) -> None:
    stream = connection.open(request_headers())
    for byte in message(b"slowly"):
        connection.send(frame(DATA, 0, stream, bytes([byte])))
    connection.send(frame(DATA, END_STREAM, stream))
    assert connection.outcome(stream).messages == [b"slowly"]


def test_padding_is_not_part_of_the_message(connection: Connection) -> None:
    stream = connection.open(request_headers())
    connection.send(frame(DATA, END_STREAM | 0x8, stream, bytes([200]) + message(b"padded") + bytes(200)))
    assert connection.outcome(stream).messages == [b"padded"]


@pytest.mark.parametrize(
    "content_type", ["application/grpc+proto", "application/grpc;charset=utf-8", "application/grpc"]
)
def test_every_content_type_of_grpc_is_taken(connection: Connection, content_type: str) -> None:
    assert connection.call(message(b"x"), content_type=content_type).messages == [b"x"]


@pytest.mark.parametrize(
    "content_type", [None, "text/plain", "application/json", "application/grpcx", "", "application/grpc-web"]
)
def test_another_content_type_is_turned_away(connection: Connection, content_type: str | None) -> None:
    outcome = connection.call(message(b"x"), content_type=content_type)
    refused = outcome.header(":status") == "415" or outcome.grpc_status in BAD_MESSAGE or outcome.reset is not None
    assert refused and not outcome.messages
    assert connection.echo()


@pytest.mark.parametrize(
    "path", ["/nobody.knows/This", "/", "", "*", "no-slash", "/ticketing.test.v1.EchoService/Echo/", "/" + "x" * 8000]
)
def test_a_path_that_names_no_method_is_unimplemented(connection: Connection, path: str) -> None:
    outcome = connection.call(message(b"x"), pseudo_path=path)
    assert (
        outcome.grpc_status == UNIMPLEMENTED or outcome.reset is not None or outcome.header(":status") in ("400", "404")
    )
    assert connection.echo() or connection.closed


@pytest.mark.parametrize("verb", ["GET", "PUT", "post", ""])
def test_another_verb_is_turned_away(connection: Connection, verb: str) -> None:
    outcome = connection.call(message(b"x"), pseudo_method=verb)
    assert not outcome.messages and (outcome.over or connection.closes())


@pytest.mark.parametrize("missing", ["pseudo_method", "pseudo_path", "pseudo_scheme"])
def test_a_missing_pseudo_header_is_a_protocol_error(connection: Connection, missing: str) -> None:
    outcome = connection.call(message(b"x"), **{missing: None})
    assert not outcome.messages and (outcome.over or connection.closes())


@pytest.mark.parametrize(
    "extra",
    [
        [("Upper-Case", "x")],
        [("connection", "keep-alive")],
        [("transfer-encoding", "chunked")],
        [("te", "gzip")],
        [(":path", "/twice/Twice")],
        [(":late", "x")],
        [("content-length", "3")],
    ],
    ids=lambda extra: extra[0][0],
)
def test_headers_that_http2_forbids_are_turned_away(connection: Connection, extra: list[tuple[str, str]]) -> None:
    stream = connection.open(request_headers() + extra)
    connection.send(frame(DATA, END_STREAM, stream, message(b"x")))
    outcome = connection.outcome(stream)
    assert not outcome.messages and (outcome.over or connection.closes())


def test_a_length_of_4_gib_is_resource_exhausted_at_once(connection: Connection) -> None:
    stream = connection.open(request_headers())
    connection.send(frame(DATA, 0, stream, message(b"the rest never comes", length=0xFFFF_FFFF)))
    assert connection.outcome(stream, SOON).grpc_status == RESOURCE_EXHAUSTED
    assert connection.echo()


def test_one_byte_over_the_limit_is_resource_exhausted_at_once(connection: Connection) -> None:
    stream = connection.open(request_headers())
    connection.send(frame(DATA, 0, stream, message(b"", length=MESSAGE_LIMIT + 1)))
    assert connection.outcome(stream, SOON).grpc_status == RESOURCE_EXHAUSTED
    assert connection.echo()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "nonsense"])
def test_a_compressed_message_is_unimplemented(connection: Connection, encoding: str) -> None:
    outcome = connection.call(message(b"zipped", compressed=1), grpc_encoding=encoding)
    assert outcome.grpc_status == UNIMPLEMENTED
    assert connection.echo()


def test_a_compressed_flag_without_an_encoding_is_an_error(connection: Connection) -> None:
    assert connection.call(message(b"zipped", compressed=1)).grpc_status in (UNIMPLEMENTED, INTERNAL)
    assert connection.echo()


@pytest.mark.parametrize("flag", [2, 128, 255])
def test_an_unknown_compressed_flag_is_an_error(connection: Connection, flag: int) -> None:
    assert connection.call(message(b"x", compressed=flag)).grpc_status in BAD_MESSAGE
    assert connection.echo()


@pytest.mark.parametrize(
    "body",
    [b"", b"\0", b"\0\0\0\0", message(b"five!", length=10), message(b"x") + b"\0\0", message(b"one") + message(b"two")],
    ids=["none", "1 byte of prefix", "4 bytes of prefix", "cut", "bytes left over", "two messages"],
)
def test_a_unary_call_takes_exactly_one_message(connection: Connection, body: bytes) -> None:
    outcome = connection.call(body)
    assert outcome.grpc_status in BAD_MESSAGE and not outcome.messages
    assert connection.echo()


def test_a_call_without_a_body_is_an_error(connection: Connection) -> None:
    stream = connection.open(request_headers(), end=True)
    assert connection.outcome(stream).grpc_status in BAD_MESSAGE
    assert connection.echo()


@pytest.mark.parametrize("timeout", ["0n", "0H", "1n"])
def test_a_deadline_that_has_passed_is_deadline_exceeded(connection: Connection, timeout: str) -> None:
    assert connection.call(message(b"60000"), method="Sleep", timeout=timeout).grpc_status == DEADLINE_EXCEEDED
    assert connection.echo()


@pytest.mark.parametrize("timeout", ["99999999H", "99999999M", "99999999n", "00000001H"])
def test_the_longest_deadlines_are_deadlines(connection: Connection, timeout: str) -> None:
    assert connection.call(message(b"x"), timeout=timeout).messages == [b"x"]


@pytest.mark.parametrize(
    "timeout", ["", "1", "S", "x", "-1S", "+1S", "1.5S", "1 S", "1s", "999999999S", "18446744073709551616n", "٣S"]
)
def test_a_malformed_deadline_is_an_error(connection: Connection, timeout: str) -> None:
    outcome = connection.call(message(b"x"), timeout=timeout)
    assert (
        outcome.grpc_status in (INVALID_ARGUMENT, INTERNAL)
        or outcome.header(":status") == "400"
        or outcome.reset is not None
    )
    assert connection.echo()


def test_the_server_keeps_the_deadline_by_itself(raw_server: Server, connection: Connection) -> None:
    before = raw_server.count("cancelled")
    outcome = connection.call(message(b"60000"), method="Sleep", timeout="100m", within=0.1 + SOON)
    assert outcome.grpc_status == DEADLINE_EXCEEDED
    raw_server.await_count("cancelled", before + 1)


def test_a_deadline_passes_while_the_request_is_still_coming(connection: Connection) -> None:
    stream = connection.open(request_headers(timeout="100m"))
    connection.send(frame(DATA, 0, stream, message(b"half", length=8)))
    outcome = connection.outcome(stream, 0.1 + SOON)
    assert outcome.grpc_status == DEADLINE_EXCEEDED or outcome.reset is not None
    assert connection.echo()


def test_500_deadlines_within_a_second_lose_no_other_call(raw_server: Server) -> None:
    with Connection(raw_server.address) as connection:
        doomed: list[int] = []
        for number in range(500):
            live = [stream for stream in doomed if not connection.streams[stream].over]
            if len(live) >= 80:
                assert connection.outcome(live[0]).over
            doomed.append(connection.open(request_headers("Sleep", timeout="100m")))
            connection.send(frame(DATA, END_STREAM, doomed[-1], message(b"60000")))
            if number % 50 == 0:
                assert connection.echo(b"%d" % number)
        assert connection.pump(lambda: all(connection.streams[stream].over for stream in doomed), 2 * SOON)
        assert {connection.streams[stream].grpc_status for stream in doomed} == {DEADLINE_EXCEEDED}
        assert connection.echo()


def test_500_cancellations_within_a_second_lose_no_other_call(raw_server: Server) -> None:
    with Connection(raw_server.address) as connection:
        for number in range(500):
            stream = connection.open(request_headers("Sleep", timeout="60S"))
            connection.send(frame(DATA, END_STREAM, stream, message(b"60000")))
            if number % 10 == 0:
                assert connection.echo(b"%d" % number), f"after {number} cancelled calls; GOAWAY {connection.goaway}"
            connection.send(rst_stream(stream, CANCEL))
        assert connection.echo()


def test_a_peer_that_says_goodbye_gets_its_last_answers(connection: Connection) -> None:
    stream = connection.open(request_headers("Sleep"))
    connection.send(frame(DATA, END_STREAM, stream, message(b"200")), frame(GOAWAY, 0, 0, bytes(8)))
    assert connection.outcome(stream).grpc_status == 0


def test_pings_are_answered(connection: Connection) -> None:
    connection.send(ping(1), ping(2))
    assert connection.pump(lambda: len(connection.pings) == 2)
    assert [int.from_bytes(data, "big") for data in connection.pings] == [1, 2]


def test_frames_of_unknown_kinds_are_ignored(connection: Connection) -> None:
    connection.send(frame(0x42, 0xFF, 0, b"what is this"), frame(0xFA, 0, 1, b""))
    assert connection.echo()


def test_a_stream_above_the_limit_is_refused_and_harms_no_other(raw_server: Server) -> None:
    with Connection(raw_server.address) as connection:
        limit = (connection.settings or {})[3]
        assert 0 < limit <= 1000
        held = [connection.open(request_headers("Sleep")) for _ in range(limit)]
        for stream in held:
            connection.send(frame(DATA, END_STREAM, stream, message(b"400")))
        extra = connection.open(request_headers())
        connection.send(frame(DATA, END_STREAM, extra, message(b"one too many")))
        outcome = connection.outcome(extra)
        assert outcome.reset == 7 or connection.closes(), "REFUSED_STREAM or the end of the connection"
        if not connection.closed and connection.goaway is None:
            assert all(connection.outcome(stream).grpc_status == 0 for stream in held)


def test_trailers_from_the_client_end_its_request(connection: Connection) -> None:
    stream = connection.open(request_headers())
    trailers = connection.encoder.encode([("x-checksum", "1")], huffman=False)
    connection.send(frame(DATA, 0, stream, message(b"x")), frame(HEADERS, END_HEADERS | END_STREAM, stream, trailers))
    outcome = connection.outcome(stream)
    assert outcome.messages == [b"x"] or outcome.grpc_status in BAD_MESSAGE or outcome.reset is not None


def test_a_server_with_a_default_deadline_ends_calls_that_named_none(start_server: Callable[..., Server]) -> None:
    server = start_server(options=["--default-deadline-ms", "300"])
    with Connection(server.address) as connection:
        outcome = connection.call(message(b"60000"), method="Sleep", within=0.3 + SOON)
        assert outcome.grpc_status == DEADLINE_EXCEEDED
