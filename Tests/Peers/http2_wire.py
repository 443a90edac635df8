"""HTTP/2 by hand: frames, right or wrong, on a socket of one's own. hyperframe reads them, hpack (un)packs headers."""

import select
import socket
import struct
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import hpack
import hyperframe.frame as frames

from echo_service import path
from patience import SOON

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)

END_STREAM, END_HEADERS, ACK = 0x1, 0x4, 0x1

NO_ERROR, PROTOCOL_ERROR, CANCEL = 0x0, 0x1, 0x8

INITIAL_WINDOW_SIZE = 0x4

Headers = list[tuple[str, str]]


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """Any frame at all: nothing is checked, so that it may be wrong."""
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def settings(values: dict[int, int]) -> bytes:
    return frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", key, value) for key, value in values.items()))


def rst_stream(stream: int, code: int = CANCEL) -> bytes:
    return frame(RST_STREAM, 0, stream, struct.pack(">I", code))


def window_update(stream: int, increment: int) -> bytes:
    return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", increment))


def ping(number: int = 0) -> bytes:
    return frame(PING, 0, 0, struct.pack(">Q", number))


def message(payload: bytes, compressed: int = 0, length: int | None = None) -> bytes:
    """A gRPC message with its five bytes before it, which may lie."""
    return struct.pack(">BI", compressed, len(payload) if length is None else length) + payload


def request_headers(method: str = "Echo", timeout: str | None = None, **changes: str | None) -> Headers:
    """What a gRPC client sends. `changes` sets or (None) leaves out fields; `pseudo_` stands for `:`, `_` for `-`."""
    fields: dict[str, str | None] = {
        ":method": "POST",
        ":scheme": "http",
        ":path": path(method),
        ":authority": "localhost",
        "te": "trailers",
        "content-type": "application/grpc",
        "grpc-timeout": timeout,
    }
    for name, value in changes.items():
        fields[name.replace("pseudo_", ":").replace("_", "-")] = value
    return [(name, value) for name, value in fields.items() if value is not None]


@dataclass
class Stream:
    """What came back on one stream."""

    blocks: list[Headers] = field(default_factory=list)
    data: bytes = b""
    ended: bool = False
    reset: int | None = None

    @property
    def over(self) -> bool:
        return self.ended or self.reset is not None

    def header(self, name: str) -> str | None:
        """The last value of `name` in headers and trailers."""
        return next((value for block in reversed(self.blocks) for key, value in block if key == name), None)

    @property
    def grpc_status(self) -> int | None:
        status = self.header("grpc-status")
        return None if status is None else int(status)

    @property
    def messages(self) -> list[bytes]:
        """The messages that have arrived whole."""
        found, rest = [], self.data
        while len(rest) >= 5 and len(rest) >= 5 + (length := int.from_bytes(rest[1:5], "big")):
            found.append(rest[5 : 5 + length])
            rest = rest[5 + length :]
        return found


class Connection:
    """A client's end. Answers SETTINGS and PING and opens windows as one should, unless told not to."""

    def __init__(
        self,
        address: str,
        preface: bool = True,
        settings_values: dict[int, int] | None = None,
        opens_windows: bool = True,
        acknowledges: bool = True,
    ) -> None:
        self.socket = _dial(address)
        self.opens_windows = opens_windows
        self.acknowledges = acknowledges
        self.encoder, self._decoder = hpack.Encoder(), hpack.Decoder()
        self._decoder.max_header_list_size = 1 << 20
        self.streams: defaultdict[int, Stream] = defaultdict(Stream)
        self.pings: list[bytes] = []
        self.goaway: int | None = None
        self.settings: dict[int, int] | None = None
        self.settings_acknowledged = 0
        self.window_updates: dict[int, int] = {}
        self.closed = False
        self._next_stream = 1
        self._received = b""
        self._unsent = bytearray()
        self._block = b""
        if preface:
            self.send(PREFACE + settings(settings_values or {}))
            self.pump(lambda: self.settings is not None, 5 * SOON)

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    # Sending

    def send(self, *parts: bytes, reads: bool = True, within: float = 20.0) -> None:
        """Sends everything, or as much as the peer takes before it closes. Reads meanwhile, so that nobody blocks."""
        for part in parts:
            self._unsent += part
        deadline = time.monotonic() + within
        while self._unsent and not self.closed and time.monotonic() < deadline:
            readable, writable, _ = select.select([self.socket] if reads else [], [self.socket], [], 0.1)
            if writable:
                self._write()
            if readable and not self.closed:
                self._read()

    def _write(self) -> None:
        try:
            del self._unsent[: self.socket.send(self._unsent[:262_144])]
        except BlockingIOError:
            pass
        except OSError:
            self.closed = True

    def _reply(self, *parts: bytes) -> None:
        """Sends behind what is being sent, never in the middle of a frame."""
        for part in parts:
            self._unsent += part
        if not self.closed:
            self._write()

    def open(self, headers: Headers, end: bool = False) -> int:
        """Sends HEADERS on a new stream and answers its number."""
        stream, block = self.prepare(headers, end)
        self.send(block)
        return stream

    def prepare(self, headers: Headers, end: bool = False) -> tuple[int, bytes]:
        """The next stream's number and its HEADERS, to be sent by the caller."""
        stream = self._next_stream
        self._next_stream += 2
        self.streams[stream] = Stream()
        block = self.encoder.encode(headers, huffman=False)
        return stream, frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, block)

    def call(self, body: bytes, within: float = 2 * SOON, **headers: str | None) -> Stream:
        """A whole call whose body is `body`, framed by the caller, and its outcome."""
        stream = self.open(request_headers(**headers))  # type: ignore[arg-type]
        self.send(frame(DATA, END_STREAM, stream, body))
        return self.outcome(stream, within)

    def echo(self, payload: bytes = b"right") -> bool:
        """Whether an ordinary call is still answered on this connection."""
        return self.call(message(payload)).messages == [payload]

    @property
    def unsent(self) -> int:
        """Bytes that the peer has not taken."""
        return len(self._unsent)

    # Receiving

    def outcome(self, stream: int, within: float = 2 * SOON) -> Stream:
        """The stream once it is over, or as far as it came when the connection closed or time ran out."""
        self.pump(lambda: self.streams[stream].over, within)
        return self.streams[stream]

    def pump(self, done: Callable[[], object], within: float = SOON) -> bool:
        """Reads until `done` holds (True), the peer closes, or `within` seconds have passed."""
        deadline = time.monotonic() + within
        while not done():
            left = deadline - time.monotonic()
            if self.closed or left <= 0:
                return bool(done())
            if select.select([self.socket], [], [], left)[0]:
                self._read()
        return True

    def closes(self, within: float = SOON) -> bool:
        """Whether the peer closes the connection within that time."""
        self.pump(lambda: self.closed, within)
        return self.closed

    def quiet(self, quiet: float = 0.3, within: float = 20.0) -> None:
        """Reads until the peer has sent nothing for `quiet` seconds."""
        deadline = time.monotonic() + within
        while not self.closed and time.monotonic() < deadline and select.select([self.socket], [], [], quiet)[0]:
            self._read()

    def _read(self) -> None:
        try:
            chunk = self.socket.recv(262_144)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self.closed = True
        self._received += chunk
        while len(self._received) >= 9:
            parsed, length = frames.Frame.parse_frame_header(memoryview(self._received[:9]))
            if len(self._received) < 9 + length:
                return
            parsed.parse_body(memoryview(self._received[9 : 9 + length]))
            self._received = self._received[9 + length :]
            self._take(parsed)

    def _take(self, received: frames.Frame) -> None:
        stream = self.streams[received.stream_id]
        match received:
            case frames.SettingsFrame():
                if "ACK" in received.flags:
                    self.settings_acknowledged += 1
                else:
                    self.settings = {**(self.settings or {}), **received.settings}
                    if self.acknowledges:
                        self._reply(frame(SETTINGS, ACK, 0))
            case frames.PingFrame():
                if "ACK" in received.flags:
                    self.pings.append(received.opaque_data)
                elif self.acknowledges:
                    self._reply(frame(PING, ACK, 0, received.opaque_data))
            case frames.GoAwayFrame():
                self.goaway = received.error_code
            case frames.RstStreamFrame():
                stream.reset = received.error_code
            case frames.WindowUpdateFrame():
                total = self.window_updates.get(received.stream_id, 0) + received.window_increment
                self.window_updates[received.stream_id] = total
            case frames.HeadersFrame() | frames.ContinuationFrame():
                self._block += received.data
                if "END_HEADERS" in received.flags:
                    decoded = self._decoder.decode(self._block)
                    stream.blocks.append([(str(name), str(value)) for name, value in decoded])
                    self._block = b""
                stream.ended |= "END_STREAM" in received.flags
            case frames.DataFrame():
                stream.data += received.data
                stream.ended |= "END_STREAM" in received.flags
                if self.opens_windows and (size := received.flow_controlled_length):
                    self._reply(window_update(0, size), b"" if stream.over else window_update(received.stream_id, size))


def _dial(address: str) -> socket.socket:
    if address.startswith("unix:"):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(address.removeprefix("unix:"))
    else:
        host, port = address.rsplit(":", 1)
        connection = socket.create_connection((host, int(port)))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connection.setblocking(False)
    return connection


def all_closed(connections: Sequence[Connection], within: float = SOON) -> bool:
    """Whether the peer closes every one of them within that time."""
    deadline = time.monotonic() + within
    return all(connection.closes(max(0.0, deadline - time.monotonic())) for connection in connections)
