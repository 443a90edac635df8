"""Status codes, messages and reasons as grpcio reads them."""

import grpc
import pytest

from echo_service import MESSAGE_LIMIT, EchoClient, returned
from patience import SOON, wait_until

FAILURES = [code for code in grpc.StatusCode if code is not grpc.StatusCode.OK]


@pytest.mark.parametrize("code", FAILURES, ids=lambda code: code.name)
def test_each_code_arrives_with_message_and_reason(client: EchoClient, code: grpc.StatusCode) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        client.fail(f"{code.name} some text SOME_REASON".encode(), timeout=5)
    assert failure.value.code() is code
    assert failure.value.details() == "some text"
    assert returned(failure.value, "error-reason") == ["SOME_REASON"]


@pytest.mark.parametrize(
    "message",
    [
        "grüße aus köln",
        "two\nlines\r\nthree",
        "100 % of %41",
        "表 \U0001f3ab",
        "\x01\x1f\x7f",
        "tab\there",
        " led by a space",
    ],
)
def test_a_message_of_any_text_arrives_unchanged(client: EchoClient, message: str) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        client.fail(f"INTERNAL {message} REASON".encode(), timeout=5)
    assert failure.value.code() is grpc.StatusCode.INTERNAL
    assert failure.value.details() == message


def test_a_message_over_the_limit_is_resource_exhausted(client: EchoClient) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        client.echo(bytes(MESSAGE_LIMIT + 1), timeout=10)
    assert failure.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert client.echo(b"still", timeout=5) == b"still"


def test_a_huge_message_is_refused_before_it_arrived_whole(client: EchoClient) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        client.echo(bytes(64 << 20), timeout=10)
    assert failure.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert client.echo(b"still", timeout=5) == b"still"


def test_a_compressed_request_is_unimplemented(client: EchoClient) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        client.echo(bytes(10_000), timeout=5, compression=grpc.Compression.Gzip)
    assert failure.value.code() is grpc.StatusCode.UNIMPLEMENTED
    assert client.echo(b"still", timeout=5) == b"still"


def test_headers_over_the_limit_fail_and_the_channel_goes_on(client: EchoClient) -> None:
    with pytest.raises(grpc.RpcError) as failure:
        client.echo(b"", timeout=5, metadata=[("echo-long", "v" * 20_000)])
    codes = (grpc.StatusCode.RESOURCE_EXHAUSTED, grpc.StatusCode.INTERNAL, grpc.StatusCode.UNAVAILABLE)
    assert failure.value.code() in codes

    def answers() -> bool:
        try:
            return client.echo(b"still", timeout=5, wait_for_ready=True) == b"still"
        except grpc.RpcError as error:
            # A busy grpcio may put the call on the connection that it is about to see closed.
            assert error.code() is grpc.StatusCode.UNAVAILABLE
            return False

    wait_until(answers, 5 * SOON, "an answer on a new connection")
