"""An HTTP/2 server whose answers a test writes by hand: hyperframe and hpack, no gRPC library.

A script is a function of one request. `Echo` is always answered right, so that a test can see whether the client that
was lied to still works.
"""

import contextlib
import select
import socket
import struct
import threading
from collections.abc import Callable

import hpack
import hyperframe.frame as frames

from echo_service import path
from http2_wire import (
    ACK,
    DATA,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEADERS,
    PING,
    PREFACE,
    SETTINGS,
    Headers,
    frame,
    message,
    rst_stream,
    settings,
    window_update,
)
from our_client import OurClient, Outcome

#: The path that scripts answer.
CALL = "/raw.Service/Call"

Script = Callable[["Request"], None]


class Session:
    """The server's end of one connection."""

    def __init__(self, connection: socket.socket, server: "ScriptedServer") -> None:
        self.socket = connection
        self.server = server
        self.encoder, self._decoder = hpack.Encoder(), hpack.Decoder()
        self.requests: dict[int, Request] = {}
        self.settings_acknowledged = 0
        self._received = b""
        self._block = b""
        self._sending = threading.Lock()

    def send(self, *parts: bytes) -> None:
        """Waits while the client does not read; does nothing once it has gone."""
        with self._sending, contextlib.suppress(OSError):
            self.socket.sendall(b"".join(parts))

    def go_away(self, last_stream: int, code: int = 0) -> None:
        self.send(frame(GOAWAY, 0, 0, struct.pack(">II", last_stream, code)))

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)

    def serve(self) -> None:
        if not self._take_preface():
            return
        self.send(settings(self.server.settings))
        while chunk := self._receive():
            self._received += chunk
            while len(self._received) >= 9:
                parsed, length = frames.Frame.parse_frame_header(memoryview(self._received[:9]))
                if len(self._received) < 9 + length:
                    break
                parsed.parse_body(memoryview(self._received[9 : 9 + length]))
                self._received = self._received[9 + length :]
                self._take(parsed)

    def _receive(self) -> bytes:
        try:
            return self.socket.recv(65_536)
        except OSError:
            return b""

    def _take_preface(self) -> bool:
        while len(self._received) < len(PREFACE):
            if not (chunk := self._receive()):
                return False
            self._received += chunk
        preface, self._received = self._received[: len(PREFACE)], self._received[len(PREFACE) :]
        return preface == PREFACE

    def _take(self, received: frames.Frame) -> None:
        match received:
            case frames.SettingsFrame():
                if "ACK" in received.flags:
                    self.settings_acknowledged += 1
                else:
                    self.send(frame(SETTINGS, ACK, 0))
            case frames.PingFrame() if "ACK" not in received.flags and self.server.answers_pings:
                self.send(frame(PING, ACK, 0, received.opaque_data))
            case frames.HeadersFrame() | frames.ContinuationFrame():
                self._block += received.data
                if "END_HEADERS" in received.flags:
                    headers = [(str(name), str(value)) for name, value in self._decoder.decode(self._block)]
                    self._block = b""
                    self.requests[received.stream_id] = Request(self, received.stream_id, headers)
                    self.server.took(self.requests[received.stream_id])
                if "END_STREAM" in received.flags:
                    self.requests[received.stream_id].finish()
            case frames.DataFrame():
                if size := received.flow_controlled_length:
                    self.send(window_update(0, size), window_update(received.stream_id, size))
                request = self.requests[received.stream_id]
                request.body += received.data
                if "END_STREAM" in received.flags:
                    request.finish()
            case frames.RstStreamFrame() if received.stream_id in self.requests:
                self.requests[received.stream_id].reset = received.error_code
                self.server.changed()


class Request:
    """A call that the client made, and the ways to answer it."""

    def __init__(self, session: Session, stream: int, headers: Headers) -> None:
        self.session = session
        self.stream = stream
        self.headers = headers
        self.body = b""
        self.ended = False
        self.answered = False
        self.reset: int | None = None

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key == name), None)

    @property
    def path(self) -> str:
        return self.header(":path") or ""

    def finish(self) -> None:
        self.ended = True
        self.session.server.changed()
        self.session.server.run_script(self)

    def send_headers(self, headers: Headers, end: bool = False) -> None:
        block = self.session.encoder.encode(headers, huffman=False)
        self.session.send(frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), self.stream, block))

    def begin(self, *extra: tuple[str, str]) -> None:
        self.send_headers([(":status", "200"), ("content-type", "application/grpc"), *extra])

    def send_data(self, data: bytes, end: bool = False) -> None:
        self.session.send(frame(DATA, END_STREAM if end else 0, self.stream, data))

    def end(self, status: int | str = 0, *extra: tuple[str, str]) -> None:
        self.answered = True
        self.send_headers([("grpc-status", str(status)), *extra], end=True)

    def refuse(self, *headers: tuple[str, str], status: int = 200, content_type: str = "application/grpc") -> None:
        """Headers that end the stream: a `Trailers-Only` answer."""
        self.answered = True
        self.send_headers([(":status", str(status)), ("content-type", content_type), *headers], end=True)

    def answer(self, payload: bytes) -> None:
        self.begin()
        self.send_data(message(payload))
        self.end()

    def send_reset(self, code: int) -> None:
        self.answered = True
        self.session.send(rst_stream(self.stream, code))


class ScriptedServer:
    """Listens on a free port; each connection has a thread. Use as a context manager."""

    def __init__(self, script: Script | None = None, settings_values: dict[int, int] | None = None) -> None:
        self.script = script
        self.settings = settings_values or {}
        self.answers_pings = True
        self.on_connection: Callable[[Session], bool] = lambda session: True
        self.requests: list[Request] = []
        self.sessions: list[Session] = []
        self._condition = threading.Condition()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self._listener.getsockname()[1]}"
        self._threads: list[threading.Thread] = []
        self._stopping = False

    def __enter__(self) -> "ScriptedServer":
        self._spawn(self._accept)
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping = True
        for session in self.sessions:
            session.close()
        for thread in self._threads:
            thread.join()
        for session in self.sessions:
            session.socket.close()
        self._listener.close()

    def _spawn(self, target: Callable[..., None], *arguments: object) -> None:
        self._threads.append(threading.Thread(target=target, args=arguments, daemon=True))
        self._threads[-1].start()

    def _accept(self) -> None:
        while not self._stopping:
            if not select.select([self._listener], [], [], 0.02)[0]:
                continue
            session = Session(self._listener.accept()[0], self)
            with self._condition:
                self.sessions.append(session)
                self._condition.notify_all()
            self._spawn(self._serve, session)

    def _serve(self, session: Session) -> None:
        if self.on_connection(session):
            session.serve()
        if self._stopping is False:
            session.close()

    def took(self, request: Request) -> None:
        with self._condition:
            self.requests.append(request)
            self._condition.notify_all()

    def changed(self) -> None:
        with self._condition:
            self._condition.notify_all()

    def run_script(self, request: Request) -> None:
        if request.path == path("Echo"):
            request.answer(request.body[5:])
        elif self.script is not None:
            self._spawn(self.script, request)

    def await_condition(self, condition: Callable[[], object], within: float, what: str) -> None:
        with self._condition:
            assert self._condition.wait_for(condition, within), f"not within {within:.1f} s: {what}"


def outcome(server: ScriptedServer, our: OurClient, script: Script, kind: str = "unary", timeout: float = 5) -> Outcome:
    """What our client makes of the answer that `script` gives."""
    server.script = script
    return our.start(CALL, b"question", kind=kind, timeout=timeout).outcome(timeout + 5)
