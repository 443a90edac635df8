"""Our client and a server that is late, gone, silent or says goodbye."""

import threading

import pytest

from echo_service import path
from http2_wire import message
from our_client import OurClient, Outcome
from patience import SOON
from scripted_server import CALL, Request, ScriptedServer, Session, outcome


def test_an_answer_that_never_comes_is_not_waited_for(liar: ScriptedServer, our: OurClient) -> None:
    result = outcome(liar, our, lambda request: None, timeout=0.3)
    assert result.code == "DEADLINE_EXCEEDED"
    liar.await_condition(lambda: liar.requests[-1].reset == 8, SOON, "RST_STREAM(CANCEL)")


def test_an_answer_that_never_ends_is_not_waited_for(liar: ScriptedServer, our: OurClient) -> None:
    def script(request: Request) -> None:
        request.begin()
        request.send_data(message(b"half", length=8))

    assert outcome(liar, our, script, timeout=0.3).code == "DEADLINE_EXCEEDED"
    assert outcome(liar, our, script, "stream", timeout=0.3).code == "DEADLINE_EXCEEDED"


def test_cancelling_resets_the_stream(liar: ScriptedServer, our: OurClient) -> None:
    liar.script = lambda request: None
    call = our.start(CALL)
    liar.await_condition(lambda: liar.requests[-1].path == CALL and liar.requests[-1].ended, 5, "the request")
    call.cancel()
    assert call.outcome(SOON).code == "CANCELLED"
    liar.await_condition(lambda: liar.requests[-1].reset == 8, SOON, "RST_STREAM(CANCEL)")


def test_a_lost_connection_is_unavailable_and_not_tried_again(liar: ScriptedServer, our: OurClient) -> None:
    assert outcome(liar, our, lambda request: request.session.close()).code == "UNAVAILABLE"
    assert sum(request.path == CALL for request in liar.requests) == 1


def test_goodbye_in_the_middle_lets_the_call_finish(liar: ScriptedServer, our: OurClient) -> None:
    def script(request: Request) -> None:
        request.session.go_away(request.stream)
        request.answer(b"last words")

    assert outcome(liar, our, script) == Outcome("OK", messages=[b"last words"])
    assert our.echoes()
    assert liar.requests[-1].session is not liar.requests[-2].session, "a call on a connection that said goodbye"


def test_goodbye_below_the_call_tries_it_again_elsewhere(liar: ScriptedServer, our: OurClient) -> None:
    first: list[Session] = []

    def script(request: Request) -> None:
        if not first:
            first.append(request.session)
            request.session.go_away(0)
        elif request.session is not first[0]:
            request.answer(b"elsewhere")

    assert outcome(liar, our, script) == Outcome("OK", messages=[b"elsewhere"])


def test_goodbye_with_an_error_and_a_close_is_unavailable(liar: ScriptedServer, our: OurClient) -> None:
    def script(request: Request) -> None:
        request.session.go_away(request.stream, 11)
        request.session.close()

    assert outcome(liar, our, script).code in ("UNAVAILABLE", "RESOURCE_EXHAUSTED")


def test_the_servers_limit_on_streams_is_kept() -> None:
    limit, lock, most = 5, threading.Lock(), [0]

    def script(request: Request) -> None:
        open_now = sum(r.path == CALL and not r.answered for r in server.requests)
        with lock:
            most[0] = max(most[0], open_now)
        threading.Event().wait(0.005)
        request.answer(b"x")

    with ScriptedServer(script, settings_values={0x3: limit}) as server:
        client = OurClient(server.address)
        try:
            assert client.echoes()
            calls = [client.start(CALL) for _ in range(100)]
            assert {call.outcome().code for call in calls} == {"OK"}
            assert 0 < most[0] <= limit
        finally:
            client.stop()


def test_a_server_that_allows_no_streams_is_waited_for_until_the_deadline() -> None:
    with ScriptedServer(settings_values={0x3: 0}) as server:
        client = OurClient(server.address)
        try:
            assert client.unary(path("Echo"), timeout=0.5).code in ("DEADLINE_EXCEEDED", "UNAVAILABLE")
        finally:
            client.stop()


@pytest.mark.parametrize("silence", ["says nothing", "closes", "speaks HTTP/1.1", "speaks nonsense"])
def test_a_server_that_is_none_is_not_waited_for(silence: str) -> None:
    def on_connection(session: Session) -> bool:
        match silence:
            case "says nothing":
                threading.Event().wait(0.1)
                while session._receive():
                    pass
            case "speaks HTTP/1.1":
                session.send(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
            case "speaks nonsense":
                session.send(bytes(range(256)) * 100)
        return False

    with ScriptedServer() as server:
        server.on_connection = on_connection
        client = OurClient(server.address)
        try:
            assert client.unary(path("Echo"), timeout=1).code in ("UNAVAILABLE", "DEADLINE_EXCEEDED")
            server.on_connection = lambda session: True
            assert client.echoes(within=20)
        finally:
            client.stop()


def test_a_dead_peer_is_found_out_by_keepalive() -> None:
    with ScriptedServer(lambda request: None) as server:
        client = OurClient(server.address, ["--keepalive-ms", "200"])
        try:
            assert client.echoes()
            server.answers_pings = False
            call = client.start(CALL, timeout=30)
            assert call.outcome(5 * SOON).code == "UNAVAILABLE"
        finally:
            client.stop()
