"""Peers that connect and then say nothing, or half of what they should: each is closed by the server's deadline."""

import socket
from collections.abc import Callable

from certificates import Certificates
from honest import HonestCaller
from http2_wire import PREFACE, Connection, all_closed, settings
from patience import SOON
from server import Server

DEADLINE = ["--handshake-timeout-ms", "700"]


def test_a_preface_that_never_comes_is_not_waited_for(start_server: Callable[..., Server]) -> None:
    server = start_server(options=DEADLINE)
    with HonestCaller(server), server.flat_memory(mebibytes=16):
        silent = [Connection(server.address, preface=False) for _ in range(100)]
        assert all_closed(silent, 0.7 + SOON)


def test_half_a_preface_is_not_waited_for(start_server: Callable[..., Server]) -> None:
    server = start_server(options=DEADLINE)
    with HonestCaller(server):
        halves = [Connection(server.address, preface=False) for _ in range(23)]
        for length, connection in enumerate(halves):
            connection.send(PREFACE[: length + 1])
        assert all_closed(halves, 0.7 + SOON)


def test_less_than_a_preface_of_something_else_is_not_waited_for(start_server: Callable[..., Server]) -> None:
    server = start_server(options=DEADLINE)
    with HonestCaller(server), Connection(server.address, preface=False) as connection:
        connection.send(b"\r\n\r\n")
        assert connection.closes(0.7 + SOON)


def test_a_preface_without_settings_is_not_waited_for(start_server: Callable[..., Server]) -> None:
    server = start_server(options=DEADLINE)
    with HonestCaller(server), Connection(server.address, preface=False) as connection:
        connection.send(PREFACE + settings({})[:5])
        assert connection.closes(0.7 + SOON)


def test_a_preface_that_drips_does_not_win_time(start_server: Callable[..., Server]) -> None:
    server = start_server(options=DEADLINE)
    with HonestCaller(server), Connection(server.address, preface=False) as connection:
        for byte in PREFACE:
            connection.send(bytes([byte]))
            if connection.closes(0.15):
                return
        assert connection.closes()


def test_a_tls_hello_that_never_comes_is_not_waited_for(
    start_server: Callable[..., Server], certificates: Certificates
) -> None:
    server = start_server(options=[*DEADLINE, *certificates.server_options()])
    host, port = server.address.rsplit(":", 1)
    with socket.create_connection((host, int(port))) as silent, socket.create_connection((host, int(port))) as half:
        half.sendall(bytes.fromhex("16030100c8010000c4"))
        for connection in (silent, half):
            connection.settimeout(0.7 + SOON)
            try:
                while connection.recv(4096):
                    pass
            except ConnectionResetError:
                pass


def test_a_half_open_handshake_does_not_hold_up_the_end(start_server: Callable[..., Server]) -> None:
    server = start_server()
    with Connection(server.address, preface=False), Connection(server.address) as connection:
        assert connection.echo()
        server.terminate()
        assert server.wait(within=5 * SOON) == 0
