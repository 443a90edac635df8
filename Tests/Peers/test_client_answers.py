"""Our client and a server that answers wrong: the right code, and the client still works."""

import re

import pytest

from echo_service import MESSAGE_LIMIT
from http2_wire import message
from our_client import OurClient, Outcome
from scripted_server import CALL, Request, Script, ScriptedServer, outcome

#: A message that is cut, missing, one too many or compressed.
BAD_MESSAGE = ("INTERNAL", "UNIMPLEMENTED")


def test_the_request_is_what_grpc_says(liar: ScriptedServer, our: OurClient) -> None:
    assert outcome(liar, our, lambda request: request.answer(b"answer")).messages == [b"answer"]
    request = liar.requests[-1]
    assert request.body == message(b"question") and request.ended
    assert [name for name, _ in request.headers if name.startswith(":")] == [
        name for name, _ in request.headers[: sum(name.startswith(":") for name, _ in request.headers)]
    ]
    assert request.header(":method") == "POST" and request.header(":scheme") == "http" and request.path == CALL
    assert request.header("te") == "trailers"
    assert (request.header("content-type") or "").startswith("application/grpc")
    timeout = request.header("grpc-timeout") or ""
    assert re.fullmatch(r"\d{1,8}[HMSmun]", timeout), timeout
    unit = {"H": 3600, "M": 60, "S": 1, "m": 1e-3, "u": 1e-6, "n": 1e-9}[timeout[-1]]
    assert 0 < int(timeout[:-1]) * unit <= 5


def test_trailers_only_is_an_answer(liar: ScriptedServer, our: OurClient) -> None:
    def script(request: Request) -> None:
        request.refuse(("grpc-status", "5"), ("grpc-message", "not%20here"))

    assert outcome(liar, our, script) == Outcome("NOT_FOUND", "not here")
    assert outcome(liar, our, script, "stream") == Outcome("NOT_FOUND", "not here")


def test_trailers_only_with_ok_lacks_the_message(liar: ScriptedServer, our: OurClient) -> None:
    def script(request: Request) -> None:
        request.refuse(("grpc-status", "0"))

    assert outcome(liar, our, script).code in BAD_MESSAGE
    assert outcome(liar, our, script, "stream") == Outcome("OK")


RESETS = {
    0: ("INTERNAL", "UNKNOWN"),
    1: ("INTERNAL",),
    2: ("INTERNAL",),
    3: ("INTERNAL",),
    4: ("INTERNAL",),
    5: ("INTERNAL", "UNKNOWN"),
    6: ("INTERNAL",),
    7: ("UNAVAILABLE",),
    8: ("CANCELLED",),
    9: ("INTERNAL",),
    10: ("INTERNAL",),
    11: ("RESOURCE_EXHAUSTED",),
    12: ("PERMISSION_DENIED",),
    13: ("INTERNAL", "UNKNOWN"),
    0xFFFF_FFFF: ("INTERNAL", "UNKNOWN"),
}


@pytest.mark.parametrize("code", RESETS)
@pytest.mark.parametrize("after", ["nothing", "headers", "message"])
def test_each_reset_code_is_a_status(liar: ScriptedServer, our: OurClient, code: int, after: str) -> None:
    def script(request: Request) -> None:
        if after != "nothing":
            request.begin()
        if after == "message":
            request.send_data(message(b"x"))
        request.send_reset(code)

    assert outcome(liar, our, script, "stream" if after == "message" else "unary").code in RESETS[code]


def test_a_refused_stream_is_tried_again(liar: ScriptedServer, our: OurClient) -> None:
    refused: list[Request] = []

    def script(request: Request) -> None:
        if refused:
            request.answer(b"second time")
        else:
            refused.append(request)
            request.send_reset(7)

    assert outcome(liar, our, script) == Outcome("OK", messages=[b"second time"])


STATUSES = {
    400: "INTERNAL",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "UNIMPLEMENTED",
    429: "UNAVAILABLE",
    500: "UNKNOWN",
    502: "UNAVAILABLE",
    503: "UNAVAILABLE",
    504: "UNAVAILABLE",
    302: "UNKNOWN",
}


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("body", [b"", b"<html>" * 1000], ids=["empty", "html"])
def test_an_http_status_without_grpc_is_a_status(
    liar: ScriptedServer, our: OurClient, status: int, body: bytes
) -> None:
    def script(request: Request) -> None:
        request.send_headers([(":status", str(status)), ("content-type", "text/html")], end=not body)
        if body:
            request.send_data(body, end=True)

    assert outcome(liar, our, script).code == STATUSES[status]


def _one(request: Request) -> None:
    request.send_data(message(b"x"))


def _data(*data: bytes, end: bool = False) -> Script:
    def script(request: Request) -> None:
        request.begin()
        for piece in data:
            request.send_data(piece)
        request.end()

    return script


@pytest.mark.parametrize(
    "script,codes",
    [
        (lambda request: request.refuse(("grpc-status", "0"), content_type="text/html"), ("UNKNOWN", "INTERNAL")),
        (lambda request: request.refuse(), ("UNKNOWN", "INTERNAL")),
        (lambda request: request.refuse(("grpc-status", "99")), ("UNKNOWN", "INTERNAL")),
        (lambda request: request.refuse(("grpc-status", "-1")), ("UNKNOWN", "INTERNAL")),
        (lambda request: request.refuse(("grpc-status", "NOT_FOUND")), ("UNKNOWN", "INTERNAL")),
        (lambda request: request.refuse(("grpc-status", "99999999999999999999999")), ("UNKNOWN", "INTERNAL")),
        (lambda request: request.refuse(("grpc-status", "")), ("UNKNOWN", "INTERNAL")),
        (lambda request: (request.begin(), _one(request), request.send_data(b"", end=True)), ("UNKNOWN", "INTERNAL")),
        (lambda request: request.send_headers([(":status", "abc")], end=True), ("UNKNOWN", "INTERNAL", "UNAVAILABLE")),
        (lambda request: request.send_headers([("x", "y")], end=True), ("UNKNOWN", "INTERNAL", "UNAVAILABLE")),
        (_data(), BAD_MESSAGE),
        (_data(message(b"one"), message(b"two")), BAD_MESSAGE),
        (_data(message(b"five!", length=10)), BAD_MESSAGE),
        (_data(b"\0\0"), BAD_MESSAGE),
        (_data(message(b"zipped", compressed=1)), BAD_MESSAGE),
        (_data(message(b"x", compressed=7)), BAD_MESSAGE),
        (_data(message(b"", length=MESSAGE_LIMIT + 1)), ("RESOURCE_EXHAUSTED",)),
        (_data(message(b"", length=0xFFFF_FFFF)), ("RESOURCE_EXHAUSTED",)),
    ],
    ids=[
        "content type html", "no status", "status 99", "status -1", "status in words", "status of 23 digits",
        "empty status", "DATA ends the stream", "HTTP status abc", "no HTTP status", "no message", "two messages",
        "cut message", "cut prefix", "compressed", "flag 7", "1 MiB + 1", "4 GiB",
    ],
)  # fmt: skip
def test_a_wrong_answer_is_an_error(
    liar: ScriptedServer, our: OurClient, script: Script, codes: tuple[str, ...]
) -> None:
    assert outcome(liar, our, script).code in codes


@pytest.mark.parametrize(
    "text,seen",
    [("100%", "100%"), ("%", "%"), ("%zz", "%zz"), ("%4", "%4"), ("%41", "A"), ("a%C3%A9", "aé"), ("", "")],
)
def test_a_status_message_with_broken_escapes_is_kept(
    liar: ScriptedServer, our: OurClient, text: str, seen: str
) -> None:
    result = outcome(liar, our, lambda request: request.refuse(("grpc-status", "9"), ("grpc-message", text)))
    assert result.code == "FAILED_PRECONDITION" and result.text == seen


@pytest.mark.parametrize("text", ["%FF%FE", "%00", "%C3"])
def test_a_status_message_that_is_no_utf8_harms_nobody(liar: ScriptedServer, our: OurClient, text: str) -> None:
    def script(request: Request) -> None:
        request.refuse(("grpc-status", "9"), ("grpc-message", text))

    assert outcome(liar, our, script).code == "FAILED_PRECONDITION"


def test_broken_details_are_left_out(liar: ScriptedServer, our: OurClient) -> None:
    details = [
        ("retry-after-seconds", "99999999999999999999"),
        ("error-field", ""),
        ("error-field", "title"),
        ("error-reason", ""),
    ]
    result = outcome(liar, our, lambda request: request.refuse(("grpc-status", "3"), *details))
    assert result.code == "INVALID_ARGUMENT"
