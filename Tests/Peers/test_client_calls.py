"""Our client calls a grpcio server."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from certificates import Certificates
from echo_service import MESSAGE_LIMIT, path
from grpcio_server import ODD_SERVICE
from our_client import OurClient, Outcome
from patience import SOON, wait_until
from process import Process
from server import Server

CODES = """CANCELLED UNKNOWN INVALID_ARGUMENT DEADLINE_EXCEEDED NOT_FOUND ALREADY_EXISTS PERMISSION_DENIED
RESOURCE_EXHAUSTED FAILED_PRECONDITION ABORTED OUT_OF_RANGE UNIMPLEMENTED INTERNAL UNAVAILABLE DATA_LOSS
UNAUTHENTICATED""".split()


class GrpcioServer(Process):
    def __init__(self, listen: str = "127.0.0.1:0", options: tuple[str, ...] | list[str] = ()) -> None:
        script = Path(__file__).with_name("grpcio_server.py")
        super().__init__([sys.executable, str(script), "--listen", listen, *options])
        self.address = self.line(0)


@pytest.fixture(scope="module")
def peer() -> Iterator[GrpcioServer]:
    server = GrpcioServer(options=["--compression"])
    yield server
    server.stop()


@pytest.fixture(scope="module")
def our(peer: GrpcioServer) -> Iterator[OurClient]:
    client = OurClient(peer.address, ["--connections", "2"])
    yield client
    assert client.is_alive, "the client died"
    client.stop()


@pytest.fixture
def start() -> Iterator[Callable[..., Process]]:
    processes: list[Process] = []

    def start(kind: Callable[..., Process], *arguments: object) -> Process:
        processes.append(kind(*arguments))
        return processes[-1]

    yield start
    for process in processes:
        process.stop()


def odd(method: str) -> str:
    return f"/{ODD_SERVICE}/{method}"


@pytest.mark.parametrize("size", [0, 1, 65_535, 65_536, 500_000, MESSAGE_LIMIT])
def test_echo_gets_the_bytes_that_were_sent(our: OurClient, size: int) -> None:
    payload = bytes(index % 251 for index in range(size))
    assert our.unary(path("Echo"), payload) == Outcome("OK", messages=[payload])


def test_a_stream_arrives_whole_and_in_order(our: OurClient) -> None:
    outcome = our.stream(path("Flood"), b"500 100")
    assert outcome.code == "OK" and outcome.messages == [bytes(100)] * 500


def test_a_stream_of_large_messages_arrives_whole(our: OurClient) -> None:
    outcome = our.stream(path("Flood"), b"40 500000", timeout=30)
    assert outcome.code == "OK" and [len(message) for message in outcome.messages] == [500_000] * 40


def test_leaving_a_stream_cancels_it(peer: GrpcioServer, our: OurClient) -> None:
    before = peer.count("cancelled")
    outcome = our.stream(path("Ticks"), take=3)
    assert outcome.code == "OK" and outcome.messages == [b"0", b"1", b"2"]
    peer.await_count("cancelled", before + 1)


@pytest.mark.parametrize("code", CODES)
def test_each_code_arrives_with_message_and_reason(our: OurClient, code: str) -> None:
    outcome = our.unary(path("Fail"), f"{code} some text SOME_REASON".encode())
    assert (outcome.code, outcome.text, outcome.reason) == (code, "some text", "SOME_REASON")


@pytest.mark.parametrize("text", ["grüße", "two\nlines", "100 % of %41", "表 \U0001f3ab"])
def test_a_message_of_any_text_arrives_unchanged(our: OurClient, text: str) -> None:
    assert our.unary(path("Fail"), f"INTERNAL {text} REASON".encode()).text == text


def test_violations_and_the_time_to_retry_arrive(our: OurClient) -> None:
    outcome = our.unary(odd("Violations"))
    assert outcome.code == "INVALID_ARGUMENT" and outcome.reason == "INVALID_TICKET" and outcome.retry_after == 7
    assert outcome.violations == [["title", "must not be empty"], ["price_cents", "zu groß"]]


def test_an_unknown_method_is_unimplemented(our: OurClient) -> None:
    assert our.unary("/no.such.Service/Method").code == "UNIMPLEMENTED"


def test_a_deadline_passes_here_and_cancels_there(peer: GrpcioServer, our: OurClient) -> None:
    before = peer.count("cancelled")
    assert our.unary(path("Sleep"), b"60000", timeout=0.2).code == "DEADLINE_EXCEEDED"
    peer.await_count("cancelled", before + 1)


def test_a_stream_has_a_deadline_too(peer: GrpcioServer, our: OurClient) -> None:
    before = peer.count("cancelled")
    outcome = our.stream(path("Ticks"), timeout=0.3)
    assert outcome.code == "DEADLINE_EXCEEDED" and outcome.messages
    peer.await_count("cancelled", before + 1)


def test_a_deadline_that_has_passed_fails_without_a_trap(our: OurClient) -> None:
    assert our.unary(path("Echo"), timeout=0).code == "DEADLINE_EXCEEDED"


def test_the_deadline_is_told_to_the_server(our: OurClient) -> None:
    outcome = our.unary(odd("Deadline"), timeout=7.5)
    assert 3_000 < int(outcome.messages[0]) <= 7_550  # the clocks of two processes


@pytest.mark.parametrize("timeout", [100.0, 86_400.0, 400_000_000.0])
def test_long_deadlines_are_told_in_eight_digits(our: OurClient, timeout: float) -> None:
    outcome = our.unary(odd("Deadline"), timeout=timeout)
    assert outcome.code == "OK" and int(outcome.messages[0]) > 50_000


def test_a_cancelled_call_is_cancelled_there(peer: GrpcioServer, our: OurClient) -> None:
    before = peer.count("cancelled")
    call = our.start(path("Sleep"), b"60000")
    assert our.echoes(b"the call before has been sent")
    call.cancel()
    assert call.outcome(SOON).code == "CANCELLED"
    peer.await_count("cancelled", before + 1)


def test_metadata_is_sent(our: OurClient) -> None:
    outcome = our.unary(
        odd("Metadata"), metadata=[("x-one", "1"), ("x-two", "b c"), ("x-one", "2"), ("authorization", "Bearer t")]
    )
    lines = outcome.messages[0].decode().splitlines()
    assert {"x-two=b c", "authorization=Bearer t"} <= set(lines)
    assert [line for line in lines if line.startswith("x-one=")] in (
        ["x-one=1", "x-one=2"],
        ["x-one=1,2"],
        ["x-one=1, 2"],
    )
    assert any(line.startswith("user-agent=") for line in lines)


@pytest.mark.parametrize(
    "name,value", [("bad name", "x"), ("", "x"), ("x-bad", "line\nfeed"), ("x-bad", "\0"), ("x-long", "v" * 20_000)]
)
def test_metadata_that_cannot_be_sent_fails_its_call_alone(our: OurClient, name: str, value: str) -> None:
    other = our.start(path("Sleep"), b"300")
    outcome = our.unary(path("Echo"), b"x", metadata=[(name, value)])
    assert outcome.code in ("INTERNAL", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED") or outcome.messages == [b"x"]
    assert other.outcome().code == "OK"


def test_a_request_over_the_limit_is_resource_exhausted(our: OurClient) -> None:
    assert our.unary(path("Echo"), bytes(MESSAGE_LIMIT + 1)).code == "RESOURCE_EXHAUSTED"
    assert our.echoes()


def test_a_response_over_the_limit_is_resource_exhausted(our: OurClient) -> None:
    assert our.unary(odd("Huge"), b"%d" % MESSAGE_LIMIT).code == "OK"
    assert our.unary(odd("Huge"), b"%d" % (MESSAGE_LIMIT + 1)).code == "RESOURCE_EXHAUSTED"
    assert our.unary(odd("Huge"), b"3000000").code == "RESOURCE_EXHAUSTED"
    assert our.echoes()


def test_no_compressed_answer_is_asked_for(our: OurClient) -> None:
    outcome = our.unary(odd("Gzip"), bytes(10_000))
    assert outcome.code in ("OK", "INTERNAL", "UNIMPLEMENTED")
    assert our.echoes()


@pytest.mark.parametrize("method", ["TwoMessages", "NoMessage"])
def test_a_unary_answer_is_one_message(our: OurClient, method: str) -> None:
    assert our.unary(odd(method), b"x").code in ("INTERNAL", "UNIMPLEMENTED")
    assert our.echoes()


def test_an_error_after_a_message_is_an_error(our: OurClient) -> None:
    assert our.unary(odd("MessageThenError"), b"x").code == "DATA_LOSS"
    outcome = our.stream(odd("MessageThenError"), b"x")
    assert outcome.code == "DATA_LOSS" and outcome.messages == [b"x"]


def test_more_calls_than_streams_wait_for_their_turn(start: Callable[..., Process]) -> None:
    """With our own server: grpcio's counts a stream as open for a while after its end, and refuses some."""
    client = start(OurClient, start(Server).address)
    calls = [client.start(path("Sleep"), b"50", timeout=30) for _ in range(500)]
    assert {call.outcome(30).code for call in calls} == {"OK"}


def test_a_reader_that_stops_costs_no_memory(our: OurClient) -> None:
    with our.flat_memory(mebibytes=16):
        call = our.start(path("Flood"), b"300 100000", kind="stream", timeout=60, hold=True)
        wait_until(call.messages, 10, "a first message")
        assert our.echoes(b"not behind it")
        our.await_idle()
        assert len(call.messages()) == 1
        call.resume()
        assert len(call.outcome(60).messages) == 300


def test_a_unix_socket_is_a_target(socket_path: Path) -> None:
    server = GrpcioServer(f"unix:{socket_path}")
    client = OurClient(f"unix:{socket_path}")
    try:
        assert client.unary(path("Echo"), b"over a file").messages == [b"over a file"]
    finally:
        client.stop()
        server.stop()


def test_nobody_there_fails_at_once_and_is_found_later(start: Callable[..., Process], socket_path: Path) -> None:
    client = start(OurClient, f"unix:{socket_path}", ["--startup-grace-ms", "0"])
    assert client.unary(path("Echo"), timeout=30).code == "UNAVAILABLE"
    start(GrpcioServer, f"unix:{socket_path}")
    assert client.echoes()


def test_a_server_that_was_killed_is_found_again(start: Callable[..., Process]) -> None:
    server = start(GrpcioServer)
    client = start(OurClient, server.address)
    assert client.echoes()
    interrupted = client.start(path("Sleep"), b"60000", timeout=30)
    assert client.echoes(b"the call before has been sent")
    server.kill()
    assert interrupted.outcome(5).code == "UNAVAILABLE"
    assert client.unary(path("Echo"), timeout=30).code == "UNAVAILABLE"
    start(GrpcioServer, server.address)
    assert client.echoes()


def test_a_server_that_stops_gracefully_loses_no_call(start: Callable[..., Process]) -> None:
    server = start(GrpcioServer)
    client = start(OurClient, server.address)
    assert client.echoes()
    call = client.start(path("Sleep"), b"500", timeout=30)
    assert client.echoes(b"the call before has been sent")
    server.terminate()
    assert call.outcome().code == "OK"


@pytest.mark.parametrize("mutual", [False, True], ids=["TLS", "mTLS"])
def test_tls_servers_are_called(start: Callable[..., Process], certificates: Certificates, mutual: bool) -> None:
    server = start(GrpcioServer, "127.0.0.1:0", certificates.server_options(client_ca=mutual))
    target = "localhost:" + server.address.rsplit(":", 1)[1]
    pair = ["--cert", str(certificates.client_cert), "--key", str(certificates.client_key)] if mutual else []
    client = start(OurClient, target, ["--ca", str(certificates.ca), *pair])
    assert client.echoes(b"secret")


@pytest.mark.parametrize("trouble", ["stranger", "no certificate"])
def test_a_server_that_cannot_be_trusted_is_not_called(
    start: Callable[..., Process], certificates: Certificates, trouble: str
) -> None:
    server = start(GrpcioServer, "127.0.0.1:0", certificates.server_options(client_ca=trouble == "no certificate"))
    target = "localhost:" + server.address.rsplit(":", 1)[1]
    ca = certificates.stranger_ca if trouble == "stranger" else certificates.ca
    client = start(OurClient, target, ["--ca", str(ca)])
    assert client.unary(path("Echo"), timeout=2).code in ("UNAVAILABLE", "DEADLINE_EXCEEDED")


def test_a_server_of_another_name_is_called_by_that_name_only(
    start: Callable[..., Process], certificates: Certificates
) -> None:
    options = ["--tls-cert", str(certificates.other_name_cert), "--tls-key", str(certificates.other_name_key)]
    server = start(GrpcioServer, "127.0.0.1:0", options)
    target = "localhost:" + server.address.rsplit(":", 1)[1]
    expects_localhost = start(OurClient, target, ["--ca", str(certificates.ca)])
    assert expects_localhost.unary(path("Echo"), timeout=2).code in ("UNAVAILABLE", "DEADLINE_EXCEEDED")
    assert start(OurClient, target, ["--ca", str(certificates.ca), "--server-name", "elsewhere.test"]).echoes()


def test_the_end_of_its_work_ends_the_client(start: Callable[..., Process], peer: GrpcioServer) -> None:
    client = start(OurClient, peer.address)
    assert client.echoes()
    client.close_stdin()
    assert client.wait(within=5 * SOON) == 0
