"""TLS and mTLS as grpcio and OpenSSL speak them."""

import socket
import ssl
from collections.abc import Callable
from pathlib import Path

import grpc
import pytest

from certificates import Certificates
from echo_service import connect
from patience import SOON
from server import Server


def credentials(ca: Path, pair: tuple[Path, Path] | None = None) -> grpc.ChannelCredentials:
    chain, key = (path.read_bytes() for path in pair) if pair else (None, None)
    return grpc.ssl_channel_credentials(ca.read_bytes(), key, chain)


@pytest.fixture
def tls_server(start_server: Callable[..., Server], certificates: Certificates) -> Server:
    return start_server(options=certificates.server_options())


@pytest.fixture
def mtls_server(start_server: Callable[..., Server], certificates: Certificates) -> Server:
    return start_server(options=certificates.server_options(client_ca=True))


def test_calls_and_streams_run_over_tls(tls_server: Server, certificates: Certificates) -> None:
    client = connect(tls_server.address, credentials(certificates.ca))
    assert client.echo(b"secret", timeout=5) == b"secret"
    assert client.echo(bytes(1_000_000), timeout=10) == bytes(1_000_000)
    assert len(list(client.flood(b"100 10000", timeout=10))) == 100


def test_a_known_client_certificate_is_let_in(mtls_server: Server, certificates: Certificates) -> None:
    pair = (certificates.client_cert, certificates.client_key)
    client = connect(mtls_server.address, credentials(certificates.ca, pair))
    assert client.echo(b"secret", timeout=5) == b"secret"


def test_no_client_certificate_is_turned_away(mtls_server: Server, certificates: Certificates) -> None:
    client = connect(mtls_server.address, credentials(certificates.ca))
    with pytest.raises(grpc.RpcError) as failure:
        client.echo(b"", timeout=5)
    assert failure.value.code() is grpc.StatusCode.UNAVAILABLE


def test_a_certificate_of_another_authority_is_turned_away(mtls_server: Server, certificates: Certificates) -> None:
    pair = (certificates.stranger_cert, certificates.stranger_key)
    client = connect(mtls_server.address, credentials(certificates.ca, pair))
    with pytest.raises(grpc.RpcError) as failure:
        client.echo(b"", timeout=5)
    assert failure.value.code() is grpc.StatusCode.UNAVAILABLE
    friend = (certificates.client_cert, certificates.client_key)
    assert connect(mtls_server.address, credentials(certificates.ca, friend)).echo(b"still", timeout=5) == b"still"


def handshake(server: Server, certificates: Certificates, **choices: object) -> ssl.SSLSocket:
    host, port = server.address.rsplit(":", 1)
    context = ssl.create_default_context(cafile=str(certificates.ca))
    if protocols := choices.get("protocols"):
        context.set_alpn_protocols(protocols)  # type: ignore[arg-type]
    if newest := choices.get("newest"):
        context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
        context.maximum_version = newest  # type: ignore[assignment]
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
    return context.wrap_socket(
        socket.create_connection((host, int(port)), timeout=5 * SOON), server_hostname="localhost"
    )


def test_alpn_chooses_http2(tls_server: Server, certificates: Certificates) -> None:
    with handshake(tls_server, certificates, protocols=["http/1.1", "h2"]) as connection:
        assert connection.selected_alpn_protocol() == "h2"


def test_a_peer_that_does_not_offer_http2_gets_no_http2(tls_server: Server, certificates: Certificates) -> None:
    try:
        with handshake(tls_server, certificates, protocols=["http/1.1"]) as connection:
            assert connection.selected_alpn_protocol() is None
            assert connection.recv(1) == b""
    except (ssl.SSLError, ConnectionError):
        pass


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_tls_1_1_is_turned_away(tls_server: Server, certificates: Certificates) -> None:
    with pytest.raises((ssl.SSLError, ConnectionError)):
        handshake(tls_server, certificates, protocols=["h2"], newest=ssl.TLSVersion.TLSv1_1)


def test_plain_text_to_a_tls_port_is_closed(tls_server: Server, certificates: Certificates) -> None:
    host, port = tls_server.address.rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=5 * SOON) as connection:
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]))
        try:
            while connection.recv(4096):
                pass
        except ConnectionResetError:
            pass
    client = connect(tls_server.address, credentials(certificates.ca))
    assert client.echo(b"still", timeout=5) == b"still"
